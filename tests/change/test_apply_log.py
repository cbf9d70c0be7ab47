"""Logs of `terraform apply -json`: made by real Terraform, whole, cut and mixed with noise."""

import itertools
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.change.applied import Applied
from tfchange.change.apply_log import Lines, Listener, read_log
from tfchange.change.fit import plain
from tfchange.change.outcome import OUTCOMES, result
from tfchange.errors import UsageError

APPLIES = Path(__file__).parent.parent.parent / "fixtures" / "applies"
LOGS = {path.stem: path.read_bytes().splitlines() for path in APPLIES.glob("*.jsonl")}


def told(name: str) -> Applied:
    """What a fixture's log says."""
    return read_log(LOGS[name])


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("created", "successful"),
        ("destroyed", "successful"),
        ("failed", "failed"),
        ("half-replaced", "partly"),
        ("nothing", "successful"),
        ("partly", "partly"),
        ("state-only", "successful"),
        ("successful", "successful"),
        ("parallel", "partly"),
        ("left-over", "successful"),
        ("at-once", "successful"),
        ("stale", "failed"),
        ("interrupted", "partly"),
        ("interrupted-twice", "partly"),
        ("killed", "partly"),
    ],
)
def test_the_outcome_is_what_happened(name: str, outcome: str) -> None:
    """Everything, something or nothing of what was planned was done."""
    assert told(name).outcome == outcome
    assert told(name).ended == (name != "killed")
    assert set(LOGS) == {path.stem for path in APPLIES.iterdir() if path.suffix == ".jsonl"}


def test_what_was_done_and_what_was_not() -> None:
    """What failed has Terraform's reason; what needed it was never started."""
    found = told("partly")
    assert [address for address, _ in found.done] == [
        "terraform_data.first",
        "terraform_data.second",
        "terraform_data.third",
    ]
    assert found.failed == (("terraform_data.fails", "create", ("local-exec provisioner error",)),)
    assert found.undone == (("terraform_data.after", "create"),)
    assert told("successful").done == (
        ("terraform_data.second", "replace"),
        ("terraform_data.third", "update"),
    )


def test_failures_beside_each_other() -> None:
    """Each of several that ran at once is told as it ended, though all errors come at the end."""
    found = told("parallel")
    assert {address for address, *_ in found.failed} == {
        "terraform_data.some[1]",
        "terraform_data.some[3]",
    }
    assert {a for a, _ in found.done} == {"terraform_data.some[0]", "terraform_data.some[2]"}
    assert found.undone == found.unfinished == ()


def test_an_error_in_the_middle_is_not_the_end() -> None:
    """A log that is cut while others are still under way is cut, whatever failed before."""
    lines = LOGS["parallel"]
    for kind in (b'"apply_errored"', b'"diagnostic"'):
        at = next(i for i, line in enumerate(lines) if kind in line)
        error = next(line for line in lines if b'"diagnostic"' in line)
        under_way = [line for line in lines[:at] if b"apply_start" in line]
        finished = [line for line in lines[:at] if b"apply_complete" in line]
        cut = read_log([*under_way, *finished[:1], error])
        assert not cut.ended
        assert cut.unfinished
    assert not read_log(lines[:-2]).ended


def test_a_left_over_shares_its_address() -> None:
    """The log tells the left-over of a replacement and its successor under one address."""
    found = told("left-over")
    assert found.done[0] == ("terraform_data.first", "delete and update")
    assert dict(found.steps)["terraform_data.first"] == ("update", "delete")
    assert found.half == ()
    assert "terraform_data.first: destroyed and updated" in plain(result(found).notes)


@pytest.mark.parametrize(("name", "times"), [("interrupted", 1), ("interrupted-twice", 2)])
def test_an_interrupted_apply_ends_in_order(name: str, times: int) -> None:
    """Its log is whole, and the notes say that it was interrupted, and how often."""
    found = told(name)
    assert (found.interrupts, found.ended) == (times, True)
    assert f"It was interrupted{' twice' * (times - 1)}" in plain(result(found).notes)


def test_when_it_was_and_how_long() -> None:
    """As the log's own times tell, in whichever zone they are, in UTC."""
    said = plain(result(told("created")).notes)
    assert "begins at 2026-11-23T10:00:00Z and ends at 2026-11-23T10:00:11Z, after 11 sec" in said
    moved = [
        line.replace(b"T10:", b"T12:").replace(b"000Z", b"000+02:00") for line in LOGS["created"]
    ]
    assert plain(result(read_log(moved)).notes) == said
    assert "begins" not in plain(result(read_log(['{"@x":1,"type":"version"}'])).notes)


def test_progress_while_it_is_written() -> None:
    """How many of the planned are done, and what was heard last."""
    listener, said = Listener(), []
    for line in LOGS["partly"]:
        listener.hear(line)
        said.append(listener.progress)
    assert said[5] == ""
    assert said[7] == "1 of 5 done, terraform_data.first: created"
    assert said[8] == "1 of 5 done, terraform_data.fails: Creating..."
    assert said[-1] == "3 of 5 done, terraform_data.fails: failed"
    listener.hear(
        b'{"@level":"info","type":"apply_progress","hook":{"resource":{"addr":"a_b.c"},'
        b'"action":"update","elapsed_seconds":40}}'
    )
    assert listener.progress == "3 of 5 done, a_b.c: Still modifying... [40s]"


def test_what_is_kept_grows_with_resources_and_not_with_lines() -> None:
    """A million lines of progress leave nothing behind."""
    listener = Listener()
    for line in LOGS["killed"]:
        listener.hear(line)
    before = msgspec.json.encode(listener.applied())
    still = (
        b'{"@level":"info","type":"apply_progress","hook":{"resource":{"addr":"x_y.z"},'
        b'"action":"create","elapsed_seconds":%d}}'
    )
    for second in range(5_000):
        listener.hear(still % second)
        error = b'{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error",'
        listener.hear(error + b'"summary":"%d"}}' % second)
    after = listener.applied()
    assert len(msgspec.json.encode(after)) < len(before) + 2_000
    assert after.known == told("killed").known


@given(
    text=st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"")), max_size=20),
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=50),
)
def test_lines_come_whole_however_they_are_cut(text: list[bytes], sizes: list[int]) -> None:
    """Pieces of any size give the lines of the whole, save those that are too long."""
    data, lines, found = b"\n".join(text), Lines(longest=25), []
    for size in itertools.cycle(sizes):
        piece, data = data[:size], data[size:]
        if not piece:
            break
        found += lines.feed(piece)
    found += lines.rest()
    kept = [line for line in text if len(line) <= 25]
    assert [line for line in found if line] == [line for line in kept if line]


def test_a_line_without_end_is_left_out() -> None:
    """Fifty megabytes in one line harm nothing, and what comes after them is heard."""
    lines, heard = Lines(), []
    for _ in range(50):
        heard += lines.feed(b"x" * (1 << 20))
    for line in LOGS["created"]:
        heard += lines.feed(b"\n" + line)
    assert read_log([*heard, *lines.rest()]) == told("created")


def test_half_a_replacement_is_said_out_loud() -> None:
    """What was destroyed and not created again is what matters most."""
    found = told("half-replaced")
    assert found.half == (("terraform_data.second", "delete"),)
    assert "destroyed, and not created again" in plain(result(found).notes)


@pytest.mark.parametrize("name", sorted(LOGS))
def test_a_log_that_ends_early_is_never_a_success(name: str) -> None:
    """As when the runner is killed: what is not told as done counts as not done."""
    lines = LOGS[name]
    last = next((i for i, line in enumerate(lines) if b"change_summary" in line), len(lines))
    for end in range(1, min(last, len(lines) - 1) + 1):
        found = read_log(lines[:end])
        assert found.outcome in ("partly", "failed")
        assert found.outcome == "failed" or any(b"apply_complete" in ln for ln in lines[:end])


def test_what_was_under_way_when_the_log_ends_is_not_known() -> None:
    """Neither done nor failed."""
    lines = LOGS["created"]
    start = next(i for i, line in enumerate(lines) if b'"apply_start"' in line)
    found = read_log(lines[: start + 1])
    assert found.unfinished == (("terraform_data.first", "create"),)
    assert not found.ended
    said = plain(result(found).notes)
    assert "The log ends before the apply was over." in said
    assert "nobody knows how it ended" in said


@given(
    noise=st.lists(
        st.sampled_from(
            [b"", b"\xff\xfe", b"##[group]Run terraform", b"{", b"[]", b'{"@level":"info"}',
             b'{"@x":1,"type":"a_type_of_tomorrow","hook":7}', b'{"@x":1,"type":"apply_start"}'
             .replace(b"apply_start", b"resource_drift"), b'{"@x":1,"type":5}', b'{"a":' * 9_000]
        ),
        max_size=6,
    ),
    places=st.lists(st.integers(0, 19), min_size=6, max_size=6),
    before=st.sampled_from([b"", b"2026-11-23T10:00:00.1234567Z "]),
)  # fmt: skip
def test_other_lines_are_passed_over(noise: list[bytes], places: list[int], before: bytes) -> None:
    """Groups of a CI, times before each line, broken bytes and types of the future."""
    lines = [before + line for line in LOGS["partly"]]
    for line, place in zip(noise, places, strict=False):
        lines.insert(place, line)
    assert read_log(lines) == told("partly")


def test_what_is_no_such_log_is_refused() -> None:
    """With the command that makes one."""
    for lines in ([], ["Apply complete!"], [b'{"format_version":"1.2"}'], ['{"@level":"info"}']):
        with pytest.raises(UsageError) as refused:
            read_log(lines)
        assert "terraform apply -json" in refused.value.advice


def test_no_output_and_no_detail_is_kept() -> None:
    """Details, snippets, outputs of provisioners and of the configuration can hold secrets."""
    assert b"not-a-secret" in b"".join(LOGS["partly"])
    assert b"not-a-secret" in b"".join(LOGS["state-only"])
    for lines in LOGS.values():
        found = read_log(lines)
        assert "not-a-secret" not in repr(found) + plain(result(found).notes)


def test_a_reason_that_looks_like_a_secret_is_masked() -> None:
    """Providers put what the API answers into the summary."""
    line = (
        '{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error",'
        '"summary":"cannot log in: password=hunter2hunter2"}}'
    )
    found = read_log([line])
    assert found.errors == ("(sensitive)",)
    assert found.outcome == "failed"


def test_a_warning_is_no_failure() -> None:
    """Only errors are."""
    warning = '{"@level":"warn","type":"diagnostic","diagnostic":{"severity":"warning"}}'
    assert read_log([warning, *LOGS["created"]]) == told("created")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_result_without_a_log_says_no_more_than_it_knows(outcome: str) -> None:
    """The outcome that a person named, in a sentence."""
    found = result(outcome=outcome)
    assert found.outcome == outcome
    assert len(plain(found.notes).splitlines()) == 1


def test_a_person_may_know_better_and_the_log_is_still_heard() -> None:
    """The named outcome counts, and that the log says otherwise stands beside it."""
    found = result(told("partly"), "successful")
    assert found.outcome == "successful"
    assert "The log of the apply says otherwise: partly." in plain(found.notes)
    assert result(told("partly")).outcome == "partly"
