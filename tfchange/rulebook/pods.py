"""What pods and tasks may do to the machine that they run on, and what they may take of it.

Found by the names of fields, in blocks of Terraform as in manifests, which write them otherwise
(https://kubernetes.io/docs/concepts/security/pod-security-standards/).
"""

from collections.abc import Iterator
from typing import Any

FIELDS = frozenset({"container_definitions", "manifest", "spec"})
"""Where resources describe their pods or tasks."""

_SHARED = {
    "host_network": "host_network", "hostNetwork": "host_network",
    "host_pid": "host_pid", "hostPID": "host_pid",
    "host_ipc": "host_ipc", "hostIPC": "host_ipc",
    "privileged": "privileged",
}  # fmt: skip
_PATHS = frozenset({"host_path", "hostPath"})
_CONTAINERS = frozenset({"container", "containers", "init_container", "initContainers"})
_REPLICAS = frozenset({"replicas", "min_replicas", "max_replicas"})

Fact = tuple[str, ...]


def gains_host_access(before: Any, after: Any) -> bool:
    """Whether a pod newly is privileged, shares what is the host's, or mounts a path of it.

    >>> pod = {"spec": [{"host_network": True}]}
    >>> gains_host_access(None, pod), gains_host_access(pod, pod)
    (True, False)
    """
    return not set(_access(_pods(after))) <= set(_access(_pods(before)))


def loses_memory_limit(before: Any, after: Any) -> bool:
    """Whether a container that could take only so much memory can take as much as there is.

    A limit of processor time is left out: good practice is to have none as often as to have one.
    """
    now = dict(_limited(_pods(after)))
    return any(had and now.get(name) is False for name, had in _limited(_pods(before)))


def loses_replicas(before: Any, after: Any) -> bool:
    """Whether a workload gets fewer replicas, or limits for them, but not none at all.

    The provider writes them as text, since a workload may leave them to its autoscaler.

    >>> loses_replicas({"spec": [{"replicas": "10"}]}, {"spec": [{"replicas": "6"}]})
    True
    """
    was, now = (dict(_replicas(_pods(resource))) for resource in (before, after))
    return any(0 < now[kind] < was[kind] for kind in was.keys() & now.keys())


def _replicas(pods: Any) -> Iterator[tuple[str, int]]:
    for _, spec in _members(pods):
        for key, value in _members(spec):
            if key in _REPLICAS and str(value).isdecimal():
                yield key, int(value)


def _pods(resource: Any) -> Any:
    if not isinstance(resource, dict):
        return None
    return {name: resource[name] for name in FIELDS.intersection(resource)}


def _access(tree: Any) -> Iterator[Fact]:
    for key, value in _members(tree):
        if key in _SHARED and value is True:
            yield (_SHARED[key],)
        elif key in _PATHS:
            yield from (("path", path) for path in _paths(value))
        else:
            yield from _access(value)


def _paths(tree: Any) -> Iterator[str]:
    for key, value in _members(tree):
        if key == "path" and isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            yield from _paths(value)


def _limited(tree: Any) -> Iterator[tuple[str, bool]]:
    """Whether the memory of each container is limited, by its name."""
    for key, value in _members(tree):
        if key in _CONTAINERS:
            for each in value if isinstance(value, list) else ():
                if isinstance(each, dict) and isinstance(each.get("name"), str):
                    yield each["name"], _is_limited(each.get("resources"))
        else:
            yield from _limited(value)


def _is_limited(resources: Any) -> bool:
    # What is not known yet may be a limit.
    if isinstance(resources, str):
        return True
    found = [limits for key, limits in _members(resources) if key == "limits"]
    return any(isinstance(limits, str) or dict(_members(limits)).get("memory") for limits in found)


def _members(tree: Any) -> Iterator[tuple[str, Any]]:
    """The members of an object, or of all objects in a list."""
    if isinstance(tree, dict):
        yield from tree.items()
    elif isinstance(tree, list):
        for each in tree:
            yield from _members(each)
