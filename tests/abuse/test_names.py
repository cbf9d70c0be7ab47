"""Hostile names: in plans, of files and in what others say."""

import re
from pathlib import Path

import pytest

from tests.build import change, plan_json
from tests.conftest import Run
from tfchange.apply.process import spoken

KEY = "\x1b[31mred\x1b[0m \x9b2J \x07 \u202egpj \u2066 \u2028 \u200b \x00 </script><!-- ]]> `|@all"
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
NAME = "a\n\x1b[2J\u202ep.json"
PLACE = ("--repository", "acme/\u202eshop", "--ref", "refs/heads/\x1b[2J", "--commit", "5ca1ab1e")
FORMATS = ("text", "json", "markdown", "sarif", "html", "codequality")
COMMANDS = [
    *[("assess", "-f", name) for name in FORMATS],
    *[("graph", "-f", name) for name in ("json", "dot", "mermaid", "graphml")],
    ("comment", "--repository", "acme/shop", "--pull-request", "1", "--dry-run"),
    ("change", "open", "--dry-run", *PLACE),
    ("explain", f'module.m["{KEY}"].aws_vpc.a["{KEY}"]'),
    ("explain", KEY),
    ("gate", *PLACE),
    ("gate", "-f", "json", *PLACE),
]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan with a hostile name that is full of hostile names."""
    address = "module.m[" + '"k"' + "].aws_vpc.a"
    entry = change(address, ["delete"], {"id": KEY, "tags": {KEY: KEY}}, None)
    entry["address"] = f'module.m["{KEY}"].aws_vpc.a["{KEY}"]'
    entry["module_address"], entry["index"] = f'module.m["{KEY}"]', KEY
    (tmp_path / NAME).write_bytes(plan_json([entry], output_changes={KEY: {"actions": ["create"]}}))
    return tmp_path / NAME


@pytest.mark.parametrize(
    "words", COMMANDS, ids=lambda words: "-".join(filter(str.isascii, words[:3]))
)
def test_no_name_acts_on_whoever_reads_it(
    words: tuple[str, ...],
    plan: Path,
    tfchange: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is printed, of names of resources, keys, files and places, is only text."""
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", str(tmp_path / "register.db"))
    at = 2 if words[0] == "change" else 1
    told = tfchange(*words[:at], plan, *words[at:])
    assert told.code in (0, 1, 2, 20), told
    assert told.out + told.err
    assert not ACTIVE.search(told.out + told.err), ACTIVE.search(told.out + told.err)


def test_what_a_provider_says_is_only_text() -> None:
    """What `tfchange run` shows of a log keeps its lines, and acts on no terminal."""
    message = {"@message": "a\x1b[2J", "diagnostic": {"detail": "b\n\tc\u202e\x9b"}}
    assert spoken(message).decode() == "\na\\x1b[2J\n\nb\n\tc\\u202e\\x9b\n\n"
