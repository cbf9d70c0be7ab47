"""Terraform judges random configurations; renews docs/oracle.md: `python -m tests.oracle.run`.

--seeds A:B    the configurations of built-in resources (default 0:200)
--aws A:B      those with AWS types (default 0:30; needs TFCHANGE_TF_MIRROR or a registry)
--print        prints, and leaves the page as it is; so does a refusal
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.conftest import ROOT
from tests.oracle.generator import configuration
from tests.oracle.judges import Verdict, verdicts
from tests.oracle.page import PAGE, page, table
from tests.oracle.world import RefusedError, World

sys.path.insert(0, str(ROOT / "fixtures"))
AT_A_TIME = 2
Make = Callable[[Path], World]


def judged(seed: int, make: Make, *, aws: bool) -> list[Verdict]:
    """All verdicts on the configuration of that seed."""
    with tempfile.TemporaryDirectory(prefix="oracle-") as name:
        folder = Path(name) / "stack"
        folder.mkdir()
        made = configuration(seed, aws=aws)
        world, cache = make(folder), Path(name) / "cache"
        # The AWS provider takes seconds to start, so it is asked less.
        asked = verdicts(made, world, cache, asked=1 if aws else 2, new=not aws)
        try:
            found = list(asked)
        except RefusedError as error:
            print(f"{'aws ' * aws}seed {seed}: refused: {error}", flush=True)
            return []
    for verdict in found:
        if verdict.missing or verdict.extra:
            told(seed, verdict, aws=aws)
    return found


def told(seed: int, verdict: Verdict, *, aws: bool) -> None:
    """A miss is printed at once, with the seed that makes it again."""
    print(f"{'aws ' * aws}seed {seed}: {verdict.judge}, of {verdict.asked}")
    for sign, things in (("-", verdict.missing), ("+", verdict.extra)):
        for thing in sorted(map(str, things)):
            print(f"  {sign} {thing}", flush=True)


@contextmanager
def account() -> Iterator[Make]:
    """What makes worlds in an empty AWS account of their own."""
    from tools.moto_server import running_moto
    from tools.terraform import environment

    with running_moto() as endpoint:
        yield lambda folder: World(folder, environment(endpoint.env(), folder.parent))


def seeds(text: str) -> range:
    """The numbers from A up to B, of `A:B`."""
    first, _, last = text.partition(":")
    return range(int(first), int(last))


def main() -> int:
    """0 where Terraform takes every configuration and agrees everywhere, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=seeds, default=range(200))
    parser.add_argument("--aws", type=seeds, default=range(30))
    parser.add_argument("--print", action="store_true", dest="only_print")
    chosen = parser.parse_args()
    os.environ.setdefault("TF_CLI_CONFIG_FILE", os.devnull)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        plain = list(pool.map(partial(judged, make=World, aws=False), chosen.seeds))
        with account() as make:
            aws = list(pool.map(partial(judged, make=make, aws=True), chosen.aws))
    refused = sum(not found for found in (*plain, *aws))
    plain, aws = list(filter(None, plain)), list(filter(None, aws))
    print(table(plain), table(aws), sep="\n\n")
    if not chosen.only_print and not refused:
        PAGE.write_text(page(plain, aws), encoding="utf-8")
    every = [verdict for found in (*plain, *aws) for verdict in found]
    return int(bool(refused) or any(verdict.missing or verdict.extra for verdict in every))


if __name__ == "__main__":
    sys.exit(main())
