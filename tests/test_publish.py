"""What a service desk is told: whole, the same each time, and within bounds."""

import json
import os
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.build import change, plan_json
from tests.change.requests import commit
from tests.goldens import SCENARIOS, TODAY, assessed, scenarios
from tfchange.change.fit import plain
from tfchange.change.origin import Given
from tfchange.change.request import Window
from tfchange.errors import UsageError
from tfchange.pipeline import assess
from tfchange.publish import Wishes, request, where
from tfchange.reading import Options
from tfchange.report import files
from tfchange.report.files import html_file, json_file
from tfchange.risk.assessment import AffectedService, Assessment, Emergency, Informed
from tfchange.schema import faults

NAMED = [pytest.param(folder, id=folder.name) for folder in scenarios()]
_assessed = lru_cache(None)(assessed)


def _several(*names: str, **more: Any) -> Assessment:
    plans = [str(SCENARIOS / name / "plan.json") for name in names]
    return assess(plans, Options(today=TODAY, salt="s", **more))


@pytest.mark.parametrize("folder", NAMED)
def test_no_text_is_ever_empty(folder: Path) -> None:
    """Each field says something, in whole lines, and the title fits every desk."""
    told = request(_assessed(folder), commit(), now=1)
    assert 20 < len(told.title) <= 160
    assert told.title.isprintable()
    for blocks in msgspec.structs.asdict(told.texts).values():
        assert blocks
        for block in blocks:
            assert block.lines
            assert all(line.strip() == line and line.isprintable() for line in block.lines)
            assert all(line.strip() for line in block.lines)


@pytest.mark.parametrize("folder", NAMED)
def test_every_change_is_told_and_can_be_taken_back(folder: Path) -> None:
    """No resource that changes is missing from the description, nor from the backout plan."""
    assessment = _assessed(folder)
    texts = request(assessment, commit(), now=1).texts
    for changed in assessment.changes:
        assert changed.address in plain(texts.description)
    for step in assessment.backout:
        assert step.step.rstrip(".")[1:] in plain(texts.backout)
    assert ("cannot be undone" in plain(texts.backout)) == any(
        not step.reversible for step in assessment.backout
    )


def test_the_same_plan_at_the_same_commit_tells_the_same() -> None:
    """However often and whenever it is filed, as an emergency too: nothing has to be written."""
    name = str(SCENARIOS / "database-replaced" / "plan.json")

    def filed(review: str, now: int, run: str) -> str:
        options = Options(today=TODAY, salt="s", emergency=Emergency("INC1", review))
        return request(assess([name], options), commit(run_url=run), now=now).digest

    assert filed("2026-11-30", 1, "https://ci/1") == filed("2026-12-01", 2, "https://ci/2")


def test_an_emergency_is_told_everywhere() -> None:
    """In the title, the description and the plan, with its incident and without a day."""
    told = request(_several("database-resized", emergency=Emergency("INC7", "2026-12-01")),
                   commit(), now=1)  # fmt: skip
    assert "emergency" in told.title
    assert "INC7" in plain(told.texts.description)
    assert "INC7" in plain(told.texts.implementation)
    assert "2026-12-01" not in plain(told.texts.description)
    assert told.emergency == Emergency("INC7", "2026-12-01")


def test_several_plans_are_one_request() -> None:
    """Each is named from the folder that holds them all, under headings of its own."""
    assessment = _several("no-change", "database-resized", "tags-only")
    told = request(assessment, commit(workspaces=("db", "web")), now=1)
    said = plain(told.texts.description)
    assert "What changes: database-resized/plan.json" in said
    assert "What changes: no-change/plan.json" not in said
    assert str(SCENARIOS) not in repr(told)
    assert len(told.fingerprint) == 32
    assert "Each plan goes into its own workspace" in plain(told.texts.implementation)
    assert "no-change/plan.json" in told.attachments[0].data.decode()


def test_no_path_of_the_machine_is_told(tmp_path: Path) -> None:
    """A plan in a temporary folder is called by its name, and two such tell the same."""
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "plan.json"
        path.write_bytes(plan_json([change("aws_vpc.a", ["delete"], {"id": "1"}, None)]))
        told = request(assess([str(path)], Options(today=TODAY)), commit(), now=1)
        assert str(tmp_path) not in repr(told)
        digests.add(told.digest)
    assert len(digests) == 1


def test_what_is_asked_for_is_in_the_request() -> None:
    """Services, configuration items, the window and the form of the report."""
    window = Window("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")
    wishes = Wishes(("shop",), ("shop-db",), window, "markdown")
    told = request(_assessed(SCENARIOS / "database-resized"), commit(), wishes, now=1)
    assert (told.services, told.items, told.window) == (("shop",), ("shop-db",), window)
    names = [file.name for file in told.attachments]
    assert names == ["assessment.json", "report.md", "blast-radius.svg"]
    none = request(_assessed(SCENARIOS / "no-change"), commit(), Wishes(report="none"), now=1)
    assert [file.name for file in none.attachments] == ["assessment.json"]


def test_the_links_are_those_that_are_known() -> None:
    """Pull request, commit, branch or tag, and run; none with an empty address."""
    at = commit(ref="refs/tags/v1", ref_url="https://github.com/acme/shop/tree/v1")
    told = request(_assessed(SCENARIOS / "tags-only"), at, now=1)
    assert [link.relation for link in told.links] == ["pull request", "commit", "tag", "run"]
    bare = commit(commit_url="", pull_request_url="", run_url="")
    assert request(_assessed(SCENARIOS / "tags-only"), bare, now=1).links == ()


def test_the_stamp_is_of_the_plan_and_not_of_the_run() -> None:
    """Unless the plan does not say when it was made."""
    told = request(_assessed(SCENARIOS / "tags-only"), commit(), now=1)
    assert told.stamp.planned > 1_700_000_000
    silent = msgspec.structs.replace(
        _assessed(SCENARIOS / "tags-only"),
        plan=msgspec.structs.replace(_assessed(SCENARIOS / "tags-only").plan, timestamp=""),
    )
    assert request(silent, commit(), now=5).stamp.planned == 5


def test_the_fingerprint_is_taken_only_where_it_is_asked_for() -> None:
    """An assessment alone does not read values twice for it."""
    name = str(SCENARIOS / "tags-only" / "plan.json")
    assert assess([name], Options(today=TODAY)).plan.fingerprint == ""
    assert len(assess([name], Options(today=TODAY, salt="")).plan.fingerprint) == 32


def test_a_file_that_would_be_too_large_says_what_it_leaves_out() -> None:
    """In the stated order, until it fits; what is left is still a valid document."""
    assessment = _several("platform", "destroy-all")
    whole = len(json_file(assessment))
    sizes = []
    for most in (whole, whole - 1, whole // 2, whole // 8, 25_000, 1):
        data = json_file(assessment, most)
        assert len(data) <= most or most == 1
        assert faults(json.loads(data), "assessment-1.0") == []
        caveats = [c["message"] for c in json.loads(data)["caveats"] if c["kind"] == "left-out"]
        assert bool(caveats) is (most < whole)
        sizes.append(len(data))
    assert sizes == sorted(sizes, reverse=True)
    assert all(what in caveats[0] for what in files.LESS)


def test_an_html_report_that_would_be_too_large_gets_shorter_lists() -> None:
    """It stays a whole page."""
    assessment = _several("platform", "destroy-all")
    whole = html_file(assessment)
    short = html_file(assessment, len(whole) // 2)
    assert len(short) <= len(whole) // 2
    assert short.endswith(b"</html>\n")


def test_hostile_names_are_shown_and_do_nothing(tmp_path: Path) -> None:
    """Control characters and marks that turn writing around become visible in every text."""
    name = 'aws_vpc.a["\\n\u202e\x1b[31m"]'
    path = tmp_path / "plan.json"
    path.write_bytes(plan_json([change("aws_vpc.a", ["delete"], {"id": "1"}, None)]).replace(
        b'"address": "aws_vpc.a"', b'"address": ' + json.dumps(name).encode()))  # fmt: skip
    at = commit(repository="acme/\u202eshop\n# x", ref="refs/heads/\x1b[2J", author="\x07")
    told = request(assess([str(path)], Options(today=TODAY)), at, now=1)
    said = [told.title, *(line for text in msgspec.structs.asdict(told.texts).values()
                          for block in text for line in block.lines)]  # fmt: skip
    said += [link.title for link in told.links]
    assert all(line.isprintable() for line in said)
    assert "\\u202e" in "".join(said)
    assert all("\x1b" not in f.data.decode() and "\u202e" not in f.data.decode()
               for f in told.attachments)  # fmt: skip


def test_where_a_run_is_comes_from_flags_the_ci_and_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event is read from its file; the time of a commit comes from git if it is there."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    run = ["git", "-C", str(tmp_path), "-c", "user.name=Ada", "-c", "user.email=ada@acme.test"]
    for arguments in (["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "1"],
                      ["commit", "-q", "--allow-empty", "-m", "2"]):  # fmt: skip
        subprocess.run([*run, *arguments], check=True)
    first = subprocess.run(
        [*run, "rev-parse", "HEAD~1"], capture_output=True, text=True, check=True
    )
    sha = first.stdout.strip()
    event = tmp_path / "event.json"
    pull = {"number": 3, "head": {"sha": sha, "ref": "x"}}
    event.write_text(json.dumps({"pull_request": pull}))
    environ = {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_EVENT_NAME": "pull_request",
               "GITHUB_EVENT_PATH": str(event)}  # fmt: skip
    found = where(Given(), environ, str(tmp_path))
    assert (found.sha, found.pull_request, found.author) == (sha, 3, "Ada <ada@acme.test>")
    assert found.time > 1_700_000_000
    with pytest.raises(UsageError):
        where(Given(), {}, str(tmp_path))


def test_a_change_names_the_services_that_change() -> None:
    """After those that were asked for, the most critical first, each once; not what is reached."""
    services = (
        AffectedService("pay", 1, "team-pay", "pay-prod", 1, 0),
        AffectedService("shop", 2, "team-shop", "", 2, 0),
        AffectedService("web", 1, "team-web", "web-prod", 0, 7),
    )
    some = msgspec.structs.replace(
        _assessed(SCENARIOS / "tags-only"),
        services=services,
        informed=(Informed("team-web", "owns web (tier 1), which depends on what changes"),),
    )
    told = request(some, commit(), Wishes(("Shop", "batch"), ("orders-db", "PAY-PROD")), now=1)
    assert told.services == ("Shop", "batch", "pay")
    assert told.items == ("orders-db", "PAY-PROD")
    described = plain(told.texts.description)
    assert "pay (tier 1, team-pay): 1 resource of it changes. CI: pay-prod." in described
    assert "web (tier 1, team-web): 7 others depend on what changes. CI: web-prod." in described
    assert "Team web: Owns web (tier 1), which depends on what changes." in described
    assert "Service shop (tier 2, team-shop): 2 resources of it change." in plain(told.texts.risk)
