"""A few of the configurations that `make oracle` lets Terraform judge."""

import os
import shutil
from pathlib import Path

import pytest

from tests.oracle.generator import configuration
from tests.oracle.judges import COMPLETE, DESTROY, EXACT, Verdict, verdicts
from tests.oracle.page import table
from tests.oracle.world import World

# Those that once showed a fault are among them.
SEEDS = (3, 11, 22, 31, 43, 51, 74, 96)


@pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not on PATH")
@pytest.mark.parametrize("seed", SEEDS)
def test_terraform_agrees(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that Terraform says is missing, and nothing is told that it does not say."""
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", os.devnull)
    (tmp_path / "stack").mkdir()
    world = World(tmp_path / "stack")
    found = list(verdicts(configuration(seed), world, tmp_path / "cache", asked=1))
    assert {verdict.judge for verdict in found} & COMPLETE
    wrong = [verdict for verdict in found if verdict.missing or verdict.extra]
    assert [(v.judge, v.asked, v.missing, v.extra) for v in wrong] == []


def test_a_seed_is_one_configuration() -> None:
    """The same seed gives the same text, another one gives another."""
    assert configuration(5) == configuration(5)
    assert configuration(5).after != configuration(6).after


def test_the_configurations_are_varied() -> None:
    """Everything that makes dependencies hard to follow is in the first fifty."""
    text = "".join(
        "".join(configuration(seed, aws=seed % 5 == 0).after.values()) for seed in range(50)
    )
    for construct in (
        "for_each", "count", "locals {", "dynamic ", "output ", "depends_on", "alias", "moved {",
        "[*]", ".*.", " ? ", "each.key", "count.index", "module.", "data ", "replace_triggered_by",
        "precondition", "validation {", "check ", "providers", "try(", "größe→東京", '\\"hi\\"',
        "list[0].id", " two  spaces ", "a.b.c", "EOT", "%{ for",
    ):  # fmt: skip
        assert construct in text


def test_what_is_missing_counts_by_judge() -> None:
    """A judge that asks for all and nothing else finds both faults; the table counts them."""
    verdict = Verdict(DESTROY, "x.a", frozenset({"x.a", "x.b"}), frozenset({"x.a", "x.c"}))
    assert DESTROY in COMPLETE & EXACT
    assert sorted(verdict.missing) == ["x.b"]
    assert sorted(verdict.extra) == ["x.c"]
    cells = table([[verdict]]).splitlines()[-1].split(" | ")
    assert cells[1:] == ["1", "2", "2", "1", "1", "**0.5000**", "**0.5000** |"]
