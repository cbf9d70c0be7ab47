"""Windows and freezes as people write them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.calendar.build import berlin, calendar, happens
from tfchange.calendar.load import load
from tfchange.calendar.names import Names
from tfchange.calendar.standing import standing
from tfchange.errors import SettingsError
from tfchange.schema import faults
from tfchange.settings import load as settings

FILE = """
# Written by people.
windows:
  - name: Tuesdays and Thursdays
    every: {days: [tue, thu], hours: "20:00-23:00"}
freezes:
  - name: Second Tuesday
    every:
      rrule: FREQ=MONTHLY;BYDAY=2TU
      start: 2026-01-13 19:00
      duration: 300
  - {name: Audit, start: 2026-12-20, end: 2026-12-21, strength: soft, except: [cab]}
  - {name: Abroad, start: "2026-12-31T18:00+09:00", end: 2027-01-01T00:00:00Z}
"""


def test_a_file(tmp_path: Path) -> None:
    """Weekly hours, rules, dates of which the last is included, and times with and without zone."""
    (tmp_path / "c.yaml").write_text(FILE)
    some = calendar(tmp_path, files=["c.yaml"])
    assert happens(some, "2026-12-08", "2027-01-02")[:4] == [
        ("Second Tuesday", "12-08 19:00+0100", "12-09 00:00+0100"),
        ("Tuesdays and Thursdays", "12-08 20:00+0100", "12-08 23:00+0100"),
        ("Tuesdays and Thursdays", "12-10 20:00+0100", "12-10 23:00+0100"),
        ("Tuesdays and Thursdays", "12-15 20:00+0100", "12-15 23:00+0100"),
    ]
    assert happens(some, "2026-12-20", "2026-12-21")[0] == (
        "Audit", "12-20 00:00+0100", "12-22 00:00+0100",
    )  # fmt: skip
    assert happens(some, "2026-12-31", "2027-01-02")[0] == (
        "Abroad", "12-31 10:00+0100", "01-01 01:00+0100",
    )  # fmt: skip
    audit = next(e.scope for e in some.entries if e.name == "Audit")
    assert (audit.hard, audit.lifted_by) == (False, {"cab"})


def test_a_rule_keeps_its_local_time() -> None:
    """Before and after the change of the clocks it happens at the same local hour."""
    every = {"rrule": "FREQ=MONTHLY", "start": "2026-03-15T19:00", "duration": 60}
    some = calendar(windows=[{"name": "R", "every": every}])
    assert happens(some, "2026-03-01", "2026-04-30") == [
        ("R", "03-15 19:00+0100", "03-15 20:00+0100"),
        ("R", "04-15 19:00+0200", "04-15 20:00+0200"),
    ]


def test_dates_need_no_quotes_in_the_settings(tmp_path: Path) -> None:
    """What YAML makes a date or a time of is read as it was written, also from the cache."""
    file = tmp_path / "tfchange.yaml"
    file.write_text(
        "calendar:\n  zone: Europe/Berlin\n  holidays: [2026-12-24]\n  freezes:\n"
        "    - {name: F, start: 2026-12-20, end: 2026-12-21 08:00:00}\n"
    )
    for _ in range(2):
        some = load(settings(str(file))["calendar"], str(tmp_path))
        assert happens(some, "2026-12-01", "2026-12-31") == [
            ("F", "12-20 00:00+0100", "12-21 08:00+0100")
        ]
        assert [list(h.on(berlin("2026-12-01").date(), berlin("2026-12-31").date()))
                for h in some.holidays] == [[berlin("2026-12-24").date()]]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"start": "2026-12-20"}, "has no end"),
        ({"end": "2026-12-20"}, "has no start"),
        ({}, "needs a start and an end, or an `every`"),
        ({"start": "2026-12-20", "every": {"days": ["tue"], "hours": "20:00-23:00"}}, "not both"),
        ({"start": "2026-12-21", "end": "2026-12-19"}, "ends (2026-12-19) before it starts"),
        ({"start": "20th of May", "end": "2026-12-19"}, "'20th of May'"),
        ({"start": "2026-02-29", "end": "2026-12-19"}, "'2026-02-29'"),
        ({"start": "0001-01-01", "end": "2026-12-19"}, "the year 1"),
        ({"start": "2026-01-01", "end": "9999-12-31"}, "the year 9999"),
        ({"every": {"days": ["tue"]}}, "recurs by `days` and `hours`"),
        ({"every": {"days": ["tue"], "hours": "20:00-20:00"}}, "without length"),
        ({"every": {"rrule": "FREQ=WEEKLY;BYDAY=XX", "start": "2026-01-01", "duration": 9}}, "XX"),
        ({"every": {"rrule": "FREQ=SECONDLY", "start": "2026-01-01", "duration": 9}}, "than daily"),
    ],
)
def test_entries_with_faults(entry: dict[str, Any], expected: str) -> None:
    """Each says its place, its name and what is wrong; two are reported together."""
    for name in ("windows", "freezes"):
        table: dict[str, Any] = {name: [{"name": "Bad", **entry}] * 2}
        with pytest.raises(SettingsError) as refused:
            calendar(**table)
        lines = refused.value.message.splitlines()
        assert len(lines) == 2
        assert lines[1].startswith(f'tfchange.yaml: calendar.{name}[1]: "Bad" ')
        assert expected in lines[0]


def test_windows_have_no_strength() -> None:
    """What only freezes have is refused in a window."""
    for more in ({"strength": "soft"}, {"except": ["cab"]}):
        with pytest.raises(SettingsError, match=f"is a window and has {next(iter(more))}"):
            calendar(windows=[{"name": "W", "start": "2026-12-20", "end": "2026-12-21", **more}])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "c.yaml:1: is empty"),
        ("windows: [", ": is not YAML"),
        ("- a\n", "c.yaml:1: "),
        ("windows:\n  - {name: A}\nfrezes: []\n", "c.yaml:3: unknown key 'frezes'; is 'freezes'"),
        ("windows:\n\n  - name: A\n    start: soon\n    end: later\n", 'c.yaml:3: "A" has a time'),
        ("freezes:\n  - {name: A, start: 2026}\n", "c.yaml:2: 2026 is not of type string"),
    ],
)
def test_files_with_faults(tmp_path: Path, text: str, expected: str) -> None:
    """They are refused with file and line."""
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        calendar(tmp_path, files=["c.yaml"])
    assert expected in refused.value.message


@pytest.mark.parametrize(
    "table",
    [
        {"hours": "8-18"},
        {"hours": "08:00-25:00"},
        {"working_days": []},
        {"working_days": ["monday"]},
        {"duration": 0},
        {"freezes": [{"start": "2026-01-01"}]},
        {"freezes": [{"name": "F", "categories": ["emergency"]}]},
        {"files": [{"path": "a.ics", "knd": "freeze"}]},
        {"files": [7]},
        {"zones": "UTC"},
    ],
)
def test_tables_the_schema_refuses(table: dict[str, Any]) -> None:
    """Nobody binds emergencies, and what is misspelt is not overlooked."""
    assert faults({"calendar": table}, "settings-1.0") != []


@pytest.mark.parametrize("zone", ["Europe/Berln", "Europe", "../../etc/passwd", "/etc/passwd"])
def test_zones_that_are_none(zone: str) -> None:
    """They are refused with an example."""
    with pytest.raises(SettingsError, match="is no time zone") as refused:
        calendar(zone=zone)
    assert "Europe/Berlin" in refused.value.advice


def test_all_faults_of_the_table_at_once(tmp_path: Path) -> None:
    """Entries, files, hours and holidays are all looked at before anything is said."""
    with pytest.raises(SettingsError) as refused:
        calendar(
            tmp_path,
            hours="18:00-08:00",
            holidays=["XX", "DE-XX", "2026-02-30", "gone.ics"],
            files=["missing.yaml", {"path": "a", "url": "https://example.com"}, {}],
            freezes=[{"name": "F"}],
        )
    lines = refused.value.message.splitlines()
    assert len(lines) == 9
    for word in ("hours", "'XX'", "'DE-XX'", "holidays[2]", "gone.ics", "missing.yaml", '"F"'):
        assert any(word in line for line in lines), word


def test_a_file_of_holidays(tmp_path: Path) -> None:
    """Every day of every event in it is a holiday, recurring ones and transparent ones too."""
    some = calendar(holidays=["holidays.ics"])
    first, last = berlin("2026-01-01").date(), berlin("2028-12-31").date()
    found = sorted({f"{day}" for each in some.holidays for day in each.on(first, last)})
    assert found == [
        "2026-02-28", "2026-05-06", "2026-05-07", "2027-02-28", "2028-02-28", "2028-02-29",
    ]  # fmt: skip


def test_names_of_environments_are_the_policys() -> None:
    """Another name for an environment in a freeze binds it all the same."""
    freeze = {"name": "F", "start": "2026-12-20", "end": "2026-12-21", "environments": ["prd"]}
    given = {"names": Names({"production": ["prod", "prd"], "test": ["qa"]})}
    some = calendar(given=given, freezes=[freeze])
    assert not standing(some, berlin("2026-12-20"), "normal", "production").allowed
    assert standing(some, berlin("2026-12-20"), "normal", "test").allowed


NAMES = Names({"production": ["prod"], "lab": []}, ("cab", "database"))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"environments": ["prod", "prodction"]}, "'prodction', which the policy does not have; "),
        ({"environments": ["prod*"]}, "it has lab and production"),
        ({"except": ["cabb"]}, "names the group 'cabb', which the policy does not have; "),
        ({"except": ["\x1b[2J"]}, "it has cab and database"),
    ],
)
def test_names_that_the_policy_does_not_have(
    tmp_path: Path, wrong: dict[str, list[str]], expected: str
) -> None:
    """Wherever it stands, such a name is a fault that says where it is and which names there are:
    what names nobody would bind nothing."""
    freeze = {"name": "F", "start": "2026-12-20", "end": "2026-12-21", **wrong}
    (tmp_path / "f.yaml").write_bytes(msgspec.json.encode({"freezes": [freeze]}))
    (tmp_path / "f.ics").write_bytes(b"")
    for place, table in (
        ("calendar.freezes[0]: ", {"freezes": [freeze]}),
        ("f.yaml:1: ", {"files": ["f.yaml"]}),
        ("calendar.files[0]: ", {"files": [{"path": "f.ics", **wrong}]}),
    ):
        with pytest.raises(SettingsError) as refused:
            calendar(tmp_path, given={"names": NAMES}, **table)
        assert place in refused.value.message
        assert expected in refused.value.message
        assert refused.value.message.isprintable()


def test_groups_are_named_by_either_name() -> None:
    """By the id that the policy has, or by the words people know them by."""
    for said in ("CAB", "change advisory board (CAB)"):
        freeze = {"name": "F", "start": "2026-12-20", "end": "2026-12-21", "except": [said]}
        some = calendar(given={"names": NAMES}, freezes=[freeze])
        assert some.entries[0].scope.lifted_by == {"cab"}
