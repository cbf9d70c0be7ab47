"""What only the state knows: who was created after whom."""

from typing import Any

from tests.build import change, plan
from tests.graph.small import block, call, drawn, module
from tfchange.graph.build import build
from tfchange.plan.address import Address


def prior(depends_on: dict[str, list[str]]) -> dict[str, Any]:
    """A prior state of these instances, in the modules that their addresses name."""
    modules: dict[str, list[dict[str, Any]]] = {}
    for text, names in depends_on.items():
        at = Address.parse(text)
        entry = {"address": text, "mode": at.mode, "type": at.type, "name": at.name}
        modules.setdefault(at.module, []).append({**entry, "depends_on": names})
    inner = [{"address": m, "resources": r} for m, r in modules.items() if m]
    root = {"resources": modules.get("", []), "child_modules": inner}
    return {"format_version": "1.0", "values": {"root_module": root}}


def edges(depends_on: dict[str, list[str]], root: dict[str, Any], *changes: dict[str, Any]) -> Any:
    made = plan(list(changes), configuration={"root_module": root}, prior_state=prior(depends_on))
    return drawn(build(made)[0])


def test_only_the_nearest_are_edges() -> None:
    """The state holds the whole closure; an edge is only what no other edge implies."""
    recorded = {"x.a": ["x.b", "x.c", "x.d"], "x.b": ["x.c", "x.d"], "x.c": ["x.d"], "x.d": []}
    assert edges(recorded, module()) == [
        "x.a > x.b (state)",
        "x.b > x.c (state)",
        "x.c > x.d (state)",
    ]


def test_what_the_configuration_tells_is_not_told_again() -> None:
    """Where a path is known the state adds none, however it was recorded."""
    root = module(block("x.a", "x.b"), block("x.b", "x.c"), block("x.c"), block("x.d"))
    recorded = {"x.a": ["x.b", "x.c", "x.d"], "x.b": ["x.c"], "x.c": [], "x.d": []}
    assert edges(recorded, root) == ["x.a > x.b", "x.a > x.d (state)", "x.b > x.c"]


def test_instances_of_one_module_instance_belong_together() -> None:
    """The state names no keys; within a repeated module each instance is taken to be its own."""
    recorded = {
        f'module.m["{key}"].x.{name}': ["module.m.x.b"] if name == "a" else []
        for key in "pq"
        for name in "ab"
    }
    root = module(module_calls={"m": call(module(block("x.a", "local.l"), block("x.b")))})
    assert edges(recorded, root) == [
        f'module.m["{key}"].x.a > module.m["{key}"].x.b (state)' for key in "pq"
    ]


def test_a_module_that_is_fed_with_its_own_pairs_nothing() -> None:
    """Where the module's input comes from the module, its instances may need each other."""
    inside = module(
        block("x.a", "var.v", "local.l"),
        block("x.b"),
        outputs={"o": {"expression": {"references": ["x.b"]}}},
    )
    fed = call(inside, inputs={"v": ["module.m.o", "module.m"]})
    recorded = {
        f'module.m["{key}"].x.{name}': ["module.m.x.b"] if name == "a" else ["module.m.x.c"]
        for key in "pq"
        for name in "ab"
    }
    recorded |= {f'module.m["{key}"].x.c': [] for key in "pq"}
    found = edges(recorded, module(module_calls={"m": fed}))
    assert 'module.m["p"].x.b > module.m["q"].x.c (state)' in found


def test_names_of_before_a_move_are_understood() -> None:
    """What was recorded under the old name leads to where the resource has moved."""
    moved = change("x.new", ["no-op"], {}, {}, previous_address="x.old")
    assert edges({"x.a": ["x.old"], "x.new": []}, module(), moved) == ["x.a > x.new (state)"]


def test_a_circle_is_no_reason_to_lose_edges() -> None:
    """A state with a circle, which Terraform never writes, keeps a way to each in it."""
    recorded = {"x.a": ["x.b", "x.c"], "x.b": ["x.c"], "x.c": ["x.b"]}
    found = edges(recorded, module())
    assert {"x.a > x.b (state)", "x.b > x.c (state)", "x.c > x.b (state)"} <= set(found)


def test_blocks_that_are_not_known_are_passed_over() -> None:
    """The state may name what is gone for good; there is nothing to join."""
    assert edges({"x.a": ["x.gone", "module.gone.x.b"]}, module()) == []
