"""The examination of a ServiceNow instance: what is good, and what to do about the rest."""

from typing import Any

import pytest

from tests.change.requests import request
from tests.servicenow.fake import ServiceNowFake
from tests.servicenow.world import ServiceNowWorld, config
from tfchange.change.doctor import Check, Examination
from tfchange.servicenow.desk import ServiceNowConfig
from tfchange.servicenow.doctor import examine


def look(fake: ServiceNowFake | None = None, **given: Any) -> Examination:
    """The examination of an instance that holds one change, with these settings."""
    some = fake or ServiceNowFake()
    if some.options.writable and not some.options.hibernating:
        ServiceNowWorld(some).desk.open(request())
    before = len(some.tables.rows("change_request")), len(some.asked)
    made = examine(config(**given), transport=some, pause=lambda _: None)
    written = [asked for asked in some.asked[before[1] :] if asked[0] != "GET"]
    assert [w for w in written if w[1] != "/oauth_token.do"] == []
    assert some.bad == []
    return made


def found(examination: Examination, name: str) -> Check:
    """The check of that name that is worst."""
    order = ("failed", "warning", "ok")
    return min(
        (c for c in examination.checks if c.name == name), key=lambda c: order.index(c.state)
    )


def test_a_good_instance() -> None:
    """At an instance where everything is there nothing fails, and the mapping is learnt."""
    made = look(templates={"default": "Tags only"}, chg_models={"normal": "Normal"})
    assert [c for c in made.checks if c.state != "ok"] == []
    assert made.passed
    assert made.settings["risk"] == {
        "low": "Low", "medium": "Moderate", "high": "High", "critical": "High"
    }  # fmt: skip
    assert made.settings["close_codes"] == {
        "successful": "Successful",
        "partly": "Successful with issues",
        "failed": "Unsuccessful",
    }
    assert made.settings["api"] == "change"
    assert made.settings["assignment_group"] == "Platform"


def test_what_was_learnt_are_settings() -> None:
    """The learnt table can be read back as settings, and finds the same again."""
    learnt = look().settings
    again = ServiceNowConfig(**{**learnt, "user": "u", "password": "p"})  # type: ignore[arg-type]
    assert again.risk == learnt["risk"]
    assert look(**{k: v for k, v in learnt.items() if k != "url"}).passed


TROUBLE: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "no credentials": ({}, {"user": "", "password": ""}, "settings", "failed"),
    "half of them": ({}, {"password": ""}, "settings", "failed"),
    "two kinds": ({}, {"api_key": "k"}, "settings", "failed"),
    "a bad word": ({}, {"risk": {"huge": "1"}}, "settings", "failed"),
    "a bad stage": ({}, {"states": {"Testing": "testing"}}, "settings", "failed"),
    "a bad api": ({}, {"api": "soap"}, "settings", "failed"),
    "plain http": ({}, {"url": "http://acme.service-now.com"}, "settings", "failed"),
    "asleep": ({"hibernating": True}, {}, "instance", "failed"),
    "a wrong password": ({}, {"password": "wrong"}, "credentials", "failed"),
    "a wrong key": (
        {}, {"user": "", "password": "", "api_key": "wrong"}, "credentials", "failed"
    ),
    "a wrong client": (
        {},
        {"user": "", "password": "", "client_id": "c", "client_secret": "wrong"},
        "credentials",
        "failed",
    ),
    "no change table": ({"hidden_tables": {"change_request"}}, {}, "credentials", "failed"),
    "hidden roles": ({"hidden_tables": {"sys_user_has_role"}}, {}, "roles", "warning"),
    "table only": ({"api": "table"}, {}, "api", "warning"),
    "table only, unwanted": ({"api": "table"}, {"api": "change"}, "api", "failed"),
    "blind search": ({"knows_correlation": False}, {}, "search by key", "failed"),
    "hidden key": ({"hidden_fields": {"correlation_display"}}, {}, "fields", "failed"),
    "hidden text": ({"hidden_fields": {"justification"}}, {}, "fields", "warning"),
    "hidden review": ({"hidden_fields": {"review_date"}}, {}, "fields", "warning"),
    "hidden author": ({"hidden_fields": {"change_plan"}}, {}, "fields", "warning"),
    "hidden rules": ({"hidden_tables": {"sys_dictionary"}}, {}, "field rules", "warning"),
    "hidden choices": ({"hidden_tables": {"sys_choice"}}, {}, "choices of risk", "warning"),
    "no such choice": ({}, {"risk": {"low": "Tiny"}}, "choices of risk", "failed"),
    "no group": ({}, {"assignment_group": ""}, "assignment_group", "warning"),
    "wrong group": ({}, {"assignment_group": "Nobody"}, "assignment_group", "failed"),
    "wrong user": ({}, {"requested_by": "nobody"}, "requested_by", "failed"),
    "two items": ({}, {"cmdb_ci": "twin"}, "cmdb_ci", "failed"),
    "no template": ({}, {}, "templates", "warning"),
    "wrong template": ({}, {"templates": {"default": "Nothing"}}, "templates", "failed"),
    "templates without their api": (
        {"api": "table"}, {"templates": {"default": "Tags only"}}, "templates", "warning"
    ),
    "wrong model": ({}, {"chg_models": {"normal": "Nothing"}}, "change models", "failed"),
    "hidden approvals": (
        {"hidden_tables": {"sysapproval_approver"}}, {}, "approvals", "warning"
    ),
    "hidden incidents": ({"hidden_tables": {"incident"}}, {}, "incidents", "warning"),
    "no incidents": ({"absent_tables": {"incident"}}, {}, "incidents", "warning"),
    "hidden conflicts": ({"hidden_tables": {"conflict"}}, {}, "conflicts", "warning"),
    "hidden files": ({"hidden_tables": {"sys_attachment"}}, {}, "files", "failed"),
    "hidden affected items": ({"hidden_tables": {"task_ci"}}, {}, "affected items", "warning"),
}  # fmt: skip


@pytest.mark.parametrize("name", TROUBLE)
def test_each_trouble_says_what_to_do(name: str) -> None:
    """Each thing that is wrong is found, as bad as it is, and says what to do about it."""
    options, given, check, state = TROUBLE[name]
    hidden = {"change_request"} & set(options.get("hidden_tables", ()))
    fake = ServiceNowFake(**options)
    if "correlation_display" in options.get("hidden_fields", ()) or hidden:
        fake.options.hidden_fields, fake.options.hidden_tables = set(), set()
    made = _looked(fake, options, given)
    worst = found(made, check)
    assert (worst.state, bool(worst.advice)) == (state, True), made.checks
    assert made.passed is (state != "failed")


def _looked(fake: ServiceNowFake, options: dict[str, Any], given: dict[str, Any]) -> Examination:
    if not fake.options.hibernating and fake.options.knows_correlation:
        ServiceNowWorld(fake).desk.open(request())
    elif not fake.options.hibernating:
        fake.flow.create({"short_description": "another"}, "ann", from_template=False)
    for option, setting in options.items():
        setattr(fake.options, option, setting)
    return examine(config(**given), transport=fake, pause=lambda _: None)


def test_every_finding_is_a_sentence() -> None:
    """What was found and what to do are finished sentences, and nothing secret is in them."""
    for options, given, *_ in TROUBLE.values():
        for check in _looked(ServiceNowFake(**options), options, given).checks:
            assert check.said.endswith(".")
            assert check.advice or check.state == "ok"
            assert "PLANTED" not in repr(check)


def test_missing_roles_fail() -> None:
    """A user whose roles can be read and do not write changes is told which one it needs."""
    fake = ServiceNowFake()
    fake.tables.rows("sys_user_role")[0]["name"] = "snc_internal"
    worst = found(look(fake), "roles")
    assert worst.state == "failed"
    assert "sn_change_write" in worst.advice


def test_unknown_states_are_named() -> None:
    """A state that nobody has explained is named, with the setting that explains it."""
    fake = ServiceNowFake()
    fake.tables.add("sys_choice", {"name": "change_request", "element": "state", "value": "7",
                                   "label": "Testing", "inactive": "false"})  # fmt: skip
    assert "Testing" in found(look(fake), "states").said
    assert found(look(fake, states={"Testing": "implement"}), "states").state == "ok"


def test_short_descriptions_that_are_shorter_are_noticed() -> None:
    """An instance that keeps shorter titles is noticed before the first one is cut."""
    fake = ServiceNowFake()
    fake.tables.rows("sys_dictionary")[0]["max_length"] = "40"
    assert "40 characters" in found(look(fake), "field rules").said


def test_a_table_that_shows_nothing_is_noticed() -> None:
    """A table whose records are counted and not shown is told apart from an empty one."""
    fake = ServiceNowFake()
    assert found(look(fake), "incidents").state == "ok"
    fake.options.hidden_rows = {fake.tables.add("incident", {"number": "INC1"})["sys_id"]}
    worst = found(look(fake), "incidents")
    assert worst.said == (
        "incident shows no record: an emergency cannot be checked against its incident."
    )
    assert worst.state == "warning"
