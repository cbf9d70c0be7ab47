"""Small files that would become large ones."""

import zipfile
from pathlib import Path

import pytest

from tests.conftest import Run
from tfchange import settings
from tfchange.calendar.load import load as load_calendar
from tfchange.catalogue.load import load as load_catalogue
from tfchange.errors import RulebookError, SettingsError, SourceError
from tfchange.health.openslo import read as read_openslo
from tfchange.plan.decode import decode
from tfchange.rulebook.load import load as load_rules
from tfchange.source.file import open_plan

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
"""Ten thousand million words, where aliases are followed."""
DEEP = "[" * 50_000
HUGE = "x: " + "y" * 1_100_000
SELF = "a: &a [*a]\n"
BOMBS = {"laughs": LAUGHS, "deep": DEEP, "huge": HUGE, "self": SELF}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_settings_do_not_explode(bomb: str, tmp_path: Path) -> None:
    """Aliases, depth and length are refused before anything is made of them."""
    (tmp_path / "tfchange.yaml").write_text(bomb)
    with pytest.raises(SettingsError, match=r"aliases|deeper|larger"):
        settings.load(str(tmp_path / "tfchange.yaml"))


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_rules_do_not_explode(bomb: str, tmp_path: Path) -> None:
    """The same holds for every file of a layer."""
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / "bomb.yaml").write_text(bomb)
    with pytest.raises(RulebookError, match=r"aliases|deeper|larger"):
        load_rules([str(tmp_path)])


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_calendars_and_objectives_do_not_explode(bomb: str, tmp_path: Path) -> None:
    """The same holds for a calendar in YAML and for OpenSLO."""
    (tmp_path / "c.yaml").write_text(bomb)
    with pytest.raises(SettingsError, match=r"aliases|deeper|larger"):
        load_calendar({"files": ["c.yaml"]}, str(tmp_path))
    with pytest.raises(SettingsError, match=r"aliases|deeper|larger"):
        read_openslo([str(tmp_path / "c.yaml")], str(tmp_path))


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_catalogues_do_not_explode(bomb: str, tmp_path: Path) -> None:
    """The same holds for services, and for entities of Backstage."""
    (tmp_path / "catalog-info.yaml").write_text(f"kind: Component\n{bomb}")
    with pytest.raises(SettingsError, match=r"aliases|deeper|larger"):
        load_catalogue((), str(tmp_path))


def test_a_calendar_has_a_longest(tmp_path: Path) -> None:
    """More than five megabytes of one are not read."""
    (tmp_path / "c.ics").write_bytes(b"X" * 5_000_001)
    with pytest.raises(SettingsError, match="longer than 5,000,000 bytes"):
        load_calendar({"files": [{"path": "c.ics", "kind": "freeze"}]}, str(tmp_path))


def test_a_zip_is_never_unpacked_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a binary plan only the names are read; what unpacks it is Terraform."""
    with zipfile.ZipFile(tmp_path / "p.tfplan", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", b"\0" * 10_000_000)
    for name in ("open", "read", "extract", "extractall"):
        monkeypatch.setattr(zipfile.ZipFile, name, lambda *_, **__: pytest.fail("unpacked"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="neither terraform nor tofu"):
        open_plan(str(tmp_path / "p.tfplan"))


def test_a_zip_of_many_names_is_refused(tmp_path: Path) -> None:
    """An archive without a plan in it is none, whatever else it holds."""
    with zipfile.ZipFile(tmp_path / "p.tfplan", "w") as archive:
        for number in range(2_000):
            archive.writestr(f"../{number}", b"")
    with pytest.raises(SourceError, match="not a Terraform plan"):
        open_plan(str(tmp_path / "p.tfplan"))


def test_numbers_without_end_are_no_crash(tmp_path: Path, tfchange: Run) -> None:
    """A number of ten thousand digits, where a plan may hold any value, is a value or refused."""
    entry = b'{"address":"x_a.b","mode":"managed","type":"x_a","name":"b","change":'
    entry += b'{"actions":["create"],"before":null,"after":{"n":%s}}}' % (b"9" * 10_000)
    plan = tmp_path / "p.json"
    plan.write_bytes(b'{"format_version":"1.2","resource_changes":[%s]}' % entry)
    assert tfchange("assess", plan).code in (0, 1)
    indexed = plan.read_bytes().replace(b"x_a.b", b"x_a.b[%s]" % (b"9" * 10_000))
    decode(indexed)
