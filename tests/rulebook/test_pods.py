"""What pods and tasks may do to their machine, and may take of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.pods import gains_host_access, loses_memory_limit, loses_replicas
from tfchange.rulebook.view import UNKNOWN


def deployment(**pod: Any) -> dict[str, Any]:
    """A deployment as the provider writes it."""
    return {"spec": [{"template": [{"spec": [pod]}]}]}


def manifest(**pod: Any) -> dict[str, Any]:
    """The same as a manifest."""
    return {"manifest": {"kind": "Deployment", "spec": {"template": {"spec": pod}}}}


def limited(memory: Any, cpu: Any = None) -> list[dict[str, Any]]:
    """One container, as the provider writes it."""
    return [{"name": "app", "resources": [{"limits": {"memory": memory, "cpu": cpu}}]}]


PRIVILEGED = [{"name": "app", "security_context": [{"privileged": True}]}]
ROOT = [{"name": "root", "host_path": [{"path": "/", "type": ""}]}]
LOGS = [{"name": "logs", "host_path": [{"path": "/var/log", "type": ""}]}]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (deployment(container=[{"name": "app"}]), deployment(container=PRIVILEGED), True),
        (None, deployment(container=PRIVILEGED), True),
        (deployment(container=PRIVILEGED), deployment(container=PRIVILEGED, replicas=2), False),
        (deployment(container=PRIVILEGED), deployment(container=[]), False),
        (deployment(), deployment(host_network=True), True),
        (deployment(), deployment(host_network=False), False),
        (deployment(), deployment(host_pid=UNKNOWN), False),
        (deployment(), deployment(volume=LOGS), True),
        (deployment(volume=LOGS), deployment(volume=ROOT), True),
        (deployment(volume=[*LOGS, *ROOT]), deployment(volume=[*ROOT, *LOGS]), False),
        (manifest(), manifest(hostNetwork=True), True),
        (manifest(volumes=[]), manifest(volumes=[{"hostPath": {"path": "/"}}]), True),
        (deployment(host_network=True), manifest(hostNetwork=True), False),
        ({"container_definitions": [{"name": "a"}]},
         {"container_definitions": [{"name": "a", "privileged": True}]}, True),
        ({}, {"metadata": [{"labels": {"privileged": True}}]}, False),
    ],
)  # fmt: skip
def test_access_to_the_host_counts_where_it_is_new(before: Any, after: Any, expected: bool) -> None:
    """Privileged containers, what is shared with the host, and each path that is mounted."""
    assert gains_host_access(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (deployment(container=limited("1Gi")), deployment(container=limited(None)), True),
        (deployment(container=limited("1Gi")), deployment(container=limited("2Gi")), False),
        (deployment(container=limited("1Gi", "1")), deployment(container=limited("1Gi")), False),
        (deployment(container=limited("1Gi")), deployment(container=limited(UNKNOWN)), False),
        (deployment(container=limited(None)), deployment(container=limited(None)), False),
        (deployment(container=limited("1Gi")), deployment(container=[]), False),
        (deployment(container=limited("1Gi")), deployment(container=[{"name": "app"}]), True),
        (deployment(container=limited("1Gi")),
         deployment(container=[{"name": "app", "resources": UNKNOWN}]), False),
        (manifest(containers=[{"name": "app", "resources": {"limits": {"memory": "1Gi"}}}]),
         manifest(containers=[{"name": "app", "resources": {}}]), True),
    ],
)  # fmt: skip
def test_a_memory_limit_is_lost_where_its_container_stays(
    before: Any, after: Any, expected: bool
) -> None:
    """Neither what is not known yet nor a container that goes is a loss."""
    assert loses_memory_limit(before, after) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"replicas": "10"}, {"replicas": "6"}, True),
        ({"replicas": "9"}, {"replicas": "10"}, False),
        ({"replicas": "2"}, {"replicas": "0"}, False),
        ({"replicas": "2"}, {"replicas": UNKNOWN}, False),
        ({"replicas": "2"}, {"replicas": None}, False),
        ({"min_replicas": 3, "max_replicas": 9}, {"min_replicas": 3, "max_replicas": 6}, True),
        ({"min_replicas": 3, "max_replicas": 9}, {"min_replicas": 4, "max_replicas": 9}, False),
    ],
)
def test_fewer_replicas_are_told_apart_from_none(before: Any, after: Any, expected: bool) -> None:
    """As numbers, which the provider writes as text."""
    assert loses_replicas({"spec": [before]}, {"spec": [after]}) is expected


trees = st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda tree: st.lists(tree, max_size=3) | st.dictionaries(st.sampled_from([
        "container", "name", "resources", "limits", "memory", "host_path", "path", "privileged",
    ]), tree, max_size=3),
)  # fmt: skip


@given(trees, trees)
def test_what_stays_the_same_gains_and_loses_nothing(one: Any, other: Any) -> None:
    """Whatever the shape; and what is there in both is not gained."""
    for tree in (one, {"spec": one}):
        assert not gains_host_access(tree, tree)
        assert not loses_memory_limit(tree, tree)
        assert not loses_replicas(tree, tree)
    assert not gains_host_access({"spec": [one, other]}, {"spec": one})
