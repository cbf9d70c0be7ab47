"""Nothing is lost and nothing is there twice, whatever happens between register and database."""

from pathlib import Path

import pytest

from tests.change import faults
from tests.register.weather import KINDS, Weather, lean
from tests.register.world import BOTH, opened
from tfchange.register import file as register_file

SEEDS = {"sqlite": 125, "postgresql": 10}
"""In each of eight parts, which run side by side: a thousand lives in a file, the same code."""


@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("kind", BOTH)
def test_a_thousand_lives_in_bad_weather(
    kind: str, part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over 1,000 random sequences of faults there is no duplicate, no loss, and a sound trail."""
    # What these tests write needs not outlive a power cut.
    quick = [p.replace("FULL", "OFF") for p in register_file.PRAGMAS]
    monkeypatch.setattr(register_file, "PRAGMAS", quick)
    monkeypatch.setattr(faults, "version", lean)
    seeds, happened = range(part * SEEDS[kind], (part + 1) * SEEDS[kind]), set()
    with opened(kind, tmp_path) as register:
        weather = Weather(register)
        for seed in seeds:
            happened.update(weather.life(seed))
    # A few lives need not meet all weathers; a hundred do.
    assert happened == KINDS if len(seeds) > 100 else happened
