"""Binary plans of any size, to hold tfchange against the `terraform show -json` that it waits for.

Nothing is applied: the state is written as an apply of `terraform_data` would leave it, and every
fiftieth host changes in the plan. Groups name their hosts by id, not by reference: Terraform would
look at all hosts for each of them. And no block has a large count: Terraform copies a block's whole
state for each of its instances, so that one of 10,000 takes ten times as long as fifty of 200.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bench.plans import DATA

SIZES = {"40 KB": 24, "1,000": 1_000, "10,000": 10_000, "100,000": 100_000}
"""The hosts of each plan; there is a group for every ten of them."""
BLOCK = 200
"""The most hosts of one block."""
CONFIGURATION = """
resource "terraform_data" "host_%(block)d" {
  count = %(hosts)d
  input = {
    index = %(first)d + count.index
    zone  = "zone-a"
    image = count.index %% 50 == 0 ? "new" : "old"
  }
}

resource "terraform_data" "group_%(block)d" {
  count = %(groups)d
  input = {
    hosts = [
      for n in range(10) :
      format("00000000-0000-0000-0000-%%012d", %(first)d + count.index * 10 + n)
    ]
  }
}
"""


class Produced(NamedTuple):
    """A plan as Terraform keeps it, and as `terraform show -json` prints it."""

    folder: Path
    binary: Path
    plan: Path


def terraform() -> str | None:
    """The terraform to run, None where there is none."""
    return os.environ.get("TFCHANGE_TERRAFORM") or shutil.which("terraform")


def produced(size: str) -> Produced:
    """The plan of that size, made where it is not there yet."""
    folder = DATA / f"terraform-{SIZES[size]}"
    found = Produced(folder, folder / "tfplan", folder / "plan.json")
    if not found.plan.exists():
        print(f"planning {size} with terraform", flush=True)
        _make(found, SIZES[size])
    return found


def show(found: Produced) -> list[str]:
    """The command that prints the plan."""
    return [str(terraform()), f"-chdir={found.folder}", "show", "-json", found.binary.name]


def _make(found: Produced, hosts: int) -> None:
    found.folder.mkdir(parents=True, exist_ok=True)
    blocks = _blocks(hosts)
    (found.folder / "main.tf").write_text("".join(map(_block, blocks)))
    (found.folder / "terraform.tfstate").write_text(json.dumps(_state(blocks)))
    base = [str(terraform()), f"-chdir={found.folder}"]
    quiet = ["-input=false", "-no-color"]
    subprocess.run([*base, "init", *quiet], check=True, stdout=subprocess.DEVNULL)
    plan = [*base, "plan", "-refresh=false", f"-out={found.binary.name}", *quiet]
    subprocess.run(plan, check=True, stdout=subprocess.DEVNULL)
    draft = found.plan.with_suffix(".part")
    with draft.open("wb") as stream:
        subprocess.run(show(found), check=True, stdout=stream)
    draft.rename(found.plan)


def _blocks(hosts: int) -> list[range]:
    return [range(first, min(first + BLOCK, hosts)) for first in range(0, hosts, BLOCK)]


def _block(hosts: range) -> str:
    said = {"block": hosts.start // BLOCK, "first": hosts.start, "hosts": len(hosts)}
    return CONFIGURATION % {**said, "groups": len(hosts) // 10}


def _state(blocks: list[range]) -> dict[str, object]:
    return {
        "version": 4,
        "terraform_version": "1.5.0",
        "serial": 1,
        "lineage": "bench",
        "outputs": {},
        "resources": [resource for hosts in blocks for resource in _resources(hosts)],
    }


_HOST = {"index": "number", "zone": "string", "image": "string"}
_GROUP = {"hosts": ["tuple", ["string"] * 10]}


def _resources(hosts: range) -> list[dict[str, object]]:
    ids = [f"00000000-0000-0000-0000-{n:012}" for n in hosts]
    host = [
        _instance(at, ids[at], {"index": n, "zone": "zone-a", "image": "old"}, _HOST)
        for at, n in enumerate(hosts)
    ]
    group = [
        _instance(at, f"group-{hosts[at * 10]}", {"hosts": ids[at * 10 : at * 10 + 10]}, _GROUP)
        for at in range(len(hosts) // 10)
    ]
    block = hosts.start // BLOCK
    return [_resource(f"host_{block}", host), _resource(f"group_{block}", group)]


def _resource(name: str, instances: list[object]) -> dict[str, object]:
    provider = 'provider["terraform.io/builtin/terraform"]'
    said = {"mode": "managed", "type": "terraform_data", "name": name, "provider": provider}
    return {**said, "instances": instances}


def _instance(n: int, id_: str, value: object, type_: Mapping[str, object]) -> object:
    typed = {"value": value, "type": ["object", type_]}
    attributes = {"id": id_, "input": typed, "output": typed, "triggers_replace": None}
    return {"index_key": n, "schema_version": 0, "attributes": attributes}
