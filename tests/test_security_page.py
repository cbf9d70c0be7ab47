"""docs/security.md claims nothing that no test proves."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_test_that_is_named_is_there() -> None:
    """Each line of the table names a file of tests, and most of them the one test."""
    rows = re.findall(r"^\| (?!Threat|-).* \| `([^`|]+)` \|$", PAGE, re.MULTILINE)
    table = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(rows) == len(table) - 1
    for row in rows:
        file, _, name = row.partition("::")
        text = (ROOT / file).read_text()
        assert f"\ndef {name}(" in text if name else "\ndef test_" in text, row
