"""Writes small layers for tests."""

from pathlib import Path
from textwrap import dedent

RULE = """
id: {id}
title: A thing
severity: {severity}
points: {points}
when: {{types: [x_thing]}}
message: "{{address}} is {{action}}."
why: Because.
references: [https://example.com/]
examples:
  hit: [{{address: x_thing.a, change: {{}}}}]
  miss: [{{address: x_thing.b, change: {{}}}}]
"""


def write(folder: Path, **files: str) -> str:
    """The layer's folder; `risk__a="..."` writes risk/a.yaml, `waivers` writes waivers.yaml."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/').replace('_', '-')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return str(folder)


def rule(id_: str, severity: str = "low", points: int = 5) -> str:
    """The file of a whole rule that hits every x_thing."""
    return RULE.format(id=id_, severity=severity, points=points)
