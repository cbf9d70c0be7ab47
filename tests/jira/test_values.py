"""Values as the fields of Jira want them, whatever kind of field a site has."""

from typing import Any

import pytest

from tests.change.requests import request
from tests.jira.shop import SELECT, Custom, cloud
from tests.jira.world import config, shown
from tfchange.jira.fields import Field, Screen
from tfchange.jira.site import Site
from tfchange.jira.values import compose, plain_value


@pytest.mark.parametrize(
    ("field", "choices", "written"),
    [
        (Custom("customfield_10040", "Affected services", "x", "array", "service"),
         {"shop": "ari:cloud:graph::service/1"}, [{"id": "ari:cloud:graph::service/1"}]),
        (Custom("customfield_10040", "Affected services", SELECT, "array", "option", ("SHOP",)),
         {}, [{"id": "0400"}]),
        (Custom("customfield_10040", "Affected services", SELECT, "array", "option", ("Web",)),
         {"shop": "web"}, [{"id": "0400"}]),
        (Custom("customfield_10040", "Affected services", "x", "array", "string"), {}, ["shop"]),
        (Custom("customfield_10040", "Affected services", SELECT, "array", "option", ("Web",)),
         {}, None),
        (Custom("customfield_10040", "Affected services", "x", "string"), {}, None),
    ],
)  # fmt: skip
def test_services_go_into_fields_of_many_kinds(
    field: Custom, choices: dict[str, str], written: Any
) -> None:
    """Services are options, ids that the settings know, or words; else they are told in words."""
    site = Site(config(cloud(), deployment="cloud", choices={"services": choices}))
    known = Field.parse(field.id, {"name": field.name, "schema": field.schema,
                                   "allowedValues": field.values})  # fmt: skip
    screen = Screen({"description": Field("description", "")}, {"services": known}, ())
    fields = compose(request(), site, screen).fields
    assert fields.get(field.id) == written
    assert ("Affected services: shop" in shown(fields["description"])) is (written is None)


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (Field("f", "", "date"), "2026-11-24"),
        (Field("f", "", "datetime"), "2026-11-24T08:00:00.000+0000"),
        (Field("f", "", "string"), "2026-11-24T08:00:00Z"),
        (Field("f", "", "number"), None),
    ],
)
def test_values_fit_the_kind_of_the_field(field: Field, written: Any) -> None:
    """A time is written as the field wants it, and not at all where it cannot be."""
    assert (
        plain_value(
            "start", "2026-11-24T08:00:00Z", field, Site(config(cloud(), deployment="cloud"))
        )
        == written
    )


def test_one_person_goes_into_a_field_for_one() -> None:
    """Where the field takes one user, the first of those asked is named."""
    screen = Screen({}, {"approvers": Field("f", "Approver", "user")}, ())
    made = compose(request(), Site(config(cloud(), deployment="cloud")), screen)
    assert made.fields["f"] == {"accountId": "ann"}
    assert "left out" in made.notes[0]
