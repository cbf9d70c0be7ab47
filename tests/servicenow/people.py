"""Who and what there is at the fake instance before anything is filed."""

from typing import NamedTuple

from tests.servicenow.records import CHOICES, INHERITED, Tables

SERVICE_USER = "svc-tfchange"


class Seeds(NamedTuple):
    """The sys_ids that tests speak of."""

    group: str
    """Of the group that implements."""
    template: str
    shop: str
    """Of the service."""
    database: str
    """Of the configuration item."""


def seed(tables: Tables) -> Seeds:
    """Groups, users, items, templates, models and choices."""
    role = tables.add("sys_user_role", {"name": "sn_change_write"})
    group = tables.add("sys_user_group", {"name": "Platform", "active": "true"})
    for name in (SERVICE_USER, "ann", "bob"):
        user = tables.add("sys_user", {"user_name": name, "name": name, "active": "true"})
        if name == SERVICE_USER:
            tables.add("sys_user_has_role", {"user": user["sys_id"], "role": role["sys_id"]})
    template = tables.add("template", {
        "name": "Tags only", "sys_name": "Tags only", "active": "true",
        "short_description": "Change tags"})  # fmt: skip
    tables.add("chg_model", {"name": "Normal", "active": "true"})
    shop = tables.add("cmdb_ci_service", {"name": "shop"})
    database = tables.add("cmdb_ci", {"name": "orders-db"})
    for _ in range(2):
        tables.add("cmdb_ci", {"name": "twin"})
    for element, choices in CHOICES.items():
        for value, label in choices.items():
            tables.add("sys_choice", {
                "name": "task" if element in INHERITED else "change_request", "element": element,
                "value": value, "label": label, "inactive": "false",
                "language": "en"})  # fmt: skip
    for value, label in {"1": "Open", "3": "Closed", "4": "Canceled"}.items():
        tables.add("sys_choice", {"name": "change_task", "element": "state", "value": value,
                                  "label": label, "inactive": "false"})  # fmt: skip
    for element, length in {"short_description": "160", "description": "4000"}.items():
        tables.add("sys_dictionary", {"name": "task", "element": element, "read_only": "false",
                                      "max_length": length})  # fmt: skip
    return Seeds(group["sys_id"], template["sys_id"], shop["sys_id"], database["sys_id"])
