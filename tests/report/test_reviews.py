"""Reviews that are to be held, as people read them."""

from datetime import date

from tfchange.change.desk import Review
from tfchange.report.reviews import due, text

TODAY = date(2026, 11, 25)
LATE = Review(
    "CHG-0007", "", "acme/shop #7: 1 to update", "INC0010001", "2026-11-20", ("security",)
)
NOW = Review("CHG-0008", "", "now", "INC0010002", "2026-11-25", ("database", "cab", "peer", "a"))
LATER = Review("CHG-0009", "https://desk.example.com/9", "later", "INC0010003", "2026-11-26")


def test_a_review_is_a_line() -> None:
    """Number, day and how far it is, incident, who has not decided, title and address."""
    groups = "Database team, Change advisory board (CAB) and 2 more"
    assert text([LATE, NOW, LATER], TODAY, width=120).splitlines() == [
        f"CHG-0007  due 2026-11-20 (5 days ago)  INC0010001  waits for Security team  {LATE.title}",
        f"CHG-0008  due 2026-11-25 (today)  INC0010002  waits for {groups}  now",
        "CHG-0009  due 2026-11-26 (in 1 day)  INC0010003  later https://desk.example.com/9",
    ]
    assert text([], TODAY) == "No review of an emergency is due.\n"


def test_no_line_is_too_long() -> None:
    """Long titles go on in the next line."""
    long = Review("CHG-0001", "", "word " * 60, "INC0010001", "2026-11-20", ("emergency",))
    lines = text([long], TODAY, width=60).splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= 60
    asked = Review("CHG-0001", "", "a_b.c", "INC0010001", "2026-11-20", ("emergency",))
    assert not any(line.endswith(" ") for line in text([asked], TODAY, width=100).splitlines())


def test_what_is_due() -> None:
    """What is due today or was before; a day that nobody can read counts as due, and is shown."""
    odd = (Review("CHG-1", "", "t", "I", ""), Review("CHG-2", "", "t", "I", "1 May"))
    assert due([*odd, LATE, NOW, LATER], TODAY) == (*odd, LATE, NOW)
    assert text(odd, TODAY).splitlines() == [
        "CHG-1  due on no known day  I  t",
        "CHG-2  due 1 May  I  t",
    ]


def test_nothing_acts_on_the_terminal() -> None:
    """Control characters of a desk are shown, not obeyed."""
    told = text([Review("\x1b[2J", "\x1b", "\u202e", "\x07", "\x1b", ("\x1b",))], TODAY)
    assert told[:-1].isprintable()
