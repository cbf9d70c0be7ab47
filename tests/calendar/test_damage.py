"""Damaged calendars: whatever is wrong with them, they are read or refused, and nothing else."""

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.calendar.build import ICS, berlin, calendar
from tfchange.calendar.standing import standing
from tfchange.errors import SettingsError

FILES = [file.read_bytes() for file in sorted(ICS.glob("*.ics"))]
ODD = (
    b"99999999999999999999", b"-1", b"0", b"", b"\xff", b"\x00", b"DATE", b";", b":", b"FREQ=DAILY",
    b"P99999999D", b"00010101", b"99991231T235959Z", b"Europe/Nowhere", b"COUNT=0", b"INTERVAL=0",
    b"BYDAY=99MO", b"UNTIL=1", b"-PT1H", b"20261301", b"BYMONTH=13", b"VALUE=PERIOD", b"RANGE=X",
)  # fmt: skip


def damaged(data: bytes, dice: Random) -> bytes:
    """The file with a line dropped, doubled or moved, or a word of it made another."""
    lines = data.split(b"\n")
    at = dice.randrange(len(lines))
    match dice.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(dice.randrange(len(lines)), lines[at])
        case 2:
            other = dice.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            cut = sorted(dice.randrange(len(lines[at]) + 1) for _ in range(2))
            lines[at] = lines[at][: cut[0]] + dice.choice(ODD) + lines[at][cut[1] :]
    return b"\n".join(lines)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FILES), st.integers(0, 2**32), st.integers(1, 3))
def test_damage_is_refused_or_read(tmp_path: Path, data: bytes, seed: int, times: int) -> None:
    """No damage ends in any other error, neither on loading nor on asking."""
    dice = Random(seed)
    for _ in range(times):
        data = damaged(data, dice)
    (tmp_path / "c.ics").write_bytes(data)
    with suppress(SettingsError):
        some = calendar(tmp_path, files=[{"path": "c.ics", "kind": "freeze"}])
        standing(some, berlin("2026-11-17 12:00"), "normal", "production")


@pytest.mark.parametrize("data", FILES)
def test_a_file_that_breaks_off_is_refused(tmp_path: Path, data: bytes) -> None:
    """At whatever byte a download ends, what came is not taken for all of it."""
    for end in range(0, len(data.rstrip()), 7):
        (tmp_path / "c.ics").write_bytes(data[:end])
        with pytest.raises(SettingsError):
            calendar(tmp_path, files=[{"path": "c.ics", "kind": "freeze"}])
