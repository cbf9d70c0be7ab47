"""Every bundled envelope is shown by a plan of real Terraform: what fits and what just misses."""

import json
from functools import cache
from typing import Any

import pytest

from tests.build import change, plan
from tests.conftest import ROOT
from tests.test_all_rules import rulebook
from tfchange.graph.build import build
from tfchange.plan.decode import decode
from tfchange.risk.assess import assess
from tfchange.risk.assessment import Assessment
from tfchange.rulebook.judge import Judge, subject_of

PLAN = ROOT / "fixtures" / "changes" / "standard" / "plan.json"
FITS = {
    "backups-longer": {"aws_db_instance.longer", "aws_dynamodb_table.recovery"},
    "capacity-nonproduction": {"aws_autoscaling_group.web"},
    "certificate-renewal": {
        "aws_acm_certificate.new",
        "aws_acm_certificate_validation.new",
        "aws_lb_listener.renewed",
        "aws_route53_record.validation",
    },
    "container-image-nonproduction": {
        "aws_ecs_service.image",
        "aws_ecs_task_definition.image",
    },
    "cost-alerts": {"aws_budgets_budget.month"},
    "dns-ttl": {"aws_route53_record.ttl"},
    "feature-flags-nonproduction": {"aws_appconfig_hosted_configuration_version.flags"},
    "function-code-nonproduction": {"aws_lambda_function.code"},
    "guards-on": {"aws_db_instance.guarded", "aws_lb.web"},
    "iam-narrowing": {"aws_iam_policy.narrowed"},
    "parameter-nonproduction": {"aws_ssm_parameter.plain"},
    "tags-only": {"aws_iam_role.worker", "aws_route53_zone.main"},
}
"""What fits each envelope; the rest of the plan does not."""
BY_SCENARIO = {
    "capacity-up",
    "log-retention-longer",
    "new-in-nonproduction",
    "observability",
    "rolling-image-patch",
    "security-group-narrowing",
}
"""Those that a scenario of their own shows (tests/test_scenarios.py)."""


@cache
def document() -> dict[str, Any]:
    """The plan that has all of them."""
    found: dict[str, Any] = json.loads(PLAN.read_text(encoding="utf-8"))
    return found


def only(addresses: set[str]) -> bytes:
    """The plan without what else changes, as a pull request of its own would have it."""
    some = [
        change
        for change in document()["resource_changes"]
        if change["address"] in addresses or change["change"]["actions"] in (["no-op"], ["read"])
    ]
    return json.dumps(document() | {"resource_changes": some}).encode()


def assessed(addresses: set[str], environment: str) -> Assessment:
    """The assessment of these changes alone."""
    plan = decode(only(addresses))
    graph, caveats = build(plan)
    by = Judge(rulebook())
    return assess(plan, graph, by, environment=environment, caveats=caveats)


def home(id_: str) -> str:
    """An environment that the envelope is for."""
    envelope = next(e for e in rulebook().envelopes if e.id == id_)
    return envelope.environments[-1] if envelope.environments else "production"


def test_every_envelope_is_shown() -> None:
    """Here, or by a scenario."""
    assert {envelope.id for envelope in rulebook().envelopes} == BY_SCENARIO | FITS.keys()


@pytest.mark.parametrize("id_", FITS)
def test_what_fits_is_what_is_meant(id_: str) -> None:
    """Of all changes of the plan exactly these fit; the near misses beside them do not."""
    at = [envelope.id for envelope in rulebook().envelopes].index(id_)
    by = Judge(rulebook())
    changes = [c for c in decode(PLAN.read_bytes()).changes if c.acts]
    fits = {c.id for c in changes if by.misfits(subject_of(c, by))[at] is None}
    assert fits == FITS[id_]


@pytest.mark.parametrize("id_", FITS)
def test_alone_it_is_a_standard_change(id_: str) -> None:
    """Score, findings and doubts leave it within its limits, in an environment that it is for."""
    found = assessed(FITS[id_], home(id_))
    assert (found.category, found.envelope) == ("standard", id_), found.counterfactual


@pytest.mark.parametrize("id_", [i for i in FITS if home(i) != "production"])
def test_what_is_for_other_environments_is_none_in_production(id_: str) -> None:
    """Nor where nobody knows the environment."""
    for environment in ("production", "somewhere"):
        assert assessed(FITS[id_], environment).category == "normal"


def test_no_bundled_envelope_has_to_be_earned() -> None:
    """Else every run would ask the register for earlier changes, which costs more than a plan."""
    assert all(envelope.earned is None for envelope in rulebook().envelopes)


@pytest.mark.parametrize("id_", FITS)
def test_one_more_change_takes_it_out(id_: str) -> None:
    """What just misses is not carried along by what fits."""
    misses = {
        change["address"]
        for change in document()["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    } - set.union(*FITS.values())
    for miss in sorted(misses):
        assert assessed(FITS[id_] | {miss}, home(id_)).category == "normal", miss


def test_every_envelope_says_what_is_still_recorded() -> None:
    """A standard change is logged, not skipped; and each says what others write about its kind."""
    for envelope in rulebook().envelopes:
        assert envelope.record.endswith(".")
        assert envelope.references


POLICY = '{{"Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", {}}}]}}'
TABLE = {"point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 35}]}
CONTAINER = {"name": "app", "image": "shop/app:1.2.3"}
GUARD = {"name": "guard", "image": "shop/guard:1.0.0"}
OPEN = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}
GROUP = {"launch_template": [{"id": "lt-1", "version": "1"}]}
ROLLING = [{"strategy": "Rolling", "preferences": [{"min_healthy_percentage": 90}]}]
AT_ONCE = [{"strategy": "Rolling", "preferences": [{"min_healthy_percentage": 0}]}]
ALARM = {"alarm_actions": ["arn:aws:sns:eu-west-1:111122223333:on-call"]}
TERMINATE = "arn:aws:automate:eu-west-1:ec2:terminate"


def containers(*some: dict[str, str]) -> dict[str, object]:
    """What a task definition says of these containers."""
    return {"container_definitions": json.dumps(some)}


@pytest.mark.parametrize(
    ("id_", "address", "before", "after"),
    [
        ("backups-longer", "aws_dynamodb_table.a", TABLE, {"point_in_time_recovery": []}),
        (
            "backups-longer",
            "aws_dynamodb_table.a",
            TABLE,
            {"point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 1}]},
        ),
        (
            "capacity-nonproduction",
            "aws_ecs_service.a",
            {"desired_count": 2},
            {"desired_count": 2000},
        ),
        ("capacity-up", "aws_ecs_service.a", {"desired_count": None}, {"desired_count": 1000}),
        (
            "certificate-renewal",
            "aws_route53_record.a",
            None,
            {"type": "CNAME", "name": "_dmarc.example.com", "records": ["mail.example.net"]},
        ),
        ("certificate-renewal", "aws_acm_certificate.a", None, {"private_key": "(sensitive)"}),
        (
            "container-image-nonproduction",
            "aws_ecs_task_definition.a",
            containers(CONTAINER, GUARD),
            containers(CONTAINER | {"image": "shop/app:1.2.4"}),
        ),
        (
            "container-image-nonproduction",
            "aws_ecs_service.a",
            {"task_definition": "shop:1"},
            {"task_definition": "administration:7"},
        ),
        (
            "function-code-nonproduction",
            "aws_lambda_function.a",
            {"image_uri": "shop/app:1.2.3"},
            {"image_uri": "elsewhere/app:1.2.4"},
        ),
        (
            "guards-on",
            "aws_db_instance.a",
            {"deletion_protection": False, "publicly_accessible": False},
            {"deletion_protection": True, "publicly_accessible": True},
        ),
        (
            "guards-on",
            "aws_db_instance.a",
            {"final_snapshot_identifier": "last"},
            {"final_snapshot_identifier": None},
        ),
        (
            "iam-narrowing",
            "aws_iam_policy.a",
            {"policy": POLICY.format('"Resource": "arn:aws:s3:::b/*"')},
            {"policy": POLICY.format('"NotResource": "arn:aws:s3:::b/*"')},
        ),
        (
            "new-in-nonproduction",
            "aws_route53_record.a",
            None,
            {"type": "A", "name": "www.example.com", "zone_id": "Z1"},
        ),
        ("new-in-nonproduction", "aws_iam_user.a", None, {"name": "someone"}),
        ("new-in-nonproduction", "aws_iam_openid_connect_provider.a", None, {"url": "https://x"}),
        ("new-in-nonproduction", "aws_ram_resource_share.a", None, {"name": "all"}),
        ("new-in-nonproduction", "aws_ec2_transit_gateway.a", None, {"description": "x"}),
        ("new-in-nonproduction", "aws_vpc_peering_connection.a", None, {"vpc_id": "vpc-1"}),
        ("new-in-nonproduction", "aws_route.a", None, {"route_table_id": "rtb-1"}),
        ("new-in-nonproduction", "google_project_iam_binding.a", None, {"role": "roles/viewer"}),
        ("new-in-nonproduction", "cloudflare_record.a", None, {"name": "www"}),
        ("observability", "aws_cloudwatch_log_subscription_filter.a", None, {"name": "out"}),
        ("observability", "aws_oam_link.a", None, {"sink_identifier": "x"}),
        ("observability", "datadog_downtime_schedule.a", None, {"scope": "*"}),
        ("observability", "google_logging_project_exclusion.a", None, {"filter": "x"}),
        ("observability", "aws_cloudwatch_metric_alarm.a", None, {"alarm_actions": [TERMINATE]}),
        ("observability", "aws_cloudwatch_metric_alarm.a", ALARM, {"alarm_actions": []}),
        (
            "parameter-nonproduction",
            "aws_ssm_parameter.a",
            None,
            {"type": "String", "name": "/shop/x", "overwrite": True},
        ),
        (
            "rolling-image-patch",
            "aws_autoscaling_group.a",
            GROUP | {"instance_refresh": ROLLING},
            {"launch_template": [{"id": "lt-2", "version": "2"}]},
        ),
        (
            "rolling-image-patch",
            "aws_autoscaling_group.a",
            GROUP | {"instance_refresh": AT_ONCE},
            {"launch_template": [{"id": "lt-1", "version": "2"}]},
        ),
        ("security-group-narrowing", "aws_security_group.a", {"ingress": [OPEN]}, {"ingress": []}),
        (
            "security-group-narrowing",
            "aws_security_group.a",
            {"ingress": [OPEN], "egress": [OPEN]},
            {"egress": []},
        ),
        (
            "security-group-narrowing",
            "aws_security_group.a",
            {"ingress": [OPEN]},
            {"ingress": [OPEN | {"cidr_blocks": [], "prefix_list_ids": ["pl-1"]}]},
        ),
        (
            "tags-only",
            "aws_subnet.a",
            {"tags": {"kubernetes.io/role/internal-elb": "1"}},
            {"tags": {"kubernetes.io/role/elb": "1"}},
        ),
        ("tags-only", "aws_db_instance.a", {"tags": {"Backup": "daily"}}, {"tags": {}}),
        ("tags-only", "google_compute_instance.a", {"tags": ["web"]}, {"tags": ["web", "ssh"]}),
        ("tags-only", "kubernetes_labels.a", {"labels": {"a": "b"}}, {"labels": {"a": "c"}}),
        (
            "tags-only",
            "aws_autoscaling_group.a",
            {"tag": [{"key": "k8s.io/cluster-autoscaler/enabled", "value": "true"}]},
            {"tag": []},
        ),
    ],
)
def test_what_only_looks_like_it_does_not_fit(
    id_: str, address: str, before: dict[str, object] | None, after: dict[str, object]
) -> None:
    """What has the type and path of what fits, but opens, mutes, redirects or stops something."""
    replaces = "task_definition" in address
    actions = ["create"] if before is None else ["update"] if not replaces else ["delete", "create"]
    entry = change(address, actions, before, (before or {}) | after)
    at = [envelope.id for envelope in rulebook().envelopes].index(id_)
    by = Judge(rulebook())
    assert by.misfits(subject_of(plan([entry]).changes[0], by))[at] is not None
