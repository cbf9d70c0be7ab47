"""What every forge must do; `HostContract` is subclassed once per forge.

A subclass has a fixture `forge` that gives a fresh pull request and the eyes and hands of people at
it. The suite speaks to the port and to that, never to one forge.
"""

import re
from typing import Protocol

import pytest

from tfchange.change.request import Stamp
from tfchange.review.host import Annotation, Check, Conclusion, GoneError, Host, Label
from tfchange.review.labels import label
from tfchange.review.marker import Marker
from tfchange.review.post import Mode, post, room
from tfchange.risk.assessment import Assessment, Category, Level, PlanFacts

KEY, OTHER = "a" * 32, "b" * 32


class Forge(Protocol):
    """A pull request with what people see and do there, without tfchange."""

    host: Host

    def texts(self) -> list[str]:
        """What its comments say, oldest first, whoever wrote them."""

    def shown(self) -> list[str]:
        """Those of them that are not folded away."""

    def write(self, text: str) -> None:
        """A stranger comments."""

    def remove(self, text: str) -> None:
        """Somebody deletes the comments that hold the text."""

    def worn(self) -> set[str]:
        """The labels of the pull request."""

    def wear(self, name: str) -> None:
        """Somebody puts a label on."""

    def checked(self) -> list[tuple[str, str, int]]:
        """The checks of the commit: name, whether success, neutral or failure, annotations."""


def never(_: float) -> None:
    """Waits for nobody."""


def marker(digest: str = "1", at: int = 1, key: str = KEY) -> Marker:
    """Of a run at a time."""
    return Marker(key, digest * 16, Stamp(1_763_000_000, at))


def assessed(category: Category, level: Level) -> Assessment:
    """An assessment with that verdict."""
    return Assessment(PlanFacts(), category, level, 7, level, level, ("Because.",))


class HostContract:
    """The suite."""

    neutral = Conclusion.NEUTRAL
    """As what a check is shown that is neither good nor bad: not all forges know such."""
    annotates = True
    """Whether findings are shown beside their lines; a forge that cannot says so."""

    def test_a_comment_is_there_and_ours(self, forge: Forge) -> None:
        """What is created is listed, with us as its author, and can be read by everybody."""
        made = forge.host.create("hello\n\n- *world*")
        (found,) = forge.host.comments()
        assert (found.id, found.author) == (made.id, forge.host.me())
        assert forge.texts() == ["hello\n\n- *world*"] == [found.text]
        assert found.url.startswith("http")

    def test_a_strangers_comment_is_not_ours(self, forge: Forge) -> None:
        """Its author is another."""
        forge.write("hello")
        (found,) = forge.host.comments()
        assert found.author not in ("", forge.host.me())

    def test_the_head_is_a_commit(self, forge: Forge) -> None:
        """That of the branch which is to be merged."""
        assert re.fullmatch("[0-9a-f]{40}", forge.host.head())

    def test_comments_come_in_their_order_however_many(self, forge: Forge) -> None:
        """All pages are read."""
        for number in range(230):
            forge.write(f"number {number}")
        assert [c.text for c in forge.host.comments()] == forge.texts()
        assert len(forge.texts()) == 230

    def test_what_is_gone_cannot_be_edited(self, forge: Forge) -> None:
        """Editing says so, deleting is content."""
        made = forge.host.create("hello")
        forge.remove("hello")
        with pytest.raises(GoneError):
            forge.host.update(made, "again")
        forge.host.delete(made)
        assert forge.texts() == []

    def test_the_hidden_line_is_read_again(self, forge: Forge) -> None:
        """A marker survives being written and listed."""
        post(forge.host, marker(), "hello", pause=never)
        (found,) = forge.host.comments()
        assert Marker.parse(found.text) == marker()

    def test_the_same_twice_is_one_comment(self, forge: Forge) -> None:
        """The second run writes nothing."""
        first = post(forge.host, marker(), "hello", pause=never)
        second = post(forge.host, marker(at=2), "hello", pause=never)
        assert (first.done, second.done) == ("created", "unchanged")
        assert first.url == second.url
        assert len(forge.texts()) == 1

    def test_a_change_is_edited_in_place(self, forge: Forge) -> None:
        """The comment keeps its place in the conversation."""
        first = post(forge.host, marker(), "hello", pause=never)
        forge.write("thanks")
        second = post(forge.host, marker("2", 2), "world", pause=never)
        assert (second.done, second.url) == ("updated", first.url)
        assert [text.partition("\n")[2] or text for text in forge.texts()] == ["world", "thanks"]

    def test_recreated_it_is_the_last(self, forge: Forge) -> None:
        """The old one is gone."""
        post(forge.host, marker(), "hello", pause=never)
        forge.write("thanks")
        done = post(forge.host, marker("2", 2), "world", Mode.RECREATE, pause=never).done
        assert done == "updated"
        assert [text.partition("\n")[2] or text for text in forge.texts()] == ["thanks", "world"]

    def test_hidden_it_is_folded_away(self, forge: Forge) -> None:
        """The old one is still there for those who look, and is not found again."""
        for number in (1, 2, 3):
            mark = marker(str(number), number)
            post(forge.host, mark, f"number {number}", Mode.HIDE_AND_NEW, pause=never)
        assert [text.partition("\n")[2] or text for text in forge.texts()] == [
            "number 1", "number 2", "number 3"
        ]  # fmt: skip
        assert [Marker.parse(text) for text in forge.texts()] == [None, None, marker("3", 3)]
        assert len(forge.shown()) in (1, 3)  # Not all forges can fold.

    @pytest.mark.parametrize("mode", Mode)
    def test_an_older_run_overwrites_nothing(self, forge: Forge, mode: Mode) -> None:
        """A run that comes late leaves what a newer one said."""
        post(forge.host, marker("2", 2), "newer", pause=never)
        before = forge.texts()
        assert post(forge.host, marker("1", 1), "older", mode, pause=never).done == "left"
        assert forge.texts() == before

    @pytest.mark.parametrize("mode", Mode)
    def test_a_strangers_marker_counts_for_nothing(self, forge: Forge, mode: Mode) -> None:
        """Neither is it edited, nor is it believed that it says the same, or is newer."""
        forged = f"{forge.host.hidden(str(marker('2', 9)))}\nall is well"
        forge.write(forged)
        assert post(forge.host, marker("2", 2), "world", mode, pause=never).done == "created"
        assert forge.texts()[0] == forged
        assert len(forge.texts()) == 2

    def test_a_quoted_marker_counts_for_nothing(self, forge: Forge) -> None:
        """Another tool of the same account may quote what a stranger has written."""
        quoted = f"> {forge.host.hidden(str(marker()))}\nall is well"
        forge.host.create(quoted)
        assert post(forge.host, marker(), "hello", pause=never).done == "created"
        assert forge.texts()[0] == quoted

    def test_each_key_has_its_own(self, forge: Forge) -> None:
        """Two stacks in one pull request have a comment each."""
        post(forge.host, marker(), "hello", pause=never)
        post(forge.host, marker(key=OTHER), "world", pause=never)
        post(forge.host, marker("2", 2), "hello again", pause=never)
        assert [t.partition("\n")[2] for t in forge.texts()] == ["hello again", "world"]

    @pytest.mark.parametrize("mode", Mode)
    def test_after_its_deletion_there_is_a_new_one(self, forge: Forge, mode: Mode) -> None:
        """A comment that somebody has deleted is not missed for long."""
        post(forge.host, marker(), "hello", mode, pause=never)
        forge.remove("hello")
        assert post(forge.host, marker(), "hello", mode, pause=never).done == "created"
        assert len(forge.texts()) == 1

    @pytest.mark.parametrize("newer_first", [True, False])
    def test_of_two_the_oldest_stays(self, forge: Forge, newer_first: bool) -> None:
        """Where two runs have posted at once, one comment is left, with what the newer says."""
        one, two = ("2", "1") if newer_first else ("1", "2")
        for digest in (one, two):
            forge.host.create(
                f"{forge.host.hidden(str(marker(digest, int(digest))))}\nrun {digest}"
            )
        post(forge.host, marker("2", 2), "run 2", pause=never)
        assert [t.partition("\n")[2] for t in forge.texts()] == ["run 2"]

    def test_the_longest_comment_is_taken(self, forge: Forge) -> None:
        """The limit is the forge's own, and the marker has its place in it."""
        post(forge.host, marker(), "x" * room(forge.host), pause=never)
        assert len(forge.texts()[0]) <= forge.host.limit

    def test_our_labels_exclude_each_other(self, forge: Forge) -> None:
        """One category and one level; labels of others stay, whatever they begin with."""
        for name in ("bug", "change:freeze", "risk:accepted"):
            forge.wear(name)
        others = forge.worn()
        if not forge.host.labelled:
            assert not label(forge.host, assessed(Category.NORMAL, Level.HIGH))
            assert forge.worn() == others
            return
        assert label(forge.host, assessed(Category.NORMAL, Level.HIGH))
        assert forge.worn() == {*others, "change:normal", "risk:high"}
        assert label(forge.host, assessed(Category.STANDARD, Level.LOW))
        assert forge.worn() == {*others, "change:standard", "risk:low"}
        assert not label(forge.host, assessed(Category.STANDARD, Level.LOW))

    def test_a_label_that_is_not_there_is_taken_off(self, forge: Forge) -> None:
        """Somebody may have been faster."""
        forge.host.unlabel("change:normal")
        forge.host.label(Label("risk:low", "c2e0c6", "Low risk"))
        forge.host.label(Label("risk:low", "c2e0c6", "Low risk"))
        assert forge.worn() == ({"risk:low"} if forge.host.labelled else set())

    @pytest.mark.parametrize("conclusion", Conclusion)
    @pytest.mark.parametrize("number", [0, 1, 50, 51, 120])
    def test_a_check_is_shown(self, forge: Forge, conclusion: Conclusion, number: int) -> None:
        """With its annotations, however many."""
        some = tuple(
            Annotation("main.tf", n + 1, "high", "a-rule", "It is.") for n in range(number)
        )
        told = Check("tfchange", "5ca1ab1e" * 5, conclusion, "Normal change", "*Why*", some)
        notes = forge.host.check(told)
        assert len(notes) == (1 if number and not self.annotates else 0)
        ended = self.neutral if conclusion is Conclusion.NEUTRAL else conclusion
        assert forge.checked() == [("tfchange", str(ended), number if self.annotates else 0)]
