"""Measures the reading of HCL apart from everything else: `python bench/hcl.py [--size MB]`.

A tree of modules is made, in which about a third of the blocks say something that a plan leaves
out. Whole processes, one after the other in each round, medians; the ratios are what counts.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Run

MIB = 1024 * 1024

PLAIN = """
# A queue with all that belongs to it, number {n}
resource "aws_sqs_queue" "plain_{n}" {{
  count                      = var.enabled ? 1 : 0
  name                       = "${{var.prefix}}-plain-{n}"
  delay_seconds              = 90
  visibility_timeout_seconds = 30
  kms_master_key_id          = aws_kms_key.main.arn
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Service = "sns.amazonaws.com" }}
      Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
      Resource  = "arn:aws:sqs:*:*:${{var.prefix}}-plain-{n}"
    }}]
  }})
  tags = merge(var.tags, {{ Name = "plain-{n}", Owner = "platform" }})
}}
"""
TELLING = """
resource "aws_security_group" "telling_{n}" {{
  name_prefix = "telling-{n}-"
  description = "For ${{local.service_{n}.name}} # not a comment"
  vpc_id      = local.network.vpc_id
  dynamic "ingress" {{
    for_each = local.rules
    content {{
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = [for zone in ingress.value.zones : aws_subnet.private[zone].cidr_block]
    }}
  }}
  user_data = <<-EOT
    #!/bin/sh
    echo "${{aws_sqs_queue.plain_{n}[0].arn}}" > /etc/queue
    EOT
  lifecycle {{
    create_before_destroy = true
    replace_triggered_by  = [aws_sqs_queue.plain_{n}]
  }}
}}

locals {{
  service_{n} = {{
    name  = "service-{n}"
    queue = aws_sqs_queue.plain_{n}[0].arn
    ports = [for rule in local.rules : rule.port if rule.open]
  }}
}}
"""
SCAN = "scanner alone"
PATTERN = "scanner and pattern, every block"
FULL = "python-hcl2, every block"
COLD = "tfchange, cold"
WARM = "tfchange, warm"
BARE = "python -c pass"


def make(folder: Path, size: float) -> int:
    """Writes a root module with eight local ones of about that many MiB; returns the bytes."""
    modules = [folder / "modules" / f"m{i}" for i in range(8)]
    calls = "".join(f'module "m{i}" {{\n  source = "./modules/m{i}"\n}}\n' for i in range(8))
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(calls)
    total, n = len(calls), 0
    while total < size * MIB:
        module = modules[n // 15 % len(modules)]
        module.mkdir(parents=True, exist_ok=True)
        text = "".join((PLAIN * 2 + TELLING).format(n=i) for i in range(n, n + 15))
        text = text.replace("plain_", "queue_", 1)
        (module / f"file_{n}.tf").write_text(text)
        total, n = total + len(text), n + 15
    return total


def work(what: str, folder: str, cache: str) -> None:
    """What one measured process does."""
    if what in (COLD, WARM):
        from tfchange.source.hcl import read_source

        read_source(folder, _plan(), cache=cache)
        return
    from tfchange.source import scan, skim
    from tfchange.source.references import gather

    texts = [file.read_text() for file in sorted(Path(folder).rglob("*.tf"))]
    if what == FULL:
        import hcl2
        from hcl2 import parser

        parser.PARSER_FILE = Path(cache) / "grammar"
        for text in texts:
            for block in scan.blocks(text):
                hcl2.loads(block.text)
        return
    for text in texts:
        for block in scan.blocks(text):
            if what == PATTERN:
                gather(block.kind, skim.items(block.text), skim.traversals)


def _plan() -> object:
    """A plan that has the modules and so tells all that plans tell."""
    from tfchange.plan.configuration import ConfigModule, Configuration, ModuleCall
    from tfchange.plan.model import Plan

    calls = {f"m{i}": ModuleCall(ConfigModule()) for i in range(8)}
    return Plan(configuration=Configuration(ConfigModule(calls=calls)))


def measure(size: float, rounds: int) -> "tuple[int, dict[str, Run]]":
    """The bytes read and the medians; each cold run finds the grammar compiled, nothing else."""
    import tempfile

    sys.path.insert(0, str(Path(__file__).parent.parent))
    from bench.measure import interleaved

    with tempfile.TemporaryDirectory() as folder:
        tree, cache = Path(folder) / "tree", Path(folder) / "cache"
        cache.mkdir(mode=0o700)
        total = make(tree, size)
        script = [sys.executable, __file__, "--work"]
        commands = {
            name: [*script, name, str(tree), str(cache)]
            for name in (SCAN, PATTERN, FULL, COLD, WARM)
        }
        # Forgetting what was parsed costs next to nothing of a cold run.
        commands[COLD].append("forget")
        return total, interleaved({BARE: [sys.executable, "-c", "pass"], **commands}, rounds)


def main() -> None:
    """Prints the table, or is one of the measured processes."""
    if sys.argv[1:2] == ["--work"]:
        if sys.argv[5:]:
            for file in Path(sys.argv[4]).glob("hcl-*.json"):
                file.unlink()
        work(*sys.argv[2:5])
        return
    import argparse

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=float, default=1.0, help="MiB of HCL (default 1)")
    options.add_argument("--rounds", type=int, default=3, help="how often each is run (default 3)")
    given = options.parse_args()
    total, runs = measure(given.size, given.rounds)
    print(f"{total / MIB:.2f} MiB of HCL, whole processes, medians of {given.rounds} rounds\n")
    print(f"{'what':34} {'time':>9} {'speed':>10} {'memory':>8} {'to ' + FULL:>27}")
    for name, run in runs.items():
        net = max(run.seconds - runs[BARE].seconds, 1e-9)
        speed = "" if name == BARE else f"{total / MIB / net:.2f} MiB/s"
        share = run.seconds / runs[FULL].seconds
        print(
            f"{name:34} {run.seconds * 1000:6,.0f} ms {speed:>10}"
            f" {run.memory / MIB:4,.0f} MiB {share:27.3f}"
        )


if __name__ == "__main__":
    main()
