"""The facts about AWS against what the provider itself says of its types."""

import re
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from tests.conftest import ROOT
from tests.e2e.provider import NEEDS_AWS
from tests.test_all_rules import rulebook
from tfchange.rulebook.rule import TypeTraits

FILE = ROOT / "fixtures" / "aws-types.txt"
GUARDS = frozenset(
    {
        "automatic_backup_retention_days",
        "automated_snapshot_retention_period",
        "backup_retention_period",
        "block_public_acls",
        "block_public_policy",
        "delete_protection",
        "deletion_protection",
        "deletion_protection_enabled",
        "deletion_window_in_days",
        "disable_api_termination",
        "enable_deletion_protection",
        "encrypted",
        "force_destroy",
        "permissions_boundary",
        "point_in_time_recovery",
        "recovery_window_in_days",
        "retention_in_days",
        "skip_final_backup",
        "skip_final_snapshot",
        "snapshot_retention_limit",
        "storage_encrypted",
        "termination_protection",
        "transfer_lock",
    }
)
"""Attributes that protect whatever has them."""
SENSITIVE = frozenset(
    {
        "assume_role_policy",
        "cidr_blocks",
        "cidr_ipv4",
        "cidr_ipv6",
        "inline_policy",
        "policy",
        "policy_document",
        "publicly_accessible",
        "user_data",
    }
)
"""Attributes that matter for risk wherever they are."""
ELSEWISE = {
    ("aws_iam_role", "inline_policy"): "a block that is rarely written and always filled in",
    ("aws_iot_policy_attachment", "policy"): "the name of a policy",
    ("aws_resiliencehub_resiliency_policy", "policy"): "times to recover in",
    ("aws_ses_receipt_filter", "policy"): "allow or block, of what is in cidr",
}
"""What has such a name and is something else."""


@cache
def provider() -> dict[str, dict[str, bool]]:
    """By type its attributes, and whether the provider fills each in where it is not set."""
    lines = FILE.read_text().splitlines()[1:]
    return {
        name: {attribute.rstrip("~"): attribute.endswith("~") for attribute in attributes}
        for name, *attributes in map(str.split, lines)
    }


@cache
def facts() -> dict[str, TypeTraits]:
    """The facts about AWS types."""
    return {name: f for name, f in rulebook().traits.items() if name.startswith("aws_")}


def said() -> Iterator[tuple[str, str, str]]:
    """Every type, kind of fact and attribute that is named."""
    for name, f in facts().items():
        for kind in ("guards", "sensitive", "cosmetic"):
            for path in getattr(f, kind):
                yield name, kind, path.partition(".")[0]


def test_there_are_facts_about_every_type_and_no_other() -> None:
    """The AWS types that are known are those of the provider."""
    assert set(facts()) == set(provider())
    assert len(provider()) == 1526
    assert all(f.traits for f in facts().values())


def test_every_attribute_that_is_named_exists() -> None:
    """No guard, sensitive path or cosmetic attribute is one that the type does not have."""
    assert [named for named in said() if named[2] not in provider().get(named[0], {})] == []


def test_what_protects_is_a_guard_of_every_type_that_has_it() -> None:
    """Deletion protection, final snapshots, retention and the like are guards wherever they are."""
    missing = [
        (name, attribute)
        for name, attributes in provider().items()
        for attribute in sorted(GUARDS & set(attributes) - set(facts()[name].guards))
    ]
    assert missing == []


def test_what_opens_is_sensitive_where_it_is_always_said() -> None:
    """Policies, networks and start scripts are sensitive, unless the provider fills them in: then
    they are not known before apply in every plan that does not set them.
    """
    missing = [
        (name, attribute)
        for name, attributes in provider().items()
        for attribute in sorted(SENSITIVE & set(attributes) - set(facts()[name].sensitive))
        if not attributes[attribute] and (name, attribute) not in ELSEWISE
    ]
    assert missing == []
    filled_in = [n for n in said() if n[1] == "sensitive" and provider()[n[0]][n[2]]]
    assert filled_in == []


def test_data_is_lost_only_with_what_holds_it() -> None:
    """What loses data is stateful, whoever the provider is."""
    assert [n for n, f in rulebook().traits.items() if f.loses_data and not f.stateful] == []


@pytest.mark.parametrize(
    ("pattern", "trait", "but"),
    [
        (r"_policy_attachment$", "identity", {"aws_networkmanager_core_network_policy_attachment"}),
        (r"^aws_iam_", "identity", {"aws_iam_server_certificate"}),
        (r"_(metric|composite)_alarm$", "observability", set()),
        (r"_event_subscription$", "observability", set()),
        (r"_security_group$", "security-group", {"aws_medialive_input_security_group"}),
        (r"^aws_waf", "firewall", {"aws_wafv2_web_acl_logging_configuration"}),
        (r"^aws_(budgets|ce|cur)_", "cost", set()),
        (r"_(cluster|db|ebs)_snapshot(_copy)?$", "backup", set()),
    ],
)
def test_what_is_alike_by_name_is_alike_in_kind(pattern: str, trait: str, but: set[str]) -> None:
    """Families of types have the trait that their name tells, but for those that are named here."""
    those = {name: f for name, f in facts().items() if re.search(pattern, name)}
    assert those
    assert {name for name, f in those.items() if trait not in f.traits} <= but


@NEEDS_AWS
def test_the_list_is_what_the_provider_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of types and attributes is as Terraform prints it."""
    monkeypatch.syspath_prepend(str(ROOT / "fixtures"))
    import aws_types

    try:
        assert aws_types.listing(aws_types.schemas()) == FILE.read_text()
    finally:
        sys.modules.pop("aws_types", None)
