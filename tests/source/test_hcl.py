"""The source of a configuration is read as far as the plan does not tell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source.conftest import Tree
from tfchange.errors import SourceError
from tfchange.plan.configuration import (
    ConfigModule,
    ConfigResource,
    Configuration,
    ModuleCall,
    Reference,
    Source,
)
from tfchange.plan.decode import decode
from tfchange.plan.model import Caveat, Plan
from tfchange.source.file import open_plan
from tfchange.source.hcl import LARGEST_BLOCK, read_source

ROOT = Path(__file__).parent.parent.parent
PLANS = sorted((ROOT / "fixtures").glob("*/*/plan.json"))


def planned(*resources: str, calls: dict[str, ConfigModule] | None = None) -> ConfigModule:
    """A module as a plan's configuration has it."""
    return ConfigModule(
        tuple(ConfigResource(a, *a.split(".", 1)) for a in resources),
        calls={name: ModuleCall(module) for name, module in (calls or {}).items()},
    )


def plan(root: ConfigModule) -> Plan:
    return Plan(configuration=Configuration(root))


def told(references: tuple[Reference, ...] | None) -> list[str]:
    return [f"{r.argument} {r.target}" for r in references or ()]


def block(source: Source, address: str) -> list[str]:
    found = source.block(address)
    assert found is not None
    return told(found.references)


def test_every_block_has_its_file_and_line(tree: Tree, cache: str) -> None:
    """Whatever has an address is found under it, parsed or not, nested data of checks too."""
    text = """resource "aws_a" "b" {
}
data "aws_a" "b" {}
module "m" {
  source = "registry/x/y"
}
output "o" { value = 1 }
provider "aws" {}
provider "aws" {
  alias = "west"
}
check "c" {
  data "http" "h" {
  }
  assert {
    condition = data.http.h.ok
  }
}
ephemeral "e" "f" {}
moved {
  from = aws_a.a
  to   = aws_a.b
}
"""
    source, _ = read_source(str(tree({"sub/main.tf": "", "main.tf": text})), Plan(), cache=cache)
    places = {a: (b.file, b.line) for a, b in source.modules[""].blocks.items()}
    lines = {address: line for address, (_, line) in places.items()}
    assert {file for file, _ in places.values()} == {"main.tf"}
    assert lines == {
        "aws_a.b": 1,
        "data.aws_a.b": 3,
        "module.m": 4,
        "output.o": 7,
        "provider.aws": 8,
        "provider.aws.west": 9,
        "check.c": 12,
        "data.http.h": 13,
        "ephemeral.e.f": 19,
    }
    assert block(source, "check.c") == ["assert.condition data.http.h.ok"]


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        ("x = local.a", True),
        ('x = "${local.a}"', True),
        ('dynamic "x" {\n for_each = var.x\n content {}\n}', True),
        ("lifecycle {\n replace_triggered_by = [aws_c.d]\n}", True),
        ("lifecycle {\n precondition {\n  condition = aws_c.d.ok\n }\n}", True),
        ("lifecycle {\n postcondition {\n  condition = self.ok\n }\n}", True),
        ("x = aws_c.d[count.index].id", True),
        ('x = aws_c.d["${each.key}"].id', True),
        ("x = aws_c.d[ each.value.zone ].id", True),
        ("connection {\n host = aws_c.d.ip\n}", True),
        ("x = aws_c.d.id\ny = var.z\nfor_each = aws_c.e", False),
        ("x = aws_c.d[0].id\ncount = 2", False),
    ],
)
def test_only_what_the_plan_cannot_tell_is_parsed(
    body: str, parsed: bool, tree: Tree, cache: str
) -> None:
    """A block whose references the plan lists in full is only located."""
    folder = tree({"main.tf": f'resource "aws_a" "b" {{\n{body}\n}}'})
    source, caveats = read_source(str(folder), plan(planned("aws_a.b")), cache=cache)
    found = source.modules[""].blocks["aws_a.b"]
    assert (found.references is not None) == parsed
    assert caveats == ()
    # Without a configuration in the plan nothing is told, so everything is parsed.
    source, _ = read_source(str(folder), Plan(), cache=cache)
    assert source.modules[""].blocks["aws_a.b"].references is not None


def test_validations_and_imports_are_read(tree: Tree, cache: str) -> None:
    """A variable waits for what its validation asks, a resource for the id of its import."""
    text = """variable "v" {
  validation {
    condition = var.v > data.aws_c.d.least
  }
}
variable "w" {
  type = string
}
resource "aws_a" "b" {}
import {
  to = aws_a.b
  id = local.id
}
locals {
  id = data.aws_e.f.id
}"""
    source, caveats = read_source(
        str(tree({"main.tf": text})), plan(planned("aws_a.b")), cache=cache
    )
    assert block(source, "variable.v") == [
        "validation.condition var.v",
        "validation.condition data.aws_c.d.least",
    ]
    assert source.modules[""].blocks["variable.w"].references is None
    assert block(source, "aws_a.b") == ["import local.id"]
    assert told(source.modules[""].locals["id"]) == ["id data.aws_e.f.id"]
    assert caveats == ()


def test_locals_are_followed_to_any_depth_and_no_further(tree: Tree, cache: str) -> None:
    """A local is read if a parsed block refers to it, directly or through other locals."""
    files = {
        "main.tf": 'resource "aws_a" "b" {\n  x = local.one.y\n}',
        "locals.tf": "locals {\n  one = merge(local.two, {})\n  other = aws_no.no.id\n}\n"
        "locals {\n  two = [for k in aws_c.d : k.id if local.three]\n  three = local.one\n}\n"
        "locals {\n  far = aws_e.f.id\n}",
    }
    source, caveats = read_source(str(tree(files)), plan(planned("aws_a.b")), cache=cache)
    values = {name: told(found) for name, found in source.modules[""].locals.items()}
    assert values == {
        "one": ["one local.two"],
        "two": ["two aws_c.d", "two local.three"],
        "three": ["three local.one"],
    }
    assert caveats == ()


def test_a_module_called_twice_is_two_modules(tree: Tree, cache: str) -> None:
    """Each call has its own path, and calls in called modules are followed too."""
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m/."\n}',
        "m/main.tf": 'module "deep" {\n  source = "../../shared"\n}\noutput "o" {}',
        "../shared/main.tf": 'resource "aws_a" "b" {}',
    }
    source, caveats = read_source(str(tree(files)), Plan(), cache=cache)
    deep = ["module.a.module.deep", "module.b.module.deep"]
    assert list(source.modules) == ["", "module.a", "module.b", *deep]
    assert all(module.path == path for path, module in source.modules.items())
    assert source.block("module.b.output.o").file == "m/main.tf"  # type: ignore[union-attr]
    assert source.block("module.b.module.deep.aws_a.b").file == "../shared/main.tf"  # type: ignore[union-attr]
    assert caveats == ()


def test_registry_modules_are_read_where_init_put_them(tree: Tree, cache: str) -> None:
    """`modules.json` says where a module from elsewhere is installed."""
    manifest = {
        "Modules": [{"Key": "", "Dir": "."}, {"Key": "a.b", "Dir": ".terraform/modules/a.b/x"}]
    }
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n}',
        "m/main.tf": 'module "b" {\n  source = "registry/x/y"\n}',
        ".terraform/modules/modules.json": json.dumps(manifest),
        ".terraform/modules/a.b/x/main.tf": 'resource "aws_a" "b" {}',
    }
    source, caveats = read_source(str(tree(files)), Plan(), cache=cache)
    assert source.block("module.a.module.b.aws_a.b") is not None
    assert caveats == ()


@pytest.mark.parametrize("manifest", ["", "[]", '{"Modules": 3}', "[" * 5000])
def test_a_module_that_is_not_here_is_a_caveat(manifest: str, tree: Tree, cache: str) -> None:
    """Missing source is said, with the module's path, and forbids a standard change."""
    files = {
        "main.tf": 'module "a" {\n  source = "./gone"\n}\nmodule "b" {\n  source = "x/y/z"\n}',
        ".terraform/modules/modules.json": manifest,
    }
    source, caveats = read_source(str(tree(files)), Plan(), cache=cache)
    assert list(source.modules) == [""]
    assert [(c.kind, c.address, c.blocks_standard) for c in caveats] == [
        ("source-missing", "module.a", True),
        ("source-missing", "module.b", True),
    ]


def test_calls_that_the_plan_does_not_know_are_not_followed(tree: Tree, cache: str) -> None:
    """The plan says which modules there are; a call it lacks was written after it."""
    files = {
        "main.tf": 'module "old" {\n  source = "./m"\n}\nmodule "new" {\n  source = "./m"\n}',
        "m/main.tf": 'resource "aws_a" "b" {}',
    }
    known = plan(planned(calls={"old": planned("aws_a.b")}))
    source, caveats = read_source(str(tree(files)), known, cache=cache)
    assert list(source.modules) == ["", "module.old"]
    assert caveats == ()


def test_a_module_that_calls_itself_comes_to_an_end(tree: Tree, cache: str) -> None:
    """Terraform would never load it; here it is cut off with a caveat."""
    files = {"main.tf": 'module "a" {\n  source = "./"\n}\nmodule "b" {\n  source = "./"\n}'}
    source, caveats = read_source(str(tree(files)), Plan(), cache=cache)
    assert len(source.modules) == 2_000
    assert [c.kind for c in caveats] == ["source-missing"]


def test_another_source_than_the_plans_is_a_caveat(tree: Tree, cache: str) -> None:
    """Blocks of the plan that the source lacks give it away."""
    folder = tree({"main.tf": 'resource "aws_a" "b" {}'})
    known = plan(planned("aws_a.b", "aws_a.gone", calls={"m": planned()}))
    _, caveats = read_source(str(folder), known, cache=cache)
    assert len(caveats) == 1
    assert "2 blocks of the plan not found there, such as aws_a.gone" in caveats[0].message
    assert caveats[0].blocks_standard


def test_a_file_that_does_not_parse_is_a_caveat_with_its_line(tree: Tree, cache: str) -> None:
    """The blocks before the fault and all other files are read all the same."""
    files = {
        "a.tf": 'resource "aws_a" "b" {}\nresource "aws_a" "c" {\n  x = "\n}',
        "b.tf": 'resource "aws_a" "d" {}',
        "c.tf.json": '{"resource":',
    }
    source, caveats = read_source(str(tree(files)), Plan(), cache=cache)
    assert set(source.modules[""].blocks) == {"aws_a.b", "aws_a.d"}
    assert [(c.kind, c.message.split(" ")[0]) for c in caveats] == [
        ("source-unparsed", "a.tf:3:"),
        ("source-unparsed", "c.tf.json:1:"),
    ]


def test_a_block_that_python_hcl2_cannot_read_is_a_caveat(tree: Tree, cache: str) -> None:
    """File, line and address are named, and its references found by pattern."""
    text = '\nresource "aws_a" "b" {\n  x = 1\n  y = (local.c\n    .d)\n}'
    for _ in range(2):  # the second time from the cache
        source, caveats = read_source(str(tree({"main.tf": text})), Plan(), cache=cache)
        assert block(source, "aws_a.b") == ["y local.c.d"]
        assert caveats == (
            Caveat(
                "source-unparsed",
                "main.tf:5: aws_a.b: python-hcl2 cannot read it, "
                "so its references were read by pattern",
            ),
        )


def test_a_block_that_python_hcl2_misreads_is_a_caveat(tree: Tree, cache: str) -> None:
    """What it silently loses is noticed, since the pattern is asked too."""
    folder = tree({"main.tf": 'resource "aws_a" "b" {\n  x = "100%%{${local.c}"\n}'})
    source, caveats = read_source(str(folder), Plan(), cache=cache)
    assert block(source, "aws_a.b") == ["x local.c"]
    assert "main.tf:1: aws_a.b: python-hcl2 misses references" in caveats[0].message


def test_a_huge_block_is_read_by_pattern(tree: Tree, cache: str) -> None:
    """Nobody waits a minute for generated source."""
    text = f'resource "aws_a" "b" {{\n  x = "{"x" * LARGEST_BLOCK}"\n  y = local.c\n}}'
    source, caveats = read_source(str(tree({"main.tf": text})), Plan(), cache=cache)
    assert block(source, "aws_a.b") == ["y local.c"]
    assert "too large for python-hcl2" in caveats[0].message


def test_json_syntax_is_read_like_the_native_one(tree: Tree, cache: str) -> None:
    """Strings are templates, `depends_on` and the like are references as they stand."""
    text = """{
  "//": "a comment",
  "locals": {"one": "${aws_c.d.id}", "two": {"deep": ["x-${local.one}"]}},
  "resource": {
    "aws_a": {
      "b": {
        "x": "plain ${local.two} $${aws_no.no}",
        "list": [{"y": "${aws_e.f[count.index].id}"}],
        "depends_on": ["aws_g.h"],
        "provider": "aws.west",
        "lifecycle": {"replace_triggered_by": ["aws_i.j"], "ignore_changes": ["x.y"]},
        "dynamic": {"set": {"for_each": "${var.s}", "content": {"z": "${set.value.q}"}}},
        "provisioner": [{"local-exec": {"command": "${aws_k.l.id}"}}]
      }
    }
  },
  "provider": {"aws": [{"region": "x"},
    {"alias": "west"}]},
  "output": {"o": {"value": "${local.one}"}}
}"""
    source, caveats = read_source(str(tree({"main.tf.json": text})), Plan(), cache=cache)
    assert caveats == ()
    assert block(source, "aws_a.b") == [
        "x local.two",
        "list.y aws_e.f[count.index].id",
        "list.y count.index",
        "depends_on aws_g.h",
        "provider provider.aws.west",
        "lifecycle.replace_triggered_by aws_i.j",
        "set var.s",
        "provisioner aws_k.l.id",
    ]
    module = source.modules[""]
    assert {name: told(found) for name, found in module.locals.items()} == {
        "one": ["one aws_c.d.id"],
        "two": ["two.deep local.one"],
    }
    lines = {address: found.line for address, found in module.blocks.items()}
    assert lines == {"aws_a.b": 6, "provider.aws": 17, "provider.aws.west": 17, "output.o": 19}


def test_override_files_replace_arguments(tree: Tree, cache: str) -> None:
    """What an override sets counts instead of what the block itself says; the rest stays."""
    files = {
        "override.tf": 'resource "aws_a" "b" {\n  x = local.new\n}\nlocals {\n  l = aws_c.new\n}',
        "z.tf": 'resource "aws_a" "b" {\n  x = local.old\n  y = local.l\n}\n'
        "locals {\n  l = aws_c.old\n}",
    }
    source, caveats = read_source(str(tree(files)), Plan(), cache=cache)
    assert block(source, "aws_a.b") == ["y local.l", "x local.new"]
    assert source.modules[""].blocks["aws_a.b"].file == "z.tf"
    assert told(source.modules[""].locals["l"]) == ["l aws_c.new"]
    assert caveats == ()


def test_only_terraform_files_that_are_files_are_read(
    tree: Tree, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backups and hidden files are passed over; pipes and giants are caveats, not waited for."""
    names = ("a.tf", ".b.tf", "c.tf~", "d.tfvars", "e.txt")
    folder = tree({name: f'resource "aws_a" "{name[0]}" {{}}' for name in names})
    os.mkfifo(folder / "f.tf")
    (folder / "g.tf").write_text(" " * 200)
    (folder / "h.tf").symlink_to(folder / "e.txt")
    (folder / "i.tf").symlink_to(folder / "nowhere")
    monkeypatch.setattr("tfchange.source.folder.LARGEST_FILE", 100)
    source, caveats = read_source(str(folder), Plan(), cache=cache)
    assert set(source.modules[""].blocks) == {"aws_a.a", "aws_a.e"}
    assert [c.message.split(":")[0] for c in caveats] == ["f.tf", "g.tf", "i.tf"]
    assert {c.kind for c in caveats} == {"source-unparsed"}


def test_text_that_is_not_utf_8_is_read_as_far_as_it_is(tree: Tree, cache: str) -> None:
    """A byte order mark and stray bytes in a comment keep nobody from the blocks."""
    folder = tree({"main.tf": ""})
    (folder / "main.tf").write_bytes(b'\xef\xbb\xbf# \xff\nresource "aws_a" "b" {}')
    source, _ = read_source(str(folder), Plan(), cache=cache)
    assert source.modules[""].blocks["aws_a.b"].line == 2


def test_a_folder_that_does_not_exist_is_an_error(cache: str) -> None:
    """Source that was asked for and is not there is not passed over."""
    with pytest.raises(SourceError, match="no/such is no folder"):
        read_source("no/such", Plan(), cache=cache)


def test_the_cache_holds_no_constant(tree: Tree, tmp_path: Path) -> None:
    """Nothing of the text but names, and keys of instances, is in any file of the cache."""
    text = """locals {
  secret = "planted-1 ${aws_c.d.id}"
  map    = { planted-2 = "planted-3" }
}
resource "aws_a" "b" {
  x = <<EOT
planted-4 ${local.secret}
EOT
  y = local.map["planted-5"]
  z = lookup(var.m["planted-6"], "planted-7", local.map)
  # planted-8
  w = aws_c.d[lookup(local.map, "planted-9")].id
  bad = (local.x
    .planted)
}
"""
    folder = tmp_path / "cache"
    source, _ = read_source(str(tree({"main.tf": text})), Plan(), cache=str(folder))
    assert "x local.secret" in block(source, "aws_a.b")
    kept = b"".join(file.read_bytes() for file in folder.glob("hcl-*"))
    assert b"local.secret" in kept
    assert b"planted-" not in kept
    assert "planted-" not in repr(source)


WARM = """
import sys
from tfchange.plan.model import Plan
from tfchange.source.hcl import read_source
source, caveats = read_source(sys.argv[1], Plan(), cache=sys.argv[2])
print(repr(source), repr(caveats), "hcl2" in sys.modules, "lark" in sys.modules, sep="\\n")
"""


def test_a_warm_run_imports_no_parser_and_says_the_same(tree: Tree, cache: str) -> None:
    """The second run takes everything from the cache."""
    text = 'resource "aws_a" "b" {\n  x = local.c\n}\nlocals {\n  c = aws_d.warm.id\n}'
    command = [sys.executable, "-c", WARM, str(tree({"main.tf": text})), cache]
    cold, warm = (
        subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
        for _ in range(2)
    )
    assert cold[2:] == ["True", "True"]
    assert warm == [*cold[:2], "False", "False"]


def test_a_broken_or_unwritable_cache_only_costs_time(tree: Tree, tmp_path: Path) -> None:
    """Whatever stands in the cache's place, the source is read the same."""
    folder = tree({"main.tf": 'resource "aws_a" "b" {\n  x = local.c\n}'})
    own = tmp_path / "cache"
    first, _ = read_source(str(folder), Plan(), cache=str(own))
    kept = next(own.glob("hcl-*.json"))
    for content in (b"", b"{", b"[]", b'{"a": 1}', b"\xff", b"[" * 5000):
        kept.write_bytes(content)
        assert read_source(str(folder), Plan(), cache=str(own))[0] == first
    file = tmp_path / "file"
    file.write_text("in the way")
    assert read_source(str(folder), Plan(), cache=str(file))[0] == first
    assert file.read_text() == "in the way"


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.parent.name)
def test_fixtures_are_read_without_a_caveat(file: Path, cache: str) -> None:
    """Every resource of a real plan is found in its source, on the line where it begins."""
    folder = next(file.parent / n for n in ("after", "config") if (file.parent / n).is_dir())
    whole = decode(open_plan(str(file))[1], str(file))
    source, caveats = read_source(str(folder), whole, cache=cache)
    assert caveats == ()
    for module in source.modules.values():
        for address, found in module.blocks.items():
            line = (folder / found.file).read_text().splitlines()[found.line - 1]
            assert address.rsplit(".", 1)[-1] in line or address.startswith("provider.")
