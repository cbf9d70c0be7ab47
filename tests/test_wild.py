"""Published plans, read where the folder with them is present (beside the checkout)."""

import csv
import os
from pathlib import Path

import pytest

from tfchange.errors import PlanError, TfchangeError
from tfchange.pipeline import assess
from tfchange.plan.decode import decode
from tfchange.reading import Options
from tfchange.report import document, markdown, sarif, text

WILD = Path(
    os.environ.get("TFCHANGE_WILD") or Path(__file__).parent.parent.parent / "shared" / "wild"
)
PLANS = sorted(f for f in WILD.glob("*/*.json") if f.parent.name != "odd")
ODD = {
    "cisco-lockhart": "binary plan",
    "terraform-plan-noprovider": "text after the JSON",
    "terraform-empty-plan": "state file",
    "has_checks__state": "is a state",
    "testdata__invalid__plan": "text after the JSON",
    "schemas.json": "provider schemas",
    "terraform.tfstate": "state file",
    "v0.14_state": "is a state",
    "plan1.txt": "for people to read",
    "artificial__invalid": "not a plan as Terraform writes it",
    "invalid_plan.json": "truncated",
    "exp-output-plan": "for people to read",
}

pytestmark = pytest.mark.skipif(not PLANS, reason="the published plans are not on this machine")


@pytest.mark.parametrize("chunk", range(8))
def test_every_published_plan_is_assessed_and_reported(chunk: int) -> None:
    """None of them fails, in any format."""
    for file in PLANS[chunk::8]:
        found = assess([str(file)], Options(today="2026-11-23"))
        assert sum(c.points for c in found.contributions) == found.score, file.name
        assert len(markdown.render(found)) <= 65_536
        assert all((text.render(found), document.render(found), sarif.render(found)))


def test_redacted_plans_are_never_standard() -> None:
    """A plan without values and references cannot be known to fit an envelope."""
    redacted = sorted(WILD.glob("odd/*plan-redacted.json"))
    assert redacted
    for file in redacted:
        found = assess([str(file)], Options(today="2026-11-23"))
        assert found.category in ("none", "normal")
        assert "redacted" in {caveat.kind for caveat in found.caveats}


def test_odd_inputs_get_the_message_they_deserve() -> None:
    """Each says what the file is and hands over a command."""
    with (WILD / "odd" / "MANIFEST.csv").open(encoding="utf-8") as opened:
        names = [WILD / row["file"] for row in csv.DictReader(opened)]
    refused = 0
    for file in names:
        expected = [words for part, words in ODD.items() if part in file.name]
        if not expected:
            assert decode(file.read_bytes(), file.name).caveats, file.name
            continue
        with pytest.raises(PlanError, match=expected[0]) as caught:
            decode(file.read_bytes(), file.name)
        assert "terraform" in caught.value.advice
        refused += 1
    assert refused == len(ODD)


def test_a_folder_with_one_broken_plan_names_it() -> None:
    """Nothing is half done: the error names the file."""
    with pytest.raises(TfchangeError, match="truncated"):
        assess([str(WILD / "odd" / "readtheplan__readtheplan__tests__fixtures__invalid_plan.json")])
