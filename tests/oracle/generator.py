"""Random configurations: valid, small, and full of what makes dependencies hard to follow.

The same seed gives the same text.
"""

import re
from dataclasses import dataclass
from random import Random

from tests.oracle.expressions import Scope
from tests.oracle.kinds import AWS, BUILT_IN, STATE
from tests.oracle.writer import Writer

_OTHER = (
    '{"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "other",'
    ' "outputs": {"name": {"value": "there", "type": "string"}}, "resources": []}'
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One configuration, by file, and how it was before something moved or left."""

    seed: int
    before: dict[str, str]
    after: dict[str, str]
    marks: dict[str, str | int | None]
    """By block name: the key of the instance whose literal can be changed; None for all."""


def configuration(seed: int, *, aws: bool = False) -> Configuration:
    """The configuration of that seed."""
    writer = Writer(Random(f"{seed} {aws}"), AWS if aws else BUILT_IN, aws)
    root = writer.module("", 0, [])
    after = writer.files() | {STATE: _OTHER}
    before, moves = _renamed(writer.rng, root, after | writer.leaving(root))
    return Configuration(seed, before, after | moves, writer.marks)


def _renamed(
    rng: Random, root: Scope, files: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The files with an old name for some things of the root, and the moves from there."""
    old, moves = dict(files), ""
    movable = [thing for thing in root.things if not thing.head.startswith("data.")]
    for thing in rng.sample(movable, min(2, len(movable))) if rng.random() < 0.3 else ():
        name = thing.head.rpartition(".")[2]
        for file in [file for file in old if "/" not in file]:
            old[file] = re.sub(rf"(?<!/)\b{name}\b", f"{name}_was", old[file])
        moves += f"moved {{\n  from = {thing.head}_was\n  to   = {thing.head}\n}}\n"
    return old, {"moved.tf": moves} if moves else {}
