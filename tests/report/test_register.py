"""The register as people read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.change.requests import commit, request
from tests.register.world import opened, unguarded
from tfchange.change.ending import close
from tfchange.change.file import file
from tfchange.change.request import Block, Result, Texts
from tfchange.register.desk import Register
from tfchange.register.model import Entry
from tfchange.report.register import listing, log, sheet, verdict
from tfchange.risk.assessment import Approval, Category


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """A register with a closed change and one that waits."""
    with opened("sqlite", tmp_path) as made:
        file(made, request(category=Category.STANDARD, envelope="tags-only", approvals=()))
        close(made, request().key, Result("partly", (Block("items", ("a: done", "b: not")),)))
        two = (Approval("database", ""), Approval("cab", ""))
        other = commit(pull_request=13)
        file(made, request(commit=other, approvals=two, title="13: more"))
        made.approve("2", "database", "ann", "looks good")
        file(made, request(commit=other, approvals=two, title="13: most", fingerprint="0" * 32))
        yield made


def test_the_list(register: Register) -> None:
    """A change a line: number, state, category, level, title, whom it waits for, how it went."""
    waits = "13: most; waits for Database team and Change advisory board (CAB)"
    assert listing(register.list(), width=120).splitlines() == [
        f"CHG-0002  waiting       normal     high      {waits}",
        f"CHG-0001  closed        standard   high      {request().title}; partly",
    ]
    assert len(max(listing(register.list(), width=60).splitlines(), key=len)) <= 60
    assert "no such changes" in listing([])


def test_the_log(register: Register) -> None:
    """Each entry says when, what, for whom and by whom; decisions name who decided."""
    told = log(register.log(), width=120)
    for line in (
        "CHG-0001  submitted by ci: new → approved, approved beforehand by envelope tags-only",
        "CHG-0001  closed by ci: approved → closed",
        "       text:",
        "         - a: done",
        "         - b: not",
        "CHG-0002  approved for Database team by ann",
        "       comment: looks good",
        "       told by: ci",
        "CHG-0002  updated by ci",
        "       asked again: Database team",
    ):
        assert line in told
    assert "empty" in log([])


def test_the_sheet(register: Register) -> None:
    """A change in full: title, texts, links, files and history; long lists are cut."""
    long = Texts(backout=(Block("steps", tuple(f"step {n}" for n in range(300))),))
    told = sheet(request(texts=long), register.log("1"))
    assert told.startswith(request().title)
    assert "100. step 99\n" in told
    assert "and 200 more" in told
    assert commit().run_url in told
    assert "file: assessment.json" in told
    assert "opened by ci" in told


def test_the_verdict(register: Register) -> None:
    """Whether the register holds, and the head to keep; each fault and what to do, if not."""
    told = verdict(register.verify())
    assert told.startswith("The register holds: ")
    assert told.endswith(f"Head: {register.head()}\n")
    unguarded(register, "UPDATE changes SET title = 'x' WHERE id = 1")
    told = verdict(register.verify())
    assert told.startswith("The register does not hold: 1 fault")
    assert "- CHG-0001 was altered behind the trail" in told
    assert "compare it with a backup" in told


def test_nothing_acts_on_the_terminal() -> None:
    """Control characters in what people wrote are shown, not obeyed."""
    entry = Entry("now", "\x1b[31mci", "CHG-0001", "commented", '{"text": "\\u001b[2J\\u202e"}', 1)
    assert "\x1b" not in log([entry])
    assert "\u202e" not in log([entry])


def test_details_that_are_not_ours_do_no_harm() -> None:
    """An entry that was tampered with is shown as far as it goes."""
    assert "commented by ci" in log([Entry("now", "ci", "CHG-0001", "commented", "nonsense", 1)])
