"""HCL made by hypothesis: valid, in the shapes people write, hard to scan."""

from hypothesis import strategies as st

NAMES = st.sampled_from(["main", "a", "b-c", "d_1", "web"])
TYPES = st.sampled_from(["aws_vpc", "aws_subnet", "null_resource", "x-y_z"])
_KEYS = st.sampled_from(
    ["", "[0]", '["k"]', '["a.b"]', '["}"]', "[count.index]", "[each.key]", "[*]", ".*", ".0"]
) | st.sampled_from(['["${each.value.zone}"]', "[count.index + 1]", "[local.n]"])
_LITERALS = st.sampled_from(
    ["1", "-2.5", "true", "null", '"x"', '""', '"# not {"', '"// no"', '"/* \\" }"', '"$${no.no}"']
)
_HEREDOCS = st.sampled_from(["<<EOT\n{expr}\nEOT\n", '<<-A\n  # " {{ {expr}\n  A\n'])


@st.composite
def traversals(draw: st.DrawFn) -> str:
    """One reference, to a resource, data source, module output, local or variable."""
    name = draw(NAMES)
    key, attribute = draw(_KEYS), draw(st.sampled_from(["", ".id", ".tags.Name"]))
    root = draw(st.sampled_from(["resource", "data", "module", "local", "var"]))
    if root in ("local", "var"):
        return f"{root}.{name}{attribute}"
    middle = {"resource": f"{draw(TYPES)}.", "data": f"data.{draw(TYPES)}.", "module": "module."}
    return f"{middle[root]}{name}{key}{attribute or '.id'}"


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two, three = st.tuples(inner, inner), st.tuples(inner, inner, inner)
    return st.one_of(
        two.map(lambda e: f"[{e[0]},\n # no.no }}\n {e[1]}]"),
        two.map(lambda e: f'{{ a = {e[0]}, "b c" : {e[1]} }}'),
        two.map(lambda e: f"merge({e[0]}, [{e[1]}]...)"),
        three.map(lambda e: f"({e[0]} == {e[1]} ? {e[2]} : null)"),
        two.map(lambda e: f"[for k, v in {e[0]} : [v.id, k, {e[1]}] if v.on]"),
        two.map(lambda e: f"{{for v in [{e[0]}] : v.key => {e[1]}...}}"),
        two.map(lambda e: f'"x-${{{e[0]}}}-${{ {e[1]} }} }}"'),
        inner.map(lambda e: f'"%{{ for v in [{e}] }}${{v.id}}%{{ endfor }}"'),
        two.map(lambda e: f"{e[0]} /* {{ no.no */ + ({e[1]})"),
    )


def expressions() -> st.SearchStrategy[str]:
    """An expression of any depth; in brackets so that it may hold newlines."""
    return st.recursive(st.one_of(traversals(), _LITERALS), _larger, max_leaves=6)


@st.composite
def arguments(draw: st.DrawFn) -> str:
    """One argument or nested block of a resource."""
    expression = draw(expressions())
    form = draw(st.sampled_from(["plain", "plain", "heredoc", "block", "dynamic", "lifecycle"]))
    if form == "heredoc":
        heredoc = draw(_HEREDOCS).replace("{{", "{").replace("{expr}", f"${{{draw(traversals())}}}")
        return f"text = {heredoc}"
    return {
        "plain": f"value = {expression} # comment {{",
        "block": f"ingress {{\n  rule = {expression}\n}}",
        "dynamic": f'dynamic "set" {{\n for_each = {expression}\n content {{\n'
        f"  a = set.value.id\n  b = {draw(traversals())}\n }}\n}}",
        "lifecycle": f"lifecycle {{\n  precondition {{\n    condition = {expression}\n  }}\n}}",
    }[form]


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """One top-level block, on several lines."""
    body = "\n".join(draw(st.lists(arguments(), max_size=3)))
    head = draw(
        st.sampled_from(
            ['resource "{t}" "{n}"', 'data "{t}" "{n}"', 'module "{n}"', 'output "{n}"', "locals"]
        )
    ).format(t=draw(TYPES), n=draw(NAMES))
    return f"{head} {{\n{body}\n}}"


def files() -> st.SearchStrategy[list[str]]:
    """The blocks of one file."""
    return st.lists(blocks(), min_size=1, max_size=4)
