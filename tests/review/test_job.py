"""The files of a step: a summary that fits, outputs that nobody can break out of."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.review import job


def outputs(text: str) -> dict[str, str]:
    """What GitHub's runner reads in a file of outputs."""
    lines, found = iter(text.splitlines()), {}
    for line in lines:
        name, mark, end = line.partition("<<")
        assert mark, line
        value = []
        for inner in lines:
            if inner == end:
                break
            value.append(inner)
        else:
            pytest.fail("a value without an end")
        found[name] = "\n".join(value)
    return found


def test_outputs_are_read_again(tmp_path: Path) -> None:
    """Also of several lines, and beside what the step has told before."""
    file = tmp_path / "output"
    file.write_text("first<<x\n1\nx\n")
    assert job.tell({job.OUTPUT: str(file)}, [("level", "high"), ("report", "a\nb")])
    assert outputs(file.read_text()) == {"first": "1", "level": "high", "report": "a\nb"}


@given(
    st.text(st.characters(exclude_characters="\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", codec="utf-8"))
)
def test_no_value_makes_another_output(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    """Whatever a value holds, it is the value of its own output alone."""
    file = tmp_path_factory.mktemp("job") / "output"
    evil = f"{value}\nend-0\ncategory<<x\nnone\nx"
    job.tell({job.OUTPUT: str(file)}, [("change-number", evil), ("level", "high")])
    assert outputs(file.read_text(encoding="utf-8")) == {"change-number": evil, "level": "high"}


def test_the_end_of_a_value_cannot_be_guessed(tmp_path: Path) -> None:
    """It is another one for each output of each run."""
    file = tmp_path / "output"
    for _ in range(3):
        job.tell({job.OUTPUT: str(file)}, [("a", "1"), ("b", "2")])
    ends = [line for line in file.read_text().splitlines() if line.startswith("end-")]
    assert len(set(ends)) == len(ends) == 6


@pytest.mark.parametrize("character", ["x", "é", "€", "🔴"])
@pytest.mark.parametrize("before", [0, 10, 900_000, job.MOST - 3_000])
def test_the_summary_fits_by_bytes(tmp_path: Path, character: str, before: int) -> None:
    """GitHub counts bytes, and what other commands of the step have written."""
    file, each = tmp_path / "summary", len(character.encode())
    file.write_bytes(b"-" * before)
    assert job.summarise({job.SUMMARY: str(file)}, lambda most: character * (most // each))
    size = file.stat().st_size
    assert size <= job.MOST
    assert size > before + 1_000
    if before < 1_000_000:
        assert size > job.MOST * 0.98 - 8


def test_where_nothing_fits_nothing_is_written(tmp_path: Path) -> None:
    """A summary that is full is refused as a whole by GitHub."""
    file = tmp_path / "summary"
    file.write_bytes(b"-" * (job.MOST - 500))
    assert not job.summarise({job.SUMMARY: str(file)}, lambda most: "x" * most)
    assert file.stat().st_size == job.MOST - 500
    file.write_bytes(b"")
    assert not job.summarise({job.SUMMARY: str(file)}, lambda most: "é" * most)
    assert file.stat().st_size == 0


def test_without_a_place_there_is_none(tmp_path: Path) -> None:
    """On somebody's own machine, or where the file cannot be written."""
    assert not job.summarise({}, str)
    assert not job.tell({}, [("a", "1")])
    nowhere = str(tmp_path / "no" / "file")
    assert not job.summarise({job.SUMMARY: nowhere}, lambda _: "x")
    assert not job.tell({job.OUTPUT: nowhere}, [("a", "1")])


def test_a_warning_is_one_line() -> None:
    """What a server says cannot be another command of the workflow."""
    said = job.warning("100% bad\n::set-output name=x::y\r\n")
    assert said == "::warning title=tfchange::100%25 bad%0A::set-output name=x::y%0D%0A"
