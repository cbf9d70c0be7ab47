"""The SARIF log, held to the rules of the OASIS standard and of code scanning."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import samples
from tfchange.report import sarif
from tfchange.risk.assessment import Assessment
from tfchange.rulebook.rule import Rule, When

KEYS = {
    "run": {"tool", "automationDetails", "columnKind", "invocations", "results"},
    "result": {
        "ruleId",
        "ruleIndex",
        "level",
        "message",
        "locations",
        "partialFingerprints",
        "properties",
        "suppressions",
    },
    "physical": {"artifactLocation", "region"},
}


def run(assessment: Assessment) -> dict[str, Any]:
    """The one run of the log."""
    log = json.loads(sarif.render(assessment))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    return dict(only)


@pytest.mark.parametrize("make", [samples.rich, samples.empty, samples.several, samples.hostile])
def test_the_log_has_the_structure_of_the_standard(make: type[Assessment]) -> None:
    """Every result points at its rule, has a message, a level, a location and a fingerprint."""
    only = run(make())  # type: ignore[call-arg]
    assert only.keys() == KEYS["run"]
    rules = only["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in only["results"]:
        assert result.keys() <= KEYS["result"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"note", "warning", "error"}
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        assert set(map(type, result["partialFingerprints"].values())) == {str}
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["shortDescription"]["text"].endswith((".", "!", "?", ":"))


def test_a_finding_has_its_file_and_line() -> None:
    """Where the source is known, the result points into it, relative to the root."""
    first = run(samples.rich())["results"][0]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "modules/data/rds.tf", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }


@pytest.mark.parametrize(
    ("plan", "base", "uri"),
    [
        ("prod/plan.json", "", "prod/plan.json"),
        ("prod/plan.json", "infra", "infra/prod/plan.json"),
        ("../plan.json", "infra", "plan.json"),
        ("../../plan.json", "infra", "plan.json"),
        ("/build/a b/plan.json", "infra", "plan.json"),
        ("-", "infra", "infra/plan.json"),
    ],
)
def test_a_finding_without_source_is_in_the_plan(plan: str, base: str, uri: str) -> None:
    """Code scanning refuses a log with a result in no file; the address stands beside it."""
    log = json.loads(sarif.render(samples.rich(plan), base=base))
    last = log["runs"][0]["results"][-1]["locations"][0]
    assert last["logicalLocations"][0]["fullyQualifiedName"] == "aws_iam_role.deploy"
    assert last["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert last["physicalLocation"]["region"] == {"startLine": 1}


@pytest.mark.parametrize(
    ("file", "base", "uri"),
    [
        ("main.tf", "infra/network", "infra/network/main.tf"),
        ("../modules/main.tf", "infra/network", "infra/modules/main.tf"),
        ("../../../other/main.tf", "infra/network", "infra/network/prod/plan.json"),
        ("/elsewhere/main.tf", "infra", "infra/prod/plan.json"),
        ("a b.tf", "", "a%20b.tf"),
    ],
)
def test_files_are_named_from_the_root_of_the_repository(file: str, base: str, uri: str) -> None:
    """Whatever folder the run is in; a file outside of the repository is none of it."""
    rich = samples.rich()
    found = msgspec.structs.replace(rich.findings[0], location=samples.Location(file, 3))
    one = msgspec.structs.replace(rich, findings=(found,))
    log = json.loads(sarif.render(one, base=base))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri


def test_a_log_is_never_refused_for_its_size() -> None:
    """Code scanning takes 25,000 results of a run, and 1,024 characters of a description."""
    rich = samples.rich()
    many = msgspec.structs.replace(rich, findings=rich.findings[:1] * (sarif.MOST + 1))
    assert len(run(many)["results"]) == sarif.MOST


def test_severities_become_levels() -> None:
    """Critical and high are errors, medium is a warning, low is a note."""
    levels = {r["properties"]["severity"]: r["level"] for r in run(samples.rich())["results"]}
    assert levels == {"critical": "error", "high": "error", "medium": "warning"}
    assert sarif.LEVELS[samples.Level.LOW] == "note"


def test_a_waived_finding_is_suppressed_and_stays() -> None:
    """A waiver suppresses the result and says who waived it."""
    waived = [r for r in run(samples.rich())["results"] if "suppressions" in r]
    assert [r["ruleId"] for r in waived] == ["log-retention-shortened"]
    assert "OPS-12" in waived[0]["suppressions"][0]["justification"]


def test_a_fingerprint_outlives_better_wording() -> None:
    """The fingerprint names rule, address and path, and not the message."""
    rich = samples.rich()
    reworded = tuple(msgspec.structs.replace(f, message="New.") for f in rich.findings)
    other = msgspec.structs.replace(rich, findings=reworded)
    prints = [[r["partialFingerprints"] for r in run(each)["results"]] for each in (rich, other)]
    assert prints[0] == prints[1]
    assert len({json.dumps(p) for p in prints[0]}) == len(rich.findings)


def test_the_same_address_in_two_plans_is_two_findings() -> None:
    """Findings of several plans keep apart by the plan they are of."""
    rich = samples.rich("a.json")
    both = msgspec.structs.replace(rich, sections=(rich, samples.rich("b.json")))
    results = run(both)["results"]
    assert len(results) == 2 * len(rich.findings)
    assert len({json.dumps(r["partialFingerprints"]) for r in results}) == len(results)


def test_a_rule_brings_its_title_reason_and_remedy() -> None:
    """With the rulebook at hand, the viewer of a finding reads why it matters."""
    rule = Rule(
        id="ingress-opened",
        title="Traffic is let in from anywhere",
        severity="high",
        points=30,
        when=When(),
        message="",
        why="Anybody can try the door",
        references=("https://docs.example/ingress",),
        remedy="Name the networks that need it",
    )
    log = json.loads(sarif.render(samples.rich(), [rule]))
    (found,) = (r for r in log["runs"][0]["tool"]["driver"]["rules"] if r["id"] == "ingress-opened")
    assert found["shortDescription"]["text"] == "Traffic is let in from anywhere."
    assert "Name the networks that need it." in found["help"]["text"]
    assert "https://docs.example/ingress" in found["help"]["text"]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_names_stay_harmless(names: list[str]) -> None:
    """Every string of the log is one printable line, help texts aside, and every URI is encoded."""
    text = sarif.render(samples.named(names))
    assert all(line.isprintable() for line in text.split("\n"))
    for result in json.loads(text)["runs"][0]["results"]:
        assert result["message"]["text"].isprintable()
        place = result["locations"][0].get("physicalLocation")
        assert place is None or place["artifactLocation"]["uri"].isascii()
