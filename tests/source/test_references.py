"""Both readers find what a block refers to: python-hcl2's tree, and the pattern."""

import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.source import generated
from tfchange.plan.configuration import Reference
from tfchange.source import skim, tree
from tfchange.source.hcl import parse
from tfchange.source.references import gather, index_text, target_of
from tfchange.source.scan import Block, blocks

SAMPLES = {
    # The instance key is kept as it is written, where it proves an instance.
    "x = aws_a.b[count.index].id": ["x aws_a.b[count.index].id", "x count.index"],
    "x = aws_a.b[ each.key ].id": ["x aws_a.b[each.key].id", "x each.key"],
    'x = aws_a.b["${each.key}"].id': ["x aws_a.b[each.key].id", "x each.key"],
    'x = aws_a.b["a.]b\\"c"].id': ['x aws_a.b["a.]b\\"c"].id'],
    "x = aws_a.b[local.k].id": ["x aws_a.b[local.k].id", "x local.k"],
    "x = aws_a.b[0].list[1].id": ["x aws_a.b[0].list"],
    "x = aws_a.b[*].id": ["x aws_a.b[*].id"],
    "x = aws_a.b.*.id": ["x aws_a.b[*].id"],
    "x = aws_a.b.*.id[count.index]": ["x aws_a.b[count.index].id", "x count.index"],
    "x = aws_a.b.0.id": ["x aws_a.b[0].id"],
    "x = module.m[each.key].out": ["x module.m[each.key].out", "x each.key"],
    "x = data.aws_a.b[0].id": ["x data.aws_a.b[0].id"],
    # Where it does not, all instances are meant.
    "x = aws_a.b[count.index + 1].id": ["x aws_a.b[*].id", "x count.index"],
    'x = aws_a.b["a-${each.key}"].id': ["x aws_a.b[*].id", "x each.key"],
    "x = aws_a.b[aws_c.d[0].n].id": ["x aws_a.b[*].id", "x aws_c.d[0].n"],
    "x = [for k in var.s : aws_a.b[k].id]": ["x var.s", "x aws_a.b[*].id"],
    # `try` and `can` are unknown while any instance is.
    "x = try(aws_a.b[each.key].id, can(aws_c.d[0].n), 1)": [
        "x aws_a.b[*].id",
        "x each.key",
        "x aws_c.d[0].n",
    ],
    'x = "${can(aws_a.b["k"].id, [aws_c.d[count.index].n])}"': [
        'x aws_a.b["k"].id',
        "x aws_c.d[*].n",
        "x count.index",
    ],
    "x = retry(aws_a.b[each.key].id)": ["x aws_a.b[each.key].id", "x each.key"],
    # Every kind of expression.
    "x = merge(aws_a.b, local.c.d...).e": ["x aws_a.b", "x local.c.d"],
    "x = (aws_a.b).id": ["x aws_a.b"],
    "x = -aws_a.b.n - 1-aws_c.d.n": ["x aws_a.b.n", "x aws_c.d.n"],
    "x = !aws_a.b.c && aws_c.d<aws_e.f": ["x aws_a.b.c", "x aws_c.d", "x aws_e.f"],
    "x = var.a ? aws_a.b.id : null": ["x var.a", "x aws_a.b.id"],
    "x = (aws_a.b.c\n ? aws_c.d.e\n : 0)": ["x aws_a.b.c", "x aws_c.d.e"],
    'x = { aws_no = aws_a.b, (aws_c.d) : 1, "${local.k}" = 2 }': [
        "x aws_a.b",
        "x aws_c.d",
        "x local.k",
    ],
    "x = provider::aws::arn_parse(aws_a.b.arn).region": ["x aws_a.b.arn"],
    'x = "a ${"${aws_a.b.id}"} $${aws_no.no} %{ if var.v }b%{ endif }"': [
        "x aws_a.b.id",
        "x var.v",
    ],
    "x = <<-EOT\n  # ${aws_a.b.id} $${aws_no.no}\n  EOT\ny = aws_c.d.id": [
        "x aws_a.b.id",
        "y aws_c.d.id",
    ],
    "x = [ # aws_no.no\n /* aws_no.no */ aws_a.b.id, // aws_no.no\n]": ["x aws_a.b.id"],
    # The names of a loop hide others, where it reaches.
    "x = [for aws_a in aws_a.b : aws_a.id if aws_a.on]": ["x aws_a.b"],
    "x = {for k, v in aws_a.b : k => [for w in v.l : w.id]...}": ["x aws_a.b"],
    'x = "%{ for a in aws_a.b ~}${a.id}%{ endfor ~}${a.z}"': ["x aws_a.b", "x a.z"],
    'dynamic "s" {\n for_each = s.list\n content {\n  a = s.value.x\n  b = aws_a.b.id\n }\n}': [
        "s s.list",
        "s.b aws_a.b.id",
    ],
    'dynamic "s" {\n for_each = local.l\n iterator = i\n content {\n  a = i.value.x\n  b = s.t.u\n'
    '  dynamic "in" {\n   for_each = i.value.z\n   content {\n    c = i.key.x + in.value.y\n'
    "   }\n  }\n }\n}": ["s local.l", "s.b s.t.u"],
    # Meta-arguments.
    "count = length(aws_a.b)": ["count aws_a.b"],
    "for_each = toset(local.names)": ["for_each local.names"],
    "depends_on = [aws_a.b, module.m]": ["depends_on aws_a.b", "depends_on module.m"],
    "provider = aws.west": ["provider provider.aws.west"],
    "provider = aws": ["provider provider.aws"],
    "lifecycle {\n ignore_changes = [tags, a.b]\n replace_triggered_by = [aws_a.b[each.key]]\n}": [
        "lifecycle.replace_triggered_by aws_a.b[each.key]",
        "lifecycle.replace_triggered_by each.key",
    ],
    "lifecycle {\n precondition {\n  condition = data.aws_a.b.ok\n }\n}": [
        "lifecycle.precondition.condition data.aws_a.b.ok"
    ],
    'provisioner "local-exec" {\n command = "${aws_a.b.id} ${self.id}"\n'
    " connection {\n  host = aws_c.d.ip\n }\n}\nconnection {\n host = aws_e.f.ip\n}": [
        "provisioner aws_a.b.id",
        "provisioner aws_c.d.ip",
        "connection aws_e.f.ip",
    ],
    "ingress { from = aws_a.b.id }\ningress {\n to = aws_c.d.id\n}": [
        "ingress.from aws_a.b.id",
        "ingress.to aws_c.d.id",
    ],
    "x = path.module\ny = terraform.workspace\nz = self.id": [],
    # Keys of anything but instances are not kept: they may be anything.
    'x = var.secrets["hunter2"].y\nz = local.m["hunter2"]': ["x var.secrets", "z local.m"],
    "in = aws_a.in.id\nfor = aws_c.d.null": ["in aws_a.in.id", "for aws_c.d.null"],
}

# What Terraform 1.11 reads and python-hcl2 8.1.4 does not, or not rightly.
UNPARSED = {
    "x = (aws_a.b\n  .id)": ["x aws_a.b.id"],
    "x = <<EOT\nfoo\nEOT  \ny = aws_a.b.id": ["y aws_a.b.id"],
    'x = "${~ aws_a.b.id ~}"': ["x aws_a.b.id"],
    "é = aws_a.bé.id": ["é aws_a.bé.id"],
}
MISREAD = {
    'x = "$${"\ny = aws_a.b.id\nz = "}"': ["y aws_a.b.id"],
    'x = "100%%{${aws_a.b.id}"': ["x aws_a.b.id"],
    'x = "$${ ${aws_a.b.id}"': ["x aws_a.b.id"],
}


def block(body: str) -> Block:
    return next(blocks(f'resource "t" "n" {{\n{body}\n}}'))


def by_tree(text: str, kind: str = "resource") -> tuple[Reference, ...]:
    return gather(kind, tree.items(hcl2.parses_to_tree(text)), tree.traversals)


def by_pattern(text: str, kind: str = "resource") -> tuple[Reference, ...]:
    return gather(kind, skim.items(text), skim.traversals)


def shown(references: tuple[Reference, ...]) -> list[str]:
    return [f"{r.argument} {r.target}" for r in references]


@pytest.mark.parametrize("body", SAMPLES)
def test_both_readers_find_exactly_these(body: str) -> None:
    """Tree and pattern give the same references, in the order of the text."""
    text = block(body).text
    assert shown(by_tree(text)) == SAMPLES[body]
    assert shown(by_pattern(text)) == SAMPLES[body]


@pytest.mark.parametrize("body", UNPARSED)
def test_what_python_hcl2_cannot_read_is_read_by_pattern(body: str, cache: str) -> None:
    """A block that python-hcl2 refuses still gives its references, and says so."""
    parsed = parse(block(body), cache)
    assert (shown(parsed.references), parsed.fault) == (UNPARSED[body], "unparsed")


@pytest.mark.parametrize("body", MISREAD)
def test_what_python_hcl2_misreads_is_found_by_pattern(body: str, cache: str) -> None:
    """A reference that python-hcl2 loses behind an escaped template is added, and says so."""
    lost = shown(by_tree(block(body).text))
    assert lost != MISREAD[body]
    parsed = parse(block(body), cache)
    assert (shown(parsed.references), parsed.fault) == (MISREAD[body], "misread")


def test_an_attribute_set_twice_keeps_both() -> None:
    """Terraform refuses it, so nobody loses by both being read."""
    both = ["x aws_a.b.id", "x aws_c.d.id"]
    text = block("x = aws_a.b.id\nx = aws_c.d.id").text
    assert shown(by_tree(text)) == shown(by_pattern(text)) == both


def test_providers_of_a_module_are_references_to_providers() -> None:
    """What a module call passes on as provider is told apart from a resource."""
    text = 'module "m" {\n  source = "./m"\n  providers = {\n    aws = aws.west\n  }\n}'
    assert shown(by_tree(text, "module")) == ["providers provider.aws.west"]
    assert shown(by_pattern(text, "module")) == ["providers provider.aws.west"]


@settings(max_examples=80)
@given(generated.blocks())
def test_the_pattern_finds_what_python_hcl2_finds(text: str) -> None:
    """On any block the two readers agree, since either may have to stand for the other."""
    kind = text.split(" ", 1)[0]
    assert by_pattern(text, kind) == by_tree(text, kind)


@settings(max_examples=25)
@given(generated.files())
def test_parsing_by_block_is_parsing_the_file(texts: list[str]) -> None:
    """The references of a whole file are those of its blocks, one after the other."""
    whole = hcl2.parses_to_tree("\n\n".join(texts))
    at_once = [(i.name, i.path) for i in tree.items(whole)]
    one_by_one = [(i.name, i.path) for t in texts for i in tree.items(hcl2.parses_to_tree(t))]
    assert at_once == one_by_one
    found = gather("resource", tree.items(whole), tree.traversals)
    assert set(found) == {r for text in texts for r in by_tree(text)}


@given(st.text(st.sampled_from('ab.["]{}()$%~: =,\n*-\\<') | st.characters(), max_size=200))
def test_the_pattern_reads_any_text(text: str) -> None:
    """No text makes the pattern fail, and every target it finds has a name."""
    for reference in by_pattern(f'resource "a" "b" {{\n{text}'):
        assert reference.target.strip(".")


@pytest.mark.parametrize(
    "part",
    ["a.b[", "[for k in ", "a {\n", "%{ for k in a.b }", "a.b[0].c ", '"${', 'dynamic "x" {'],
)
def test_the_pattern_ends_on_hostile_repetition(part: str) -> None:
    """Tens of thousands of anything are read in time that is bounded."""
    assert len(by_pattern('resource "a" "b" {\n x = ' + part * 20_000)) < 10


@pytest.mark.parametrize("root", ["self", "path", "terraform"])
def test_what_is_no_node_is_no_target(root: str) -> None:
    """A block's own attributes and Terraform's own values lead nowhere."""
    assert target_of(root, ["x", "y"]) is None


def test_a_name_that_is_not_finished_is_no_target() -> None:
    """`data.aws_x` alone names no data source, an index in the name's place neither."""
    assert target_of("data", ["aws_x"]) is None
    assert target_of("aws_x", ["[0]", "y"]) is None


def test_only_what_proves_an_instance_stays_an_index() -> None:
    """Constants and plain traversals of iterators, locals and variables prove; calls do not."""
    assert index_text("each.value.zone") == "[each.value.zone]"
    assert index_text("var . x") == "[var.x]"
    assert index_text("keys(local.x)[0]") == index_text('"a${b}c"') == "[*]"
