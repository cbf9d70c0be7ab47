"""The examination of a Jira site: what is good, what is not, and what to do about it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.change.requests import request
from tests.conftest import ROOT
from tests.contracts.desk import never
from tests.jira.fake import TOKEN, JiraFake, Told
from tests.jira.shop import SELECT, Custom, Shop, cloud, data_center, managed
from tests.jira.world import config
from tfchange.change.doctor import Check, Examination
from tfchange.change.file import file
from tfchange.jira.config import STATES, WORDS
from tfchange.jira.desk import JiraConfig, connect
from tfchange.jira.doctor import PERMISSIONS, examine
from tfchange.schema import faults


def seen(shop: Shop, **given: Any) -> Examination:
    """The examination of a site, which wrote nothing."""
    fake = JiraFake(shop)
    found = examine(config(shop, **given), transport=fake, pause=never)
    assert {call.split()[0] for call in fake.calls} <= {"GET"}
    assert fake.breaches == []
    for check in found.checks:
        assert check.state == "ok" or check.advice, check
        assert check.said.endswith("."), check
    return found


def by_name(found: Examination, name: str) -> Check:
    """The check of that name."""
    return next(check for check in found.checks if check.name == name)


@pytest.mark.parametrize("shop", [cloud, managed, data_center])
def test_a_good_site_passes(shop: Callable[[], Shop]) -> None:
    """Nothing fails at a site that is set up well, and what it is called is learnt."""
    found = seen(shop(), request_type="chg/change")
    assert found.passed
    assert found.settings["issue_type"] == "10012"
    assert found.settings["deployment"] == ("cloud" if shop().cloud else "datacenter")
    assert TOKEN not in repr(found)


def test_the_settings_that_are_learnt_can_be_used() -> None:
    """The table that is written into tfchange.yaml makes the same desk."""
    fake = JiraFake(managed())
    first = examine(config(fake.shop), transport=fake, pause=never)
    learnt = msgspec.convert(
        {"user": "robot@example.com", "token": TOKEN, **first.settings}, JiraConfig
    )
    again = examine(learnt, transport=fake, pause=never)
    assert again.settings == first.settings
    filed = file(connect(learnt, transport=fake, pause=never), request(), pause=never)
    assert filed.done == "opened"
    assert first.settings["choices"]["impact"]["high"] == "Significant / Large"  # type: ignore[index]
    assert first.settings["states"]["approved"] == "Awaiting implementation"  # type: ignore[index]


def test_wrong_settings_are_told_without_asking() -> None:
    """Settings that cannot be right end the examination before the site is asked."""
    for wrong in ({"project": ""}, {"url": "http://jira.example.com"}, {"deployment": "server"}):
        found = examine(config(cloud(), **wrong), transport=JiraFake())
        assert [(c.name, c.state) for c in found.checks] == [("settings", "failed")]
        assert found.checks[0].advice


def test_a_site_that_does_not_answer_ends_it() -> None:
    """Without a server there is nothing more to look at."""
    fake = JiraFake()
    fake.planned = [("serverInfo", Told(503))] * 5
    found = examine(config(cloud()), transport=fake, pause=never)
    assert [c.state for c in found.checks] == ["ok", "failed"]
    assert found.checks[-1].name == "server"


def test_bad_credentials_end_it() -> None:
    """A token that is not accepted is told as such, and nothing else is believed."""
    fake = JiraFake()
    fake.expired = True
    found = examine(config(cloud()), transport=fake, pause=never)
    assert found.checks[-1].name == "credentials"
    assert "token" in found.checks[-1].advice


def test_a_project_that_is_not_there_ends_it() -> None:
    """A wrong project is told by name."""
    found = seen(cloud(), project="NOPE")
    assert found.checks[-1].name == "project"
    assert not found.passed


def test_an_issue_type_that_is_not_there_ends_it() -> None:
    """The advice names those that are there."""
    found = seen(replace(cloud(), issue_types={"1": "Bug"}))
    assert "Bug" in found.checks[-1].advice


def test_each_missing_permission_is_named() -> None:
    """For each permission it is said whether we have it."""
    found = seen(replace(cloud(), permissions={"TRANSITION_ISSUES": False, "ADD_COMMENTS": False}))
    failed = [c.name for c in found.checks if c.state == "failed"]
    assert failed == ["permission Transition Issues", "permission Add Comments"]


def test_fields_that_are_missing_are_named() -> None:
    """Without its label a change cannot be found; without other fields it is told in words."""
    found = seen(replace(cloud(), hidden={"labels"}))
    assert by_name(found, "field labels").state == "failed"
    assert by_name(found, "field backout").state == "warning"
    assert "jira.fields.backout" in by_name(found, "field backout").advice


def test_a_required_field_nobody_knows_fails() -> None:
    """A field that Jira insists on is found before the first change is refused."""
    shop = replace(cloud(), fields=(Custom("customfield_10999", "Cost centre", required=True),))
    check = by_name(seen(shop), "required field Cost centre")
    assert check.state == "failed"
    assert "jira.constants.customfield_10999" in check.advice
    assert seen(shop, constants={"customfield_10999": "1"}).passed


def test_choices_without_options_are_named() -> None:
    """Values that have no option are listed with the options that there are."""
    field = Custom("customfield_10006", "Change risk", SELECT, "option", options=("Red", "High"))
    check = by_name(seen(replace(cloud(), fields=(field,))), "choices of risk")
    assert check.state == "warning"
    assert "low" in check.said
    assert "Red" in check.advice


def test_states_without_a_status_are_named() -> None:
    """A state that no status is known to mean is told with the statuses that there are."""
    flow = cloud().workflow
    names = {"Approved": "Go"}
    renamed = replace(
        flow,
        statuses={names.get(n, n): c for n, c in flow.statuses.items()},
        steps=(),
    )
    check = by_name(seen(replace(cloud(), workflow=renamed)), "state approved")
    assert check.state == "warning"
    assert "Go" in check.advice
    assert by_name(seen(data_center()), "state implementing").state == "warning"


def test_attachments_and_links_are_looked_at() -> None:
    """What is switched off or missing is a warning: the change is filed without it."""
    found = seen(replace(cloud(), attachments=False, link_types=("Relates",)))
    assert by_name(found, "attachments").state == "warning"
    assert by_name(found, "link duplicate of").state == "warning"
    assert found.passed


def test_a_site_that_calls_itself_otherwise_is_told() -> None:
    """A Data Center tells where its files are by its base URL, to which alone they are read."""
    fake = JiraFake(data_center())
    fake.url = "https://jira.example.com"
    found = examine(config(fake.shop), transport=fake, pause=never)
    check = by_name(found, "files")
    assert check.state == "warning"
    assert "https://jira.example.com" in check.advice
    assert "files" not in [c.name for c in seen(data_center()).checks]


def test_approvals_are_looked_at() -> None:
    """Who approves depends on the kind of project, and is said."""
    assert "status" in by_name(seen(cloud()), "approvals").said
    assert "request_type" in by_name(seen(managed()), "approvals").advice
    assert by_name(seen(managed(), request_type="chg/x"), "approvals").state == "ok"


def test_the_page_is_true() -> None:
    """docs/jira.md names every permission, word and state, and its example can be used."""
    import yaml

    page = (ROOT / "docs" / "jira.md").read_text(encoding="utf-8")
    assert all(name in page for name in PERMISSIONS.values())
    assert all(f"`{word}`" in page for word in {*WORDS, *STATES})
    example = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    assert faults(example, "settings-1.0") == []
    made = msgspec.convert({**example["jira"], "token": "x"}, JiraConfig)
    made.check()
    assert set(made.__struct_fields__) - {"user", "token", "deployment", "service_desk"} <= set(
        example["jira"]
    )
    assert all(f"`{name}`" in page or name in page for name in made.__struct_fields__)
