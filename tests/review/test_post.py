"""One comment, whatever happens: lost answers, racing runs, deletions in between."""

from collections.abc import Callable

import pytest

from tests.contracts.host import marker, never
from tests.review.memory import HEAD, ME, STRANGER, MemoryHost
from tfchange.change.request import Stamp
from tfchange.errors import DeskError, OutcomeUnknownError
from tfchange.review.host import Comment
from tfchange.review.marker import Marker
from tfchange.review.post import Mode, Posted, post, room

LOST = OutcomeUnknownError("no answer came")


class Weather(MemoryHost):
    """A forge to which something happens before or after a call, once each."""

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, list[Callable[[], None]]] = {}
        self.after: dict[str, list[Callable[[], None]]] = {}

    def comments(self) -> tuple[Comment, ...]:
        """As the memory."""
        return self._around("comments", super().comments)

    def create(self, text: str) -> Comment:
        """As the memory."""
        return self._around("create", lambda: super(Weather, self).create(text))

    def update(self, comment: Comment, text: str) -> None:
        """As the memory."""
        return self._around("update", lambda: super(Weather, self).update(comment, text))

    def _around(self, name: str, act: Callable[[], object]) -> object:
        self._next(self.before, name)
        made = act()
        self._next(self.after, name)
        return made

    def _next(self, what: dict[str, list[Callable[[], None]]], name: str) -> None:
        if what.get(name):
            what[name].pop(0)()


def lose() -> None:
    """The answer does not come."""
    raise LOST


def said(host: MemoryHost, *, by: str = ME) -> list[str]:
    """What our comments say below their first line."""
    return [c.text.partition("\n")[2] for c in host.kept if c.author == by]


def go(host: MemoryHost, digest: str = "1", at: int = 1, mode: Mode = Mode.UPDATE) -> Posted:
    """Posts, without waiting."""
    return post(host, marker(digest, at), f"run {digest}", mode, pause=never)


@pytest.mark.parametrize("mode", Mode)
def test_a_post_in_doubt_is_looked_for(mode: Mode) -> None:
    """An answer that is lost after the comment was made makes no second one."""
    host = Weather()
    host.after["create"] = [lose]
    assert go(host, mode=mode).done == "created"
    assert said(host) == ["run 1"]
    assert host.calls.count("create") == 1


def test_a_post_that_was_never_made_is_not_repeated() -> None:
    """Where the comment is not found the run fails, and says so; the next one makes it."""
    host, pauses = Weather(), list[float]()
    host.before["create"] = [lose]
    with pytest.raises(OutcomeUnknownError):
        post(host, marker(), "run 1", pause=pauses.append)
    assert (said(host), host.calls) == ([], [])
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert go(host).done == "created"


def test_a_comment_that_is_listed_late_is_waited_for() -> None:
    """A list may lag behind what was posted."""
    host = Weather()
    host.after["create"] = [lose]
    hidden: list[Comment] = []

    def hide() -> None:
        hidden.extend(host.kept)
        host.kept = []

    def show() -> None:
        host.kept = list(hidden)

    host.before["comments"] = [lambda: None, hide, lambda: None, show]
    assert go(host).done == "created"
    assert said(host) == ["run 1"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_edit_in_doubt_is_made_once_more_if_it_was_not(moment: str) -> None:
    """Saying the same again does no harm."""
    host = Weather()
    go(host)
    getattr(host, moment)["update"] = [lose]
    assert go(host, "2", 2).done == "updated"
    assert said(host) == ["run 2"]
    assert host.calls.count("update") == 1


def test_an_edit_in_doubt_yields_to_a_newer_run() -> None:
    """What a newer run said in between is not overwritten by trying again."""
    host = Weather()
    go(host)

    def newer() -> None:
        go(host, "3", 3)
        raise LOST

    host.before["update"] = [newer]
    assert go(host, "2", 2).done == "left"
    assert said(host) == ["run 3"]


@pytest.mark.parametrize("mode", [Mode.UPDATE, Mode.HIDE_AND_NEW])
def test_a_comment_deleted_in_between_is_made_anew(mode: Mode) -> None:
    """Between the list and the edit somebody deletes it."""
    host = Weather()
    go(host)
    host.before["update"] = [host.kept.clear]
    assert go(host, "2", 2, mode).done == "created"
    assert said(host) == ["run 2"]


def test_who_deletes_again_and_again_is_named() -> None:
    """It ends, with advice."""
    host = Weather()

    def again() -> None:
        host.kept.clear()
        host.before["comments"] = [lambda: host.write(ME, f"{host.hidden(str(marker()))}\nold")]
        host.before["update"] = [again]

    go(host)
    host.before["update"] = [again]
    with pytest.raises(DeskError, match="again and again"):
        go(host, "2", 2)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("theirs", [1, 3])
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("step", ["comments", "create", "update"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_two_runs_racing_leave_one_comment(
    moment: str, step: str, there: bool, theirs: int, mode: Mode
) -> None:
    """Whatever the other does in between, one comment is left, with what the newer run says.

    Only where all the newer run does falls between the last look and the edit of the older, nothing
    can tell; the next run mends it.
    """
    host = Weather()
    if there:
        go(host, "0", 0)
    getattr(host, moment)[step] = [lambda: go(host, str(theirs), theirs, mode)]
    go(host, "2", 2, mode)
    newest = max(2, theirs) if not getattr(host, moment)[step] else 2
    between = (moment, step) in {("before", "update"), ("after", "comments")}
    blind = between and there and mode is Mode.UPDATE
    for expected in (2 if blind else newest, newest):
        found = [c for c in host.kept if Marker.parse(c.text)]
        assert [c.text.partition("\n")[2] for c in found] == [f"run {expected}"]
        go(host, str(newest), newest, mode)


def test_who_was_overwritten_by_an_older_run_says_it_again() -> None:
    """An older run that looked before us and wrote after us does not have the last word."""
    host = Weather()
    go(host)
    old = f"{host.hidden(str(marker('2', 2)))}\nrun 2"
    host.after["update"] = [lambda: MemoryHost.update(host, host.kept[0], old)]
    assert go(host, "3", 3).done == "updated"
    assert said(host) == ["run 3"]


@pytest.mark.parametrize(
    ("sha", "committed", "planned", "done"),
    [
        (HEAD, 50, 3, "updated"),  # the last commit was taken back
        (HEAD, 50, 1, "left"),  # and this run is of before that
        (HEAD, 100, 3, "updated"),
        ("0ddba11" * 5, 50, 3, "left"),  # an old run that somebody runs again
        ("", 50, 3, "left"),
        ("0ddba11" * 5, 150, 3, "updated"),
        ("0ddba11" * 5, 0, 3, "left"),  # the same, in a clone that does not tell the time
        (HEAD, 0, 3, "updated"),
        ("", 0, 3, "updated"),
    ],
)
def test_the_head_of_the_pull_request_is_not_old(
    sha: str, committed: int, planned: int, done: str
) -> None:
    """Who takes a commit back and pushes reads the plan of what is left."""
    host = MemoryHost()
    post(host, Marker("a" * 32, "1" * 16, Stamp(100, 2)), "taken back", pause=never)
    again = Marker("a" * 32, "2" * 16, Stamp(committed, planned))
    assert post(host, again, "what is left", sha=sha, pause=never).done == done
    assert said(host) == ["what is left" if done == "updated" else "taken back"]


def test_the_loser_of_a_race_takes_its_own_away() -> None:
    """Both have found nothing and posted; the oldest stays."""
    host = Weather()
    host.before["create"] = [lambda: go(host, "3", 3)]
    first = go(host, "2", 2)
    assert said(host) == ["run 3"]
    assert first.done == "left"
    assert first.url == host.kept[0].url


def test_a_stranger_is_never_touched() -> None:
    """Not even where there are many, nor in the mode that deletes."""
    host = MemoryHost()
    forged = f"{host.hidden(str(marker('9', 9)))}\nall is well"
    for _ in range(3):
        host.write(STRANGER, forged)
    for number, mode in enumerate(Mode):
        go(host, str(number), number, mode)
    assert [c.text for c in host.kept if c.author == STRANGER] == [forged] * 3
    assert host.hidden_ones == ["5"]


def test_an_edited_comment_is_still_ours() -> None:
    """Whoever edits it in a browser ends lines in another way."""
    host = MemoryHost()
    go(host)
    host.update(host.kept[0], host.kept[0].text.replace("\n", "\r\n"))
    assert go(host).done == "unchanged"


def test_there_is_room_for_the_marker() -> None:
    """However large the numbers in it."""
    huge = Marker("f" * 32, "f" * 16, Stamp(16**12 - 1, 16**12 - 1))
    host = MemoryHost()
    post(host, huge, "x" * room(host), pause=never)
    assert len(host.kept[0].text) <= host.limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tfchange",
        f"tfchange:{'a' * 31} {'1' * 16} 1.1",
        f"tfchange:{'a' * 32} {'1' * 15} 1.1",
        f"tfchange:{'A' * 32} {'1' * 16} 1.1",
        f"tfchange:{'a' * 32} {'1' * 16} 1",
        f"\ntfchange:{'a' * 32} {'1' * 16} 1.1",
    ],
)
def test_what_is_no_marker_is_none(text: str) -> None:
    """Only the whole form in the first line is one."""
    assert Marker.parse(text) is None
