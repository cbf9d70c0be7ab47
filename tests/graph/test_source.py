"""What only the source tells: locals, dynamic blocks, conditions, and which instances pair up."""

from tests.build import state
from tests.graph.small import block, built, call, drawn, edges, module, output, said, source


def test_locals_are_followed_to_any_depth() -> None:
    """A local of a local of a local leads to what the last one refers to."""
    depth = 3_000
    chain = {f"l{i}": [f"local.l{i + 1}"] for i in range(depth)} | {f"l{depth}": ["x.b.id"]}
    root = module(block("x.a", "local.l0"), block("x.b"))
    assert edges(["x.a", "x.b"], root, source({}, chain)) == ["x.a > x.b (source)"]


def test_locals_that_go_in_circles_end() -> None:
    """Locals that refer to each other, which Terraform refuses, are walked once."""
    hcl = source({}, {"one": ["local.two"], "two": ["local.one", "x.b"]})
    root = module(block("x.a", "local.one"), block("x.b"))
    assert edges(["x.a", "x.b"], root, hcl) == ["x.a > x.b (source)"]


def test_locals_reach_across_modules() -> None:
    """A module's input that is a local leads to what the local refers to."""
    root = module(
        block("x.b"),
        module_calls={"m": call(module(block("x.a", "var.v")), inputs={"v": ["local.l"]})},
    )
    hcl = source({}, {"l": ["x.b.id"]})
    assert edges(["module.m.x.a", "x.b"], root, hcl) == ["module.m.x.a > x.b (source)"]


def test_a_local_without_source_is_a_caveat_for_what_is_new() -> None:
    """Where neither source nor state tells what a local holds, that is said by name."""
    root = module(block("x.a", "local.l"), block("x.b"))
    _, caveats = built(["x.a", "x.b"], root)
    assert [c.kind for c in caveats] == ["source-missing"]
    assert "x.a refers to locals" in caveats[0].message
    recorded = state(**{"x.a": ["x.b"], "x.b": []})
    graph, caveats = built(
        ["x.a", "x.b"], root, prior_state={"values": {"root_module": {"resources": recorded}}}
    )
    assert (drawn(graph), caveats) == (["x.a > x.b (state)"], ())


def test_a_local_behind_data_is_a_caveat_although_the_state_knows_it() -> None:
    """Of a data source the state never tells what it depends on."""
    root = module(block("data.x.a", "local.l"), block("x.b"))
    recorded = state(**{"data.x.a": [], "x.b": []})
    _, caveats = built(
        ["x.b"], root, prior_state={"values": {"root_module": {"resources": recorded}}}
    )
    assert [c.kind for c in caveats] == ["source-missing"]
    assert "data.x.a refers to locals" in caveats[0].message


def test_what_the_plan_drops_comes_from_the_source() -> None:
    """Dynamic blocks, triggers and conditions are edges of the source; what both tell is not."""
    hcl = source(
        {
            "x.a": [
                ("a", "x.b.id"),
                ("rule.ports", "x.c.id"),
                ("lifecycle.replace_triggered_by", "x.d"),
                ("lifecycle.precondition.condition", "data.x.e.id"),
            ]
        }
    )
    names = ["x.b", "x.c", "x.d", "data.x.e"]
    root = module(block("x.a", "x.b.id", "x.b"), *map(block, names))
    assert edges(["x.a", *names], root, hcl) == [
        "x.a > data.x.e (source)",
        "x.a > x.b",
        "x.a > x.c (source)",
        "x.a > x.d (source)",
    ]


def test_words_of_the_source_that_are_no_blocks_are_passed_over() -> None:
    """Iterators of dynamic blocks and names of providers look like references and are none."""
    hcl = source({"x.a": [("rule.port", "setting.value"), ("provider", "aws.west")]})
    graph, caveats = built(["x.a"], module(block("x.a")), hcl)
    assert (drawn(graph), caveats) == ([], ())


def test_validations_of_variables_and_imports_count() -> None:
    """Who uses a variable waits for its validation, and a resource for the id of its import."""
    hcl = source(
        {"variable.v": [("validation.condition", "x.b.id")], "x.c": [("import", "x.a.id")]}
    )
    root = module(block("x.a", "var.v"), block("x.b"), block("x.c"))
    assert edges(["x.a", "x.b", "x.c"], root, hcl) == ["x.a > x.b (source)", "x.c > x.a (source)"]


def test_the_same_index_pairs_instances() -> None:
    """`x.b[count.index]` and `x.b[each.key]` lead to the instance with the same key."""
    root = module(block("x.a", "x.b", "count.index"), block("x.b"))
    for index, keys in (("count.index", ["0", "1"]), ("each.key", ['"p.q"', '"r"'])):
        hcl = source({"x.a": [("a", f"x.b[{index}].id")]})
        known = [f"x.{name}[{key}]" for name in "ab" for key in keys]
        assert edges(known, root, hcl) == [f"x.a[{key}] > x.b[{key}]" for key in keys]


def test_a_count_of_the_same_block_does_not_undo_the_pairing() -> None:
    """`count = length(x.b)` says how many there are; `x.b[count.index]` says which one."""
    hcl = source({"x.a": [("count", "x.b"), ("a", "x.b[count.index].id")]})
    root = module(block("x.a", "x.b", "count.index", count_expression=said("x.b")), block("x.b"))
    known = ["x.a[0]", "x.a[1]", "x.b[0]", "x.b[1]"]
    assert edges(known, root, hcl) == ["x.a[0] > x.b[0]", "x.a[1] > x.b[1]"]


def test_any_other_index_pairs_nothing() -> None:
    """A computed index, a value or a splat proves nothing, so all instances stay joined."""
    root = module(block("x.a", "x.b"), block("x.b"))
    known = ["x.a[0]", "x.b[0]", "x.b[1]"]
    for index in ("count.index + 1", "each.value", "*", 'local.m["k"]', '"${var.v}"'):
        hcl = source({"x.a": [("a", f"x.b[{index}].id")]}, {"m": []})
        assert edges(known, root, hcl) == ["x.a[0] > x.b[0]", "x.a[0] > x.b[1]"]


def test_a_key_that_the_target_lacks_pairs_nothing() -> None:
    """Where `x.b[each.key]` does not exist, the instance is joined with all of x.b."""
    root = module(block("x.a", "x.b", "each.key"), block("x.b"))
    hcl = source({"x.a": [("a", "x.b[each.key].id")]})
    known = ['x.a["p"]', 'x.a["q"]', 'x.b["p"]', 'x.b["r"]']
    assert edges(known, root, hcl) == [
        'x.a["p"] > x.b["p"]',
        'x.a["q"] > x.b["p"]',
        'x.a["q"] > x.b["r"]',
    ]


def test_a_key_that_is_lacking_stays_in_the_same_module() -> None:
    """Only inside of its own module instance, and never for an instance that is not there."""
    inside = module(block("x.a", "x.b", "each.key"), block("x.b"), block("x.c", "x.b"))
    root = module(module_calls={"m": call(inside)})
    hcl = source({"x.a": [("a", "x.b[each.key].id")]}, path="module.m")
    known = ['module.m[0].x.a["q"]', 'module.m[0].x.b["r"]', 'module.m[1].x.b["p"]']
    known += ["module.m[2].x.c"]
    assert edges(known, root, hcl) == ['module.m[0].x.a["q"] > module.m[0].x.b["r"]']


def test_modules_pair_with_resources_by_key() -> None:
    """An input `x.b[each.key]` joins each instance of the module to the one with its key."""
    inside = module(block("x.in", "var.v"))
    root = module(block("x.b"), module_calls={"m": call(inside, inputs={"v": ["x.b", "each.key"]})})
    hcl = source({"module.m": [("v", "x.b[each.key].id")]})
    known = [f'module.m["{k}"].x.in' for k in "pq"] + ['x.b["p"]', 'x.b["q"]']
    assert edges(known, root, hcl) == [
        'module.m["p"].x.in > x.b["p"]',
        'module.m["q"].x.in > x.b["q"]',
    ]


def test_resources_pair_with_modules_by_key() -> None:
    """`module.m[each.key].o` is all of that one module instance, as Terraform takes it."""
    inside = module(block("x.in"), block("x.more"), outputs={"o": output("x.in")})
    root = module(block("x.a", "module.m", "each.key"), module_calls={"m": call(inside)})
    hcl = source({"x.a": [("a", "module.m[each.key].o")]})
    known = [f'x.a["{k}"]' for k in "pq"]
    known += [f'module.m["{k}"].x.{name}' for k in "pq" for name in ("in", "more")]
    assert edges(known, root, hcl) == [
        f'x.a["{k}"] > module.m["{k}"].x.{name}' for k in "pq" for name in ("in", "more")
    ]
