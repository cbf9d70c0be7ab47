"""What is pinned otherwise than before, asked of real git."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.build import plan
from tfchange.plan.configuration import Bump, Pin
from tfchange.plan.model import Plan
from tfchange.source.bumps import read_bumps
from tfchange.source.hcl import read_source

LOCK = """\
# This file is maintained automatically by "terraform init".

provider "registry.terraform.io/hashicorp/aws" {{
  version     = "{aws}"
  constraints = ">= 5.0.0"
  hashes = [
    "h1:AbC{{}}=",
  ]
}}

provider "registry.terraform.io/hashicorp/random" {{
  version = "3.7.2"
}}
"""
NET = 'module "net" {{\n  source  = "acme/net/aws"\n  version = "{}"\n}}\n'
AWS = 'provider["registry.terraform.io/hashicorp/aws"]'

Commit = Callable[..., None]


def git(folder: Path, *arguments: str) -> None:
    """Git has done it."""
    subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stack below the root of a repository with one commit on main."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    for name, value in (("user.name", "Ada"), ("user.email", "ada@acme.test")):
        git(tmp_path, "config", name, value)
    stack = tmp_path / "infra" / "shop"
    stack.mkdir(parents=True)
    write(stack, {"main.tf": NET.format("5.1.0"), ".terraform.lock.hcl": LOCK.format(aws="5.99.0")})
    commit(stack)
    return stack


def write(folder: Path, files: dict[str, str]) -> None:
    """The folder holds these files, too."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def commit(folder: Path) -> None:
    """All that is in the repository is committed."""
    git(folder, "add", "--all", ":/")
    git(folder, "commit", "--quiet", "--message", "change")


def calling(**sources: str) -> Plan:
    """A plan that calls these modules: `net="acme/net/aws 6.0.0"`."""
    calls = {
        name: dict(zip(("source", "version_constraint"), source.split(" "), strict=False))
        for name, source in sources.items()
    }
    return plan(configuration={"root_module": {"module_calls": calls}})


def bumps(folder: Path, some: Plan, base: str | None = None, **environ: str) -> tuple[Bump, ...]:
    """What is found."""
    source, _ = read_source(str(folder), some)
    found, _ = read_bumps(source, some, base, environ)
    return found


def test_a_lock_file_tells_the_providers_before_and_after(folder: Path) -> None:
    """Only the one that changes, with its place; what is not committed counts, too."""
    write(folder, {".terraform.lock.hcl": LOCK.format(aws="6.0.0")})
    expected = Bump(AWS, Pin("", "5.99.0"), Pin("", "6.0.0"), ".terraform.lock.hcl", 3)
    assert bumps(folder, plan(), "HEAD") == (expected,)
    commit(folder)
    assert bumps(folder, plan()) == (expected,)
    assert bumps(folder, plan(), "HEAD") == ()


def test_a_call_tells_the_module_before_and_after(folder: Path) -> None:
    """By its name, in whatever file of the folder it stands."""
    (folder / "main.tf").unlink()
    write(folder, {"net.tf": "\n" + NET.format("6.0.0")})
    commit(folder)
    found = bumps(folder, calling(net="acme/net/aws 6.0.0"))
    before, after = Pin("acme/net/aws", "5.1.0"), Pin("acme/net/aws", "6.0.0")
    assert found == (Bump("module.net", before, after, "net.tf", 2),)


def test_a_call_inside_a_local_module_is_found(folder: Path) -> None:
    """It has the address of its path of calls, and stands in the folder of the module."""
    inner = 'module "vpc" {{\n  source = "git::https://git.acme.test/vpc.git?ref={}"\n}}\n'
    outer = {"main.tf": 'module "net" {\n  source = "../net"\n}\n'}
    write(folder, {**outer, "../net/main.tf": inner.format("v1.2.0")})
    commit(folder)
    write(folder, {"../net/main.tf": inner.format("main")})
    commit(folder)
    call = {"source": "git::https://git.acme.test/vpc.git?ref=main", "module": {}}
    nested = {"net": {"source": "../net", "module": {"module_calls": {"vpc": call}}}}
    some = plan(configuration={"root_module": {"module_calls": nested}})
    (found,) = bumps(folder, some)
    place = "git::https://git.acme.test/vpc.git"
    assert found.address == "module.net.module.vpc"
    assert (found.before, found.after) == (Pin(place, "v1.2.0"), Pin(place, "main"))
    assert found.file.replace("\\", "/") == "../net/main.tf"


def test_a_new_call_has_nothing_before(folder: Path) -> None:
    """And one that stands where nothing changed is none."""
    write(folder, {"more.tf": 'module "dns" {\n  source = "acme/dns/aws"\n}\n'})
    commit(folder)
    found = bumps(folder, calling(net="acme/net/aws 5.1.0", dns="acme/dns/aws"))
    assert found == (Bump("module.dns", None, Pin("acme/dns/aws"), "more.tf", 1),)


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/remotes/origin/main"])
def test_a_pull_request_is_compared_with_where_it_began(folder: Path, ref: str) -> None:
    """All its commits count, and none of those that its target got meanwhile."""
    git(folder, "checkout", "--quiet", "-b", "upgrade")
    write(folder, {".terraform.lock.hcl": LOCK.format(aws="6.0.0")})
    commit(folder)
    write(folder, {"notes.txt": "later"})
    commit(folder)
    git(folder, "checkout", "--quiet", "main")
    write(folder, {".terraform.lock.hcl": LOCK.format(aws="5.100.0")})
    commit(folder)
    git(folder, "update-ref", "-m", "moved", ref, "main")
    git(folder, "checkout", "--quiet", "upgrade")
    assert bumps(folder, plan()) == ()
    (found,) = bumps(folder, plan(), GITHUB_BASE_REF="main")
    assert (found.before, found.after) == (Pin("", "5.99.0"), Pin("", "6.0.0"))
    assert bumps(folder, plan(), "main") == (found,)


def test_where_git_cannot_say_nothing_is_found(folder: Path, tmp_path: Path) -> None:
    """In a shallow clone, outside of a repository, for what is no ref; if asked, that is told."""
    write(folder, {".terraform.lock.hcl": LOCK.format(aws="6.0.0")})
    commit(folder)
    shallow = tmp_path / "shallow"
    url = (tmp_path / ".git").as_uri()
    git(tmp_path, "clone", "--quiet", "--depth=1", url, str(shallow))
    assert bumps(shallow / "infra" / "shop", plan(), GITHUB_BASE_REF="main") == ()
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    write(outside, {".terraform.lock.hcl": LOCK.format(aws="6.0.0"), "main.tf": ""})
    assert bumps(outside, plan()) == ()
    source, _ = read_source(str(folder), plan())
    for wrong in ("nowhere", "--output=x"):
        found, notes = read_bumps(source, plan(), wrong, {})
        assert found == ()
        assert [(n.message, n.blocks_standard) for n in notes] == [
            (f"git does not know {wrong} here, so versions were not compared with it.", False)
        ]


def test_git_is_not_asked_where_nothing_is_pinned(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Local modules alone have no versions."""
    (folder / ".terraform.lock.hcl").unlink()
    source, _ = read_source(str(folder), plan())
    monkeypatch.setattr("tfchange.source.bumps.base_of", None)
    assert read_bumps(source, calling(net="./net"), None, {}) == ((), ())


def test_secrets_of_a_source_stay_out(folder: Path) -> None:
    """The credential in the address of a module is neither kept nor a difference."""
    text = 'module "net" {{\n  source = "git::https://{}@git.acme.test/net.git?ref=v1"\n}}\n'
    write(folder, {"main.tf": text.format("bot:one")})
    commit(folder)
    write(folder, {"main.tf": text.format("bot:two")})
    commit(folder)
    assert bumps(folder, calling(net="git::https://bot:two@git.acme.test/net.git?ref=v1")) == ()
