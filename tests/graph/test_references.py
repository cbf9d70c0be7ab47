"""What depends on what by the configuration: through modules, for whole modules, for providers."""

from itertools import product

from tests.graph.small import block, built, call, drawn, edges, module, output, said


def test_a_reference_is_an_edge_to_the_whole_block() -> None:
    """Without a key to go by, every instance depends on every instance."""
    root = module(block("x.a", "x.b.id", "x.b"), block("x.b"))
    assert edges(["x.a[0]", "x.a[1]", "x.b"], root) == ["x.a[0] > x.b", "x.a[1] > x.b"]


def test_old_formats_name_only_the_bare_form() -> None:
    """Terraform before 1.0 lists `x.b` and `module.m.out` alone, which mean the same."""
    inside = module(block("x.in"), outputs={"out": output("x.in")})
    root = module(
        block("x.a", "x.b", "module.m.out"), block("x.b"), module_calls={"m": call(inside)}
    )
    assert edges(["x.a", "x.b", "module.m.x.in"], root) == [
        "x.a > module.m.x.in",
        "x.a > x.b",
    ]


def test_a_constant_index_names_one_instance() -> None:
    """`x.b["k.1"].id` is that one, although Terraform lists `x.b` beside it."""
    root = module(block("x.a", 'x.b["k.1"].id', 'x.b["k.1"]', "x.b"), block("x.b"))
    assert edges(["x.a", 'x.b["k.1"]', 'x.b["k"]'], root) == ['x.a > x.b["k.1"]']


def test_a_splat_beside_an_index_means_all() -> None:
    """The short form twice in one list is meant for itself."""
    root = module(block("x.a", "x.b[0].id", "x.b[0]", "x.b", "x.b"), block("x.b"))
    assert edges(["x.a", "x.b[0]", "x.b[1]"], root) == ["x.a > x.b[0]", "x.a > x.b[1]"]


def test_an_index_that_no_instance_has_means_all() -> None:
    """Where the key is not found nothing is proved, so nothing is left out."""
    root = module(block("x.a", "x.b[0].id", "x.b[0]", "x.b"), block("x.b"))
    assert edges(["x.a", 'x.b["p"]', 'x.b["q"]'], root) == ['x.a > x.b["p"]', 'x.a > x.b["q"]']


def test_inputs_and_outputs_are_followed_through_modules() -> None:
    """A value handed down two modules and up again joins those at its ends, in one step."""
    deep = module(block("x.deep", "var.v"), outputs={"o": output("x.deep.id", "x.deep")})
    middle = module(
        module_calls={"deep": call(deep, inputs={"v": ["var.w"]})},
        outputs={"o": output("module.deep.o", "module.deep")},
    )
    root = module(
        block("x.top"),
        block("x.end", "module.mid.o", "module.mid"),
        module_calls={"mid": call(middle, inputs={"w": ["x.top.id", "x.top"]})},
    )
    assert edges(["x.top", "x.end", "module.mid.module.deep.x.deep"], root) == [
        "module.mid.module.deep.x.deep > x.top",
        "x.end > module.mid.module.deep.x.deep",
    ]


def test_a_module_beside_its_output_does_not_fan_out() -> None:
    """`module.m.o` with its short form `module.m` leads to what the output refers to."""
    inside = module(block("x.in"), block("x.other"), outputs={"o": output("x.in.id", "x.in")})
    root = module(block("x.a", "module.m.o", "module.m"), module_calls={"m": call(inside)})
    known = ["x.a", "module.m.x.in", "module.m.x.other"]
    assert edges(known, root) == ["x.a > module.m.x.in"]


def test_a_module_by_itself_means_all_of_it() -> None:
    """`module.m` alone, or once more beside its output, leads to every resource in the module."""
    nested = module(block("x.deep"))
    inside = module(block("x.in"), outputs={"o": output("x.in")}, module_calls={"n": call(nested)})
    known = ["x.a", "module.m.x.in", "module.m.module.n.x.deep"]
    for references in (["module.m"], ["module.m.o", "module.m", "module.m"]):
        root = module(block("x.a", *references), module_calls={"m": call(inside)})
        assert edges(known, root) == ["x.a > module.m.module.n.x.deep", "x.a > module.m.x.in"]


def test_what_a_module_is_given_counts_where_nothing_in_it_leads_there() -> None:
    """A whole module waits for its inputs, but what is reached through a resource is not near."""
    inside = module(block("x.in", "var.used"))
    given = {"used": ["x.used"], "idle": ["x.idle"]}
    root = module(
        block("x.a", "module.m"),
        block("x.used"),
        block("x.idle"),
        module_calls={"m": call(inside, inputs=given)},
    )
    assert edges(["x.a", "x.used", "x.idle", "module.m.x.in"], root) == [
        "module.m.x.in > x.used",
        "x.a > module.m.x.in",
        "x.a > x.idle",
    ]


def test_an_explicit_key_of_a_module_names_one_instance() -> None:
    """`module.m["a"].o` leads into that instance of the module alone."""
    inside = module(block("x.in"), outputs={"o": output("x.in")})
    root = module(
        block("x.a", 'module.m["a"].o', 'module.m["a"]'), module_calls={"m": call(inside)}
    )
    known = ["x.a", 'module.m["a"].x.in', 'module.m["b"].x.in']
    assert edges(known, root) == ['x.a > module.m["a"].x.in']


def test_references_inside_a_module_instance_stay_inside() -> None:
    """Each instance of a module refers to its own, at every level they share."""
    deep = module(block("x.deep", "var.v"))
    inside = module(
        block("x.in", "x.own"),
        block("x.own"),
        module_calls={"n": call(deep, inputs={"v": ["x.own"]})},
    )
    root = module(module_calls={"m": call(inside)})
    names = ["x.in", "x.own", "module.n[0].x.deep", "module.n[1].x.deep"]
    known = [f'module.m["{key}"].{name}' for key, name in product("ab", names)]
    assert edges(known, root) == [
        f'module.m["{key}"].{name} > module.m["{key}"].x.own'
        for key, name in product("ab", ["module.n[0].x.deep", "module.n[1].x.deep", "x.in"])
    ]


def test_depends_on_is_told_apart() -> None:
    """`depends_on` of resources, data sources and outputs is an edge of its own kind."""
    inside = module(block("x.in"), outputs={"o": {"expression": {}, "depends_on": ["x.in"]}})
    root = module(
        block("x.a", depends_on=["x.b"]),
        block("x.b"),
        block("data.x.d", depends_on=["x.a"]),
        block("x.c", "module.m.o", "module.m"),
        module_calls={"m": call(inside)},
    )
    assert edges(["x.a", "x.b", "x.c", "data.x.d", "module.m.x.in"], root) == [
        "data.x.d > x.a (depends_on)",
        "x.a > x.b (depends_on)",
        "x.c > module.m.x.in (depends_on)",
    ]


def test_a_data_source_waits_for_all_of_a_block() -> None:
    """Terraform reads it late where `depends_on` names a block of which any instance changes, in
    whichever module instance: also by way of its module, and where it refers to the block too."""
    deep = module(block("data.x.e", "var.v"))
    inside = module(
        block("x.p"),
        block("x.r", "x.p"),
        block("data.x.d", depends_on=["x.p"]),
        block("data.x.f", "x.p", depends_on=["x.p"]),
        block("x.q", depends_on=["x.p"]),
        module_calls={"n": call(deep, inputs={"v": ["x.r"]}, depends_on=["x.p"])},
    )
    root = module(module_calls={"m": call(inside)})
    names = ("x.p", "x.q", "x.r", "data.x.d", "data.x.f", "module.n.data.x.e")
    known = [f"module.m[{n}].{name}" for n, name in product((0, 1), names)]
    graph, _ = built(known, root)
    for name in names[3:]:
        needed = {edge.target for edge in graph.dependencies(f"module.m[0].{name}")}
        assert needed >= {"module.m[0].x.p", "module.m[1].x.p"}
        assert "module.m[1].x.r" not in needed
    assert [e.target for e in graph.dependencies("module.m[0].x.q")] == ["module.m[0].x.p"]


def test_depends_on_of_a_module_holds_for_all_in_it() -> None:
    """A module's `depends_on`, of modules too, reaches down to every resource in both."""
    one = module(block("x.p"), module_calls={"n": call(module(block("x.q")))})
    two = module(block("x.r"), module_calls={"n": call(module(block("x.s")))})
    calls = {"one": call(one, depends_on=["module.two"]), "two": call(two)}
    first = ["module.one.module.n.x.q", "module.one.x.p"]
    second = ["module.two.module.n.x.s", "module.two.x.r"]
    assert edges(first + second, module(module_calls=calls)) == [
        f"{a} > {b} (depends_on)" for a, b in product(first, second)
    ]


def test_the_repetition_of_a_module_holds_for_all_in_it() -> None:
    """What a module's `for_each` or `count` refers to, everything in the module depends on."""
    nested = call(module(block("x.deep")))
    inside = module(block("x.in"), module_calls={"n": nested})
    repeated = call(inside, for_each_expression=said("x.keys.output", "x.keys"))
    root = module(block("x.keys"), module_calls={"m": repeated})
    known = ['module.m["a"].x.in', 'module.m["a"].module.n.x.deep', "x.keys"]
    assert edges(known, root) == [
        'module.m["a"].module.n.x.deep > x.keys',
        'module.m["a"].x.in > x.keys',
    ]


def test_blocks_without_instances_are_walked_through() -> None:
    """A block with `count = 0` is no node, and what leads through it is an edge."""
    root = module(block("x.a", "x.none"), block("x.none", "x.b"), block("x.b"))
    assert edges(["x.a", "x.b"], root) == ["x.a > x.b"]


def test_a_provider_that_needs_resources_makes_all_its_users_need_them() -> None:
    """Resources depend on what their provider block refers to, in modules that inherit it too."""
    providers = {
        "k": {"name": "k", "expressions": {"host": said("x.cluster.endpoint", "x.cluster")}},
        "module.m:k.two": {
            "name": "k",
            "alias": "two",
            "module_address": "module.m",
            "expressions": {"host": said("x.inner")},
        },
    }
    inside = module(
        block("k.deep", provider_config_key="k"),
        block("k.aliased", provider_config_key="module.m:k.two"),
        block("k.old", provider_config_key="m:k"),
        block("x.inner"),
    )
    root = module(
        block("k.a", provider_config_key="k"), block("x.cluster"), module_calls={"m": call(inside)}
    )
    known = ["k.a", "x.cluster"] + [
        f"module.m.{n}" for n in ("k.deep", "k.aliased", "k.old", "x.inner")
    ]
    assert edges(known, root, providers=providers) == [
        "k.a > x.cluster (provider)",
        "module.m.k.aliased > module.m.x.inner (provider)",
        "module.m.k.deep > x.cluster (provider)",
        "module.m.k.old > x.cluster (provider)",
    ]


def test_cycles_are_walked_once() -> None:
    """A configuration that goes in circles, which Terraform refuses, ends and tells its edges."""
    inside = module(outputs={"o": output("var.v")})
    root = module(
        block("x.a", "x.b", "module.m.o"),
        block("x.b", "x.a"),
        module_calls={"m": call(inside, inputs={"v": ["module.m.o", "x.b"]})},
    )
    graph, _ = built(["x.a", "x.b"], root)
    assert drawn(graph) == ["x.a > x.b", "x.b > x.a"]
    assert graph.reach(["x.a", "x.b"]).count == {"x.a": 1, "x.b": 1}


def test_many_to_many_stays_linear() -> None:
    """A thousand instances that refer to a thousand cost a few thousand entries, not a million."""
    root = module(block("x.a", "x.b"), block("x.b"))
    known = [f"x.{name}[{i}]" for name, i in product("ab", range(1000))]
    graph, _ = built(known, root)
    assert graph.size < 3_000
    assert graph.reach(["x.b[7]"]).count == {"x.b[7]": 1000}
    assert len(graph.dependencies("x.a[3]")) == 1000
    assert len(graph.dependents("x.b[3]")) == 1000


def test_big_modules_that_wait_for_big_modules_share_a_hub() -> None:
    """Forty resources that wait for forty cost little and still depend on every one."""
    one, two = (module(*[block(f"x.{name}{i:02}") for i in range(40)]) for name in "pq")
    calls = {"one": call(one, depends_on=["module.two"]), "two": call(two)}
    first = [f"module.one.x.p{i:02}" for i in range(40)]
    second = [f"module.two.x.q{i:02}" for i in range(40)]
    graph, _ = built(first + second, module(module_calls=calls))
    assert graph.size < 200
    assert drawn(graph) == [f"{a} > {b} (depends_on)" for a, b in product(first, second)]


def test_big_sets_in_repeated_modules_stay_in_their_instance() -> None:
    """A hub stands for what one instance of the module sees, key by key."""
    many = module(*[block(f"x.q{i:02}") for i in range(20)])
    inside = module(block("x.a", "module.many"), module_calls={"many": call(many)})
    root = module(module_calls={"m": call(inside)})
    known = [f'module.m["{k}"].module.many.x.q{i:02}' for k, i in product("ab", range(20))]
    graph, _ = built([*known, 'module.m["a"].x.a', 'module.m["b"].x.a'], root)
    needed = [e.target for e in graph.dependencies('module.m["b"].x.a')]
    assert needed == [address for address in known if '"b"' in address]


def test_what_leads_nowhere_is_a_caveat() -> None:
    """A reference to something that the configuration does not hold is said, not swallowed."""
    _, caveats = built(["x.a"], module(block("x.a", "x.lost.id", "x.lost", "module.none.o")))
    assert [(c.kind, "none and 1 more" in c.message) for c in caveats] == [("construct", True)]


def test_named_values_are_no_resources() -> None:
    """`each`, `count`, `path`, `terraform` and `self` lead nowhere and are no caveat."""
    texts = ["each.value", "count.index", "path.module", "terraform.workspace", "self.id"]
    graph, caveats = built(["x.a"], module(block("x.a", *texts)))
    assert drawn(graph) == []
    assert caveats == ()
