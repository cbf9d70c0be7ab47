"""Everything known of one resource."""

import pytest

from tests.report import samples
from tests.report.graphs import Edge, Graph, plan_of
from tfchange.errors import UsageError
from tfchange.plan.model import Action
from tfchange.report import explain

DATABASE = samples.DATABASE
TASK = "module.app.aws_ecs_task_definition.api"
SERVICE = "module.app.aws_ecs_service.api"
GRAPH = Graph(
    [
        Edge("aws_ssm_parameter.url", DATABASE),
        Edge(TASK, "aws_ssm_parameter.url"),
        Edge(SERVICE, TASK, "depends_on"),
        Edge(DATABASE, "aws_db_subnet_group.main"),
    ],
    alone=["aws_iam_role.deploy"],
)
PLAN = plan_of({DATABASE: Action.REPLACE, "aws_ssm_parameter.url": Action.CREATE})


def said(address: str, width: int = 120) -> str:
    """The explanation of one resource of the rich plan."""
    return explain.render(samples.rich(), GRAPH, PLAN, address, width=width)


def test_a_changed_resource_has_its_change_points_and_backout() -> None:
    """What happens, which findings, how many points, and how it is taken back."""
    text = said(DATABASE)
    assert f"-/+ {DATABASE} (replaced; 12 resources depend on it; modules/data/rds.tf:12)" in text
    assert "CRITICAL: The database" in text
    assert "Its part of the 118 points" in text
    assert "+45  " in text
    assert "Restore the last snapshot; later writes are lost. It cannot be undone." in text


def test_it_shows_what_it_depends_on_and_what_depends_on_it() -> None:
    """Neighbours on one side, the tree of all dependents on the other."""
    text = said(DATABASE)
    assert "What it depends on\n  aws_db_subnet_group.main (reference)\n" in text
    assert "3 resources depend on it, directly or not." in text
    assert f"           <- depends_on - {SERVICE}\n" in text


def test_a_reached_resource_shows_the_chain_from_the_change() -> None:
    """The chain is read from the changed resource to this one."""
    text = said(SERVICE)
    assert "It does not change in this plan." in text
    chain = f"{DATABASE} <- reference - aws_ssm_parameter.url <- reference - {TASK}"
    assert chain in " ".join(text.split())


def test_a_drifted_resource_shows_its_drift_and_findings() -> None:
    """Findings of a resource that does not change are not lost."""
    text = said("aws_iam_role.deploy")
    assert "It was changed outside Terraform. (security-drift)" in text
    assert "Differs in assume_role_policy. This plan keeps it." in text


def test_an_unknown_address_names_the_nearest() -> None:
    """A typing error is answered with what was meant."""
    with pytest.raises(UsageError) as caught:
        said("module.data.aws_db_instance.order")
    assert DATABASE in caught.value.advice


def test_a_block_address_names_its_instances() -> None:
    """Who leaves the key out is told the keys there are."""
    graph = Graph([Edge("aws_x.a", 'aws_y.b["k.1"]')])
    with pytest.raises(UsageError) as caught:
        explain.render(samples.rich(), graph, PLAN, "aws_y.b")
    assert 'aws_y.b["k.1"]' in caught.value.advice


def test_a_hopeless_address_gets_a_command() -> None:
    """Where nothing is near, the command that lists all addresses is named."""
    with pytest.raises(UsageError) as caught:
        said("?")
    assert "tfchange graph" in caught.value.advice


def test_a_cycle_ends() -> None:
    """Resources that depend on each other are each named once."""
    graph = Graph([Edge("aws_x.a", "aws_x.b"), Edge("aws_x.b", "aws_x.a")])
    text = explain.render(samples.empty(), graph, plan_of({"aws_x.b": Action.UPDATE}), "aws_x.a")
    assert "1 resource depends on it" in text
