"""What the fuzzer has found, and what it starts from, is read as it has to be."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.run import MOST_BYTES
from fuzz.targets import TARGETS
from tests.conftest import ROOT

CORPUS = ROOT / "fuzz" / "corpus"
FILES = sorted(file for file in CORPUS.glob("*/*") if file.is_file())


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_no_input_that_was_found_does_harm(file: Path) -> None:
    """Each is read or refused with an error of ours, and what always holds does."""
    TARGETS[file.parent.name](file.read_bytes())


@pytest.mark.parametrize("name", sorted(set(TARGETS) - {"source"}))
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    """No parser of what strangers write ends in any error but ours."""
    TARGETS[name](data)


def test_every_parser_has_a_small_corpus() -> None:
    """There is something to start from, and it is not more than a few pages."""
    assert {file.parent.name for file in FILES} == set(TARGETS)
    for name in TARGETS:
        size = sum(file.stat().st_size for file in (CORPUS / name).iterdir())
        assert size <= MOST_BYTES, name
