"""Configuration items, conflicts and free slots at ServiceNow."""

import pytest

from tests.servicenow.world import put, world
from tfchange.change.request import Window

WINDOW = Window("2026-11-24T10:00:00Z", "2026-11-24T11:30:00Z")


@pytest.mark.parametrize("api", ["change", "table"])
def test_items_are_associated_once(api: str) -> None:
    """Items and services are found by name and associated, once however often it is filed."""
    some = world({"items": {"aws_db_instance.orders": "orders-db"}}, api=api)
    items = ("aws_db_instance.orders", "twin", "nothing")
    filed = put(some, items=items)
    put(some, items=items, title="another", at=1_763_000_900)
    rows = some.fake.tables.rows
    assert [r["ci_item"] for r in rows("task_ci")] == [some.fake.seeds.database]
    assert [r["cmdb_ci_service"] for r in rows("task_cmdb_ci_service")] == [some.fake.seeds.shop]
    assert some.row(filed.ticket)["cmdb_ci"] == some.fake.seeds.database
    assert filed.notes == (
        "twin is there more than once in cmdb_ci.",
        "nothing was not found in cmdb_ci.",
    )


def test_names_are_not_queries() -> None:
    """A name that would be more than a name in a query is not looked up."""
    some = world()
    for name in ("a^ORname=orders-db", "javascript:gs.getUserID()"):
        filed = put(some, items=(name,), services=(), title=name, at=1_763_000_900)
        assert f"{name} cannot be looked up by name; give its sys_id." in filed.notes
    assert some.fake.tables.rows("task_ci") == []


def test_workers_are_waited_for_and_may_fail() -> None:
    """What ServiceNow does in the background is waited for; a failure is said and not fatal."""
    some = world(worker_fails=True)
    filed = put(some)
    assert filed.done == "opened"
    assert "ServiceNow could not do it in the background: The worker has failed." in filed.notes
    assert some.pauses
    assert some.pauses == sorted(some.pauses)


def test_conflicts_are_reported() -> None:
    """Conflicts are asked for where there is an item and a window, and reported."""
    some = world(conflicting=True)
    filed = put(some, items=("orders-db",), window=WINDOW)
    assert filed.notes == ("ServiceNow sees 1 conflicts: CHG0000001 CI already scheduled.",)
    quiet = world({"conflicts": False}, conflicting=True)
    assert put(quiet, items=("orders-db",), window=WINDOW).notes == ()


def test_a_free_slot_is_asked_for() -> None:
    """Where the settings say how long a change takes, the first free slot becomes its window."""
    some = world({"slot_minutes": 60})
    filed = put(some, items=("orders-db",))
    assert "First free slot: Change has been updated." in filed.notes
    assert filed.ticket.window == Window("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z")


def test_what_takes_too_long_is_left_to_itself() -> None:
    """Background work is waited for a while, and no longer; what is open then is said."""
    some = world(workers_hang=True)
    filed = put(some, items=("orders-db",), window=WINDOW)
    assert filed.notes == (
        "ServiceNow is still working on affected in the background.",
        "ServiceNow is still working on impacted in the background.",
        "ServiceNow is still looking for conflicts.",
    )
    assert sum(some.pauses) < 90


def test_a_check_that_is_refused_is_no_error() -> None:
    """Where conflicts cannot be asked for, the change is filed and the reason is said."""
    (said,) = put(world(conflicts_refused=True), items=("orders-db",), window=WINDOW).notes
    assert said.startswith("Conflicts and free slots could not be asked for: ServiceNow refused")


@pytest.mark.parametrize("api", ["change", "table"])
def test_items_that_may_not_be_associated_are_said(api: str) -> None:
    """An association that is refused is said; the change is filed all the same."""
    some = world(api=api)
    some.fake.options.hidden_tables = {"task_ci", "task_cmdb_ci_service"}
    notes = put(some).notes
    assert [n.split(":")[0] for n in notes] == (
        ["Configuration items were not associated"] if api == "table" else []
    )


@pytest.mark.parametrize("api", ["change", "table"])
def test_the_first_service_is_that_of_the_change(api: str) -> None:
    """Where the settings want it, and where it is found; another stays where it was."""
    some = world({"business_service": True}, api=api)
    filed = put(some, services=("unheard-of", "shop"), items=("orders-db",))
    assert filed.notes == ("unheard-of was not found in cmdb_ci_service.",)
    row = some.row(filed.ticket)
    assert row["business_service"] == some.fake.seeds.shop
    assert row["cmdb_ci"] == some.fake.seeds.database
    quiet = world(api=api)
    assert quiet.row(put(quiet, services=("shop",)).ticket)["business_service"] == ""
