"""Programs that others use on the same plans, installed apart from tfchange, and how each is run.

Each is installed once, in the version named here, into bench/data/peers. What cannot be had is told
and left out. What a program cannot do at a size, the page says.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import pythons
from bench.measure import Attempt
from bench.plans import DATA, REAL, ROOT

HOME = DATA / "peers"
TERRAFORM = "terraform show -json"


class Peer(NamedTuple):
    """A program, where it comes from, and what it does with a plan."""

    name: str
    package: str
    """Name and version, as pip or npm take them."""
    run: Callable[[Path, Path], list[str]]
    """The command, given the folder of its programs and the plan."""
    does: str
    says: str
    """What it prints when it is done."""
    finds: int = 0
    """What it ends with when it has found something."""
    most: int = 100_000
    """The largest number of resources it is run with: all, unless that would take hours."""
    feeds: bool = False
    """Whether it reads the plan on standard input."""
    npm: bool = False
    python: str = ""
    """The version that it needs, where it does not do with ours."""

    def on(self, plan: Path, programs: Path) -> Attempt:
        """The peer on a plan, given the folder of its programs."""
        feed = plan if self.feeds else None
        return Attempt(self.run(programs, plan), self.says, self.finds, feed)


def _terravision(programs: Path, plan: Path) -> list[str]:
    # It does nothing without *.tf files: those of the plan, or of the plan that was scaled up.
    source = (REAL if plan.parent == DATA else plan).parent / "after"
    given = ["--planfile", str(plan), "--graphfile", str(_dot(plan)), "--source", str(source)]
    return [str(programs / "terravision"), "graphdata", *given, "--outfile", str(HOME / "out")]


PEERS = (
    Peer(
        "terrasafe 0.5.1",
        "terrasafe==0.5.1",
        lambda programs, _: [str(programs / "terrasafe")],
        "lists deletions",
        # "Unauthorized …" with those it found, or "0 unauthorized …".
        says="nauthorized deletion detected",
        finds=1,
        feeds=True,
    ),
    Peer(
        "terraform-plan-summary 1.0.2",
        "terraform-plan-summary==1.0.2",
        lambda programs, plan: [str(programs / "terraform-plan-summary"), "-v", str(plan)],
        "changes and their attributes",
        says="root_module",
        python="3.13",
    ),
    Peer(
        "terraform-visual 0.2.1",
        "@terraform-visual/cli@0.2.1",
        lambda programs, plan: [
            *(str(programs / "terraform-visual"), "--out", str(HOME / "page")),
            *("--plan", str(plan)),
        ],
        "puts the plan into an HTML page",
        says="Report generated successfully",
        npm=True,
    ),
    Peer(
        "terravision 0.56.0",
        "terravision==0.56.0",
        _terravision,
        "a picture's data, given plan, graph and source",
        says="Completed!",
    ),
    Peer(
        "checkov 3.3.30",
        "checkov==3.3.30",
        lambda programs, plan: [
            *(str(programs / "checkov"), "--file", str(plan), "--framework", "terraform_plan"),
            *("--compact", "--quiet", "--soft-fail", "--skip-download"),
        ],
        "its checks of plans",
        says="Passed checks:",
        most=1_000,
    ),
)


def installed() -> dict[Peer, Path]:
    """The peers that are there, or could be installed, with the folder of their programs."""
    return {peer: folder for peer in PEERS if (folder := _install(peer))}


def _install(peer: Peer) -> Path | None:
    home = HOME / peer.package.replace("/", "-").lstrip("@")
    programs = home / ("node_modules/.bin" if peer.npm else "bin")
    if not (home / ".done").exists():
        print(f"installing {peer.name}", flush=True)
        try:
            _npm(home, peer) if peer.npm else _pip(home, peer)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{peer.name} is left out: {error}", flush=True)
            return None
        (home / ".done").touch()
    return programs


def _pip(home: Path, peer: Peer) -> None:
    subprocess.run([pythons.find(peer.python), "-m", "venv", str(home)], check=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-qq", peer.package]
    subprocess.run(pip, check=True)


def _npm(home: Path, peer: Peer) -> None:
    home.mkdir(parents=True, exist_ok=True)
    subprocess.run(["npm", "install", "--silent", "--prefix", str(home), peer.package], check=True)


def _dot(plan: Path) -> Path:
    """The graph of the plan as `terraform graph` writes it, since the peer asks for one."""
    file = DATA / f"{plan.parent.name}-{plan.stem}.dot"
    if not file.exists():
        command = [sys.executable, "-m", "tfchange", "graph", str(plan), "--format", "json"]
        graph = json.loads(
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout
        )
        blocks = {node["id"]: node["block"] for node in graph["nodes"]}
        edges = {(blocks[e["source"]], blocks[e["target"]]) for e in graph["edges"]}
        lines = [f'  "{block}" [label="{block}"];' for block in sorted(set(blocks.values()))]
        lines += [f'  "{a}" -> "{b}";' for a, b in sorted(edges) if a != b]
        file.write_text("\n".join(["digraph G {", '  rankdir = "RL";', *lines, "}"]))
    return file
