"""Loading: every fault of every file at once, and the same rulebook from the same files."""

import os
import subprocess
import sys
import unittest.mock
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.rulebook.layer import rule, write
from tfchange.errors import RulebookError
from tfchange.rulebook.document import plain, read
from tfchange.rulebook.files import RuleFile, stamp
from tfchange.rulebook.load import load


def faults(*layers: str) -> str:
    """What is wrong with these layers."""
    with pytest.raises(RulebookError) as caught:
        load(layers)
    return caught.value.message


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Faults of YAML, schema, names and CEL in different files come in one error."""
    layer = write(
        tmp_path,
        risk__broken="id: [",
        risk__unknown_key=rule("unknown-key") + "pionts: 3\n",
        risk__other_name=rule("another-name"),
        risk__names=rule("names").replace("types: [x_thing]", "traits: [no-such]")
        + "approvers: [nobody]\n",
        risk__cel=rule("cel").replace("types: [x_thing]", "expression: 'after.'"),
        risk__undeclared=rule("undeclared").replace("types: [x_thing]", "expression: 'foo == 1'"),
        risk__number=rule("number").replace("types: [x_thing]", "expression: '1 + 1'"),
        risk__braces=rule("braces").replace("{address}", "{values}"),
        nowhere__rule=rule("rule"),
    )
    said = faults(layer)
    for expected in (
        "risk/broken.yaml:2: is not YAML",
        "risk/unknown-key.yaml:13: pionts: unknown key 'pionts'; is 'points' meant?",
        "risk/other-name.yaml:2: id: the id 'another-name' is not the file's name 'other-name'",
        "there is no trait 'no-such'",
        "there is no approval group 'nobody'",
        "risk/cel.yaml",
        "risk/undeclared.yaml",
        "the expression does not say true or false",
        "knows only {address}",
        "nowhere/rule.yaml:2: is in no folder of a layer",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("when", "message", "expected"),
    [
        ("destroyed: 20", "The plan destroys {count}.", ""),
        ("destroyed: 20", "{address} goes.", "knows only {count}"),
        ("destroyed: 20, actions: [delete]", "The plan goes.", "when"),
        ("destroyed: 0", "The plan goes.", "destroyed"),
        ("bumped: ['provider:major']", "{address} goes from {old} to {new}.", ""),
        ("bumped: ['provider:major']", "{paths} go.", "knows only {address}, {old}, {new}"),
        ("bumped: ['provider:unpinned']", "{address} moves.", "bumped"),
        ("bumped: ['provider:major'], types: [x_thing]", "{address} goes.", "when"),
        ("provisioners: ['*'], actions: [create]", "{address} is {action}.", ""),
        ("provisioners: ['*']", "{count} go.", "knows only {address}, {type}"),
    ],
)
def test_what_is_about_no_change_stands_alone(
    tmp_path: Path, when: str, message: str, expected: str
) -> None:
    """The whole plan and versions know neither types nor actions, and have words of their own."""
    text = rule("ours").replace("types: [x_thing]", when)
    text = text.replace("{address} is {action}.", message)
    layer = write(tmp_path, risk__ours=text)
    if expected:
        assert expected in faults(layer)
    else:
        assert "ours" in {each.id for each in load([layer]).rules}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"\xff\xfe", "is not UTF-8 text (line 1)"),
        (b"", "is empty"),
        (b"a: 1\nb: 2\na: 3\n", ":3: the key 'a' stands twice"),
        (b"a: &x [1]\nb: *x\n", "anchors and aliases are not used here (x)"),
        (b"a: !!python/object:os.system x\n", "tags are not used here"),
        (b"[" * 100_000, "is nested deeper than 40 levels"),
        (b"a: 1\n---\nb: 2\n", "holds more than one document"),
        (b"1: a\n", "a key must be text"),
        (b"a: " + b"x" * 1_000_001, "is larger than"),
        (b"a: 'x\n", "is not YAML"),
        (b"\ta: 1\n", "is not YAML"),
        (b"a: \x07\n", "is not YAML"),
    ],
)
def test_what_yaml_allows_beyond_plain_values_is_a_fault(text: bytes, expected: str) -> None:
    """Odd and hostile YAML becomes a fault with file and line, never a value or a crash."""
    _, wrong = read(RuleFile(1, "rule", "risk/x.yaml", "risk/x.yaml", "", text))
    assert wrong
    assert wrong[0].startswith("risk/x.yaml:")
    assert expected in wrong[0]


def test_words_of_yaml_1_1_are_text() -> None:
    """A date, an octal number and `no` are what was written, not what YAML 1.1 makes of them."""
    text = b"day: 2026-01-31\nmode: 0755\nanswer: no\nall: true\nnone: null\nn: 12\n"
    document, wrong = read(RuleFile(1, "rule", "r", "r", "", text))
    assert not wrong
    assert document is not None
    assert document.content == {
        "day": "2026-01-31", "mode": "0755", "answer": "no", "all": True, "none": None, "n": 12,
    }  # fmt: skip


scalars = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=20)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


@given(trees)
def test_the_c_loader_and_the_pure_one_agree(tree: object) -> None:
    """Whatever YAML writes, both loaders resolve to the same tags and values."""
    text = yaml.safe_dump(tree, allow_unicode=True)
    fast, slow = (
        yaml.compose(text, Loader=plain(base)) for base in (yaml.CSafeLoader, yaml.SafeLoader)
    )
    assert yaml.serialize(fast) == yaml.serialize(slow)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_a_fault(data: bytes) -> None:
    """No file makes the reader raise."""
    document, wrong = read(RuleFile(1, "rule", "r", "r", "", data))
    assert (document is None) <= bool(wrong)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    """A layer that is not there is an error that names it."""
    assert "there is no folder of rules at" in faults(str(tmp_path / "none"))


def test_the_hash_is_of_the_files_alone(tmp_path: Path) -> None:
    """Line ends and the place of a layer do not change the hash; a changed letter does."""
    one = write(tmp_path / "one", risk__a=rule("a"))
    two = write(tmp_path / "two", risk__a=rule("a"))
    file = tmp_path / "two" / "risk" / "a.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert load([one]).hash == load([two]).hash != load().hash
    file.write_text(rule("a").replace("Because", "Therefore"))
    assert load([two]).hash != load([one]).hash


def test_a_warm_load_imports_neither_yaml_nor_jsonschema_nor_cel() -> None:
    """The second load of the same files takes the compiled rulebook alone."""
    program = (
        "import sys; from tfchange.rulebook.load import load; load(); "
        "print([m for m in ('yaml', 'jsonschema', 'cel_expr_python') if m in sys.modules])"
    )
    load()
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_is_kept_is_read_back_where_it_is_asked(tmp_path: Path) -> None:
    """Facts of types, each alone and all together, and examples are those of the files."""
    made, kept = load(cache=str(tmp_path)), load(cache=str(tmp_path))
    assert made.traits == kept.traits == {name: kept.facts_of(name) for name in made.traits}
    assert "aws_db_instance" in kept.traits
    assert kept.facts_of("aws_db_instances") is kept.facts_of("acme_thing") is None
    assert made.examples == kept.examples
    assert set(kept.examples) == {rule.id for rule in kept.rules}


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff" * 50])
def test_a_damaged_cache_is_made_again(tmp_path: Path, damage: bytes) -> None:
    """Whatever is in the cache file, the rulebook is the same, and so is the file afterwards."""
    good = load(cache=str(tmp_path))
    (file,) = tmp_path.glob("rulebook-*.msgpack")
    whole = file.read_bytes()
    file.write_bytes(damage or whole.replace(b"critical", b"harmless", 1))
    assert load(cache=str(tmp_path)) == good
    assert file.read_bytes() == whole


@pytest.mark.parametrize("damage", [b"", b"\xff" * 64, b"0" * 64, b"../" * 20])
def test_a_damaged_mark_of_the_bundled_rules_is_made_again(tmp_path: Path, damage: bytes) -> None:
    """What stands for the bundled files is only believed where it leads to a rulebook."""
    good = load(cache=str(tmp_path))
    (file,) = tmp_path.glob("bundled-*.txt")
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert load(cache=str(tmp_path)) == good
    assert file.read_bytes() == whole


def test_a_warm_load_reads_no_bundled_file(tmp_path: Path) -> None:
    """A stamp of their times and sizes stands for their content."""
    load(cache=str(tmp_path))
    with unittest.mock.patch("tfchange.rulebook.load.read_layers", side_effect=AssertionError):
        assert load(cache=str(tmp_path)).rules


def test_a_changed_file_is_noticed_whatever_its_time_and_size(tmp_path: Path) -> None:
    """As many bytes as before, and the time of writing set back: the stamp differs all the same."""
    file = tmp_path / "risk" / "a.yaml"
    file.parent.mkdir()
    file.write_text("points: 10")
    before, times = stamp(str(tmp_path)), file.stat()
    assert stamp(str(tmp_path)) == before
    file.write_text("points: 99")
    # The clock of a file system ticks every few milliseconds only.
    while (
        file.stat().st_ctime_ns == times.st_ctime_ns or file.stat().st_mtime_ns != times.st_mtime_ns
    ):
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert stamp(str(tmp_path)) != before


def test_files_that_come_and_go_change_the_stamp(tmp_path: Path) -> None:
    """Another file, and the same under another name."""
    (tmp_path / "risk").mkdir()
    marks = [stamp(str(tmp_path))]
    (tmp_path / "risk" / "a.yaml").write_text("")
    marks.append(stamp(str(tmp_path)))
    (tmp_path / "risk" / "a.yaml").rename(tmp_path / "risk" / "b.yaml")
    marks.append(stamp(str(tmp_path)))
    assert len(set(marks)) == 3


def test_an_unwritable_cache_costs_nothing_but_time(tmp_path: Path) -> None:
    """A cache folder that cannot be made is passed over."""
    (tmp_path / "file").write_text("")
    assert load(cache=str(tmp_path / "file" / "cache")).rules
