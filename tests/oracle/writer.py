"""Writes the modules of a random configuration.

Everything refers only to what stands before it, but for one pattern that is known to go back and
forth: a module fed with what depends on its own output.
"""

import re
from collections.abc import Sequence
from random import Random

from tests.oracle.expressions import Keys, Scope, Thing, keys_for, quote, value_of, wrapped
from tests.oracle.kinds import Kind

DEEPEST = 3
_PROVIDER = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
"""
_REGION = '  region = "eu-west-1"'


class Writer:
    """Writes one module after the other."""

    def __init__(self, rng: Random, kinds: Sequence[Kind], aws: bool) -> None:
        self.rng, self._kinds, self._aws = rng, kinds, aws
        self._scopes: list[Scope] = []
        self._number = 0
        self.marks: dict[str, str | int | None] = {}

    def files(self) -> dict[str, str]:
        """The text of each module."""
        return {
            f"{scope.folder}main.tf": (_PROVIDER if self._aws else "") + "\n".join(scope.lines)
            for scope in self._scopes
        }

    def module(self, folder: str, depth: int, variables: Sequence[str]) -> Scope:
        """A module with that many variables and all that is in it."""
        scope = Scope(folder)
        self._scopes.append(scope)
        if self._aws and not depth:
            scope.lines += ['provider "aws" {', _REGION, "}"]
        if variables and self.rng.random() < 0.3:
            self._resource(scope, depth)  # knows no variable, so that a validation can name it
        validated = [self._validated(scope, name) for name in variables]
        for name, lines in zip(variables, validated, strict=True):
            scope.values.append(f"var.{name}")
            self._block(scope, f'variable "{name}"', lines)
        steps = [self._resource, self._resource, self._resource, self._locals]
        steps += [self._call] * 2 * (depth < DEEPEST - 1)
        self._resource(scope, depth)
        for _ in range(self.rng.randint(2, 7 - 2 * depth)):
            self.rng.choice(steps)(scope, depth)
        if not depth and self.rng.random() < 0.4:
            self._fed(scope)
        if self.rng.random() < 0.2:
            self._check(scope)
        return scope

    def _validated(self, scope: Scope, name: str) -> list[str]:
        lines = ["default = null"]
        if scope.things:
            condition = f'jsonencode([var.{name}, {self._value(scope, None)}]) != "no"'
            lines += ["validation {", f"  condition = {condition}", '  error_message = "No."', "}"]
        return lines

    def leaving(self, root: Scope) -> dict[str, str]:
        """What the configuration held before and holds no more."""
        if self.rng.random() > 0.25:
            return {}
        inner, outer = self._name("r"), self._name("r")
        low = f'resource "terraform_data" "{inner}" {{\n  input = [{self._value(root, None)}]\n}}\n'
        top = f'resource "terraform_data" "{outer}" {{\n  input = terraform_data.{inner}.id\n}}\n'
        return {"gone.tf": low + top}

    def _name(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._number}"

    def _value(self, scope: Scope, own: Keys) -> str:
        if scope.values and (not scope.things or self.rng.random() < 0.3):
            return self.rng.choice(scope.values)
        if not scope.things:
            return '"nothing"'
        return value_of(self.rng, self.rng.choice(scope.things[-6:]), own)

    def _repetition(self, scope: Scope) -> tuple[Keys, list[str]]:
        """Keys and the argument that makes them; what it refers to is known when planning."""
        chance = self.rng.random()
        if chance < 0.4:
            return None, []
        keyed = [thing for thing in scope.things if thing.keyed]
        counted = [thing for thing in scope.things if thing.counted]
        if chance < 0.55 and keyed:
            thing = self.rng.choice(keyed)
            repeated = f"{{ for name, item in {thing.head} : name => item.{thing.attributes[0]} }}"
            return thing.keys, [f"for_each = {self.rng.choice((thing.head, repeated))}"]
        if chance < 0.65 and counted:
            thing = self.rng.choice(counted)
            return thing.keys, [f"count = length({thing.head})"]
        if chance < 0.8:
            size = self.rng.choice((0, 1, 2, 2, 3))
            return tuple(range(size)), [f"count = {size}"]
        keys = keys_for(self.rng) or ()
        return keys, [f"for_each = toset([{', '.join(map(quote, keys))}])"]

    def _resource(self, scope: Scope, depth: int) -> None:
        rng, name, kind = self.rng, self._name("r"), self.rng.choice(self._kinds)
        keys, lines = self._repetition(scope)
        if rng.random() < 0.3 and kind.type.startswith("aws_") and not depth:
            lines.append(f"provider = {self._alias(scope)}")
        values = [self._value(scope, keys) for _ in range(rng.randint(0, 2))]
        if lines and "for_each" in lines[0] and rng.random() < 0.3:
            values.append(wrapped(rng, "jsonencode(each.value)" if self._aws else "each.value"))
        lines += kind.body(rng, values, self._mark(name, keys))
        lines += self._depends_on(scope)
        lines += self._lifecycle(scope, keys) if kind.mode == "resource" else []
        self._block(scope, f'{kind.mode} "{kind.type}" "{name}"', lines)
        scope.things.append(Thing(kind.head(name), keys, kind.attributes))

    def _mark(self, name: str, keys: Keys) -> str:
        """A literal that can be changed later, for one instance or for all."""
        text = f'"mark{name[1:]}"'
        if not keys or self.rng.random() < 0.4:
            self.marks[name] = None
            return text
        self.marks[name] = key = self.rng.choice(keys)
        own = "count.index" if isinstance(key, int) else "each.key"
        return f'({own} == {quote(key)} ? {text} : "")'

    def _depends_on(self, scope: Scope) -> list[str]:
        if not scope.things or self.rng.random() > 0.15:
            return []
        few = self.rng.sample(scope.things, self.rng.randint(1, min(2, len(scope.things))))
        return [f"depends_on = [{', '.join(thing.head for thing in few)}]"]

    def _lifecycle(self, scope: Scope, keys: Keys) -> list[str]:
        # Terraform stumbles over a trigger that has no instances.
        blocks = [
            t for t in scope.things if t.keys != () and re.match("terraform_data|aws", t.head)
        ]
        lines = []
        if self.rng.random() < 0.1:
            lines.append("  create_before_destroy = true")
        if blocks and self.rng.random() < 0.15:
            thing = self.rng.choice(blocks)
            index = self._index(thing, keys)
            lines.append(f"  replace_triggered_by = [{thing.head}{index}]")
        if (scope.things or scope.values) and self.rng.random() < 0.15:
            lines += [
                "  precondition {",
                f'    condition     = jsonencode([{self._value(scope, keys)}]) != "no"',
                '    error_message = "It does not hold."',
                "  }",
            ]
        return ["lifecycle {", *lines, "}"] if lines else []

    def _index(self, thing: Thing, own: Keys) -> str:
        if own and thing.keys and set(own) <= set(thing.keys):
            return "[count.index]" if isinstance(own[0], int) else "[each.key]"
        return f"[{quote(self.rng.choice(thing.keys))}].id" if thing.keys else ""

    def _locals(self, scope: Scope, depth: int) -> None:
        """A chain of locals that ends at what stands before."""
        one, two, three = (self._name("l") for _ in range(3))
        first, side = self._value(scope, None), self._value(scope, None)
        self._block(
            scope,
            "locals",
            [
                f"{one} = [{first}]",
                f"{two} = {{ named = local.{one}, side = {side} }}",
                f"{three} = local.{two}.named[0]",
            ],
        )
        scope.values += [f"local.{three}", f"local.{two}.side", f'local.{two}["side"]']

    def _call(self, scope: Scope, depth: int) -> None:
        """A module of its own, called once or twice."""
        rng, name = self.rng, self._name("m")
        folder = f"{scope.folder}{name}/"
        variables = [self._name("v") for _ in range(rng.randint(0, 2))]
        inside = self.module(folder, depth + 1, variables)
        outputs = tuple(self._output(inside) for _ in range(rng.randint(1, 2)))
        for each in (name, self._name("m"))[: 1 + (rng.random() < 0.25)]:
            keys, lines = self._repetition(scope)
            lines.append(f'source = "./{name}"')
            lines += [f"{v} = {self._value(scope, keys)}" for v in variables if rng.random() < 0.9]
            lines += self._depends_on(scope)
            if self._aws and not depth and rng.random() < 0.3:
                lines.append(f"providers = {{ aws = {self._alias(scope)} }}")
            self._block(scope, f'module "{each}"', lines)
            scope.things.append(Thing(f"module.{each}", keys, outputs))

    def _output(self, scope: Scope) -> str:
        name = self._name("o")
        lines = [f"value = {self._value(scope, None)}", *self._depends_on(scope)]
        if self.rng.random() < 0.15:
            condition = f'jsonencode([{self._value(scope, None)}]) != "no"'
            lines += ["precondition {", f"  condition = {condition}"]
            lines += ['  error_message = "No."', "}"]
        self._block(scope, f'output "{name}"', lines)
        return name

    def _fed(self, scope: Scope) -> None:
        """A module that is given what depends on one of its own outputs."""
        name, between, after = self._name("m"), self._name("r"), self._name("r")
        first, last = self._name("r"), self._name("r")
        inside = Scope(f"{name}/")
        self._scopes.append(inside)
        inside.lines.append('variable "fed" {}')
        self._block(inside, f'resource "terraform_data" "{first}"', ['input = "first"'])
        self._block(inside, f'resource "terraform_data" "{last}"', ["input = var.fed"])
        self._block(inside, 'output "first"', [f"value = terraform_data.{first}.output"])
        self._block(inside, 'output "last"', [f"value = terraform_data.{last}.output"])
        keys = self.rng.choice((None, (0, 1), ("a", "a.b.c")))
        index = f"[{quote(keys[0])}]" if keys else ""
        many = [f"for_each = toset([{', '.join(map(quote, keys))}])"] if keys else []
        many = ["count = 2"] if keys == (0, 1) else many
        fed = [f'source = "./{name}"', f"fed = terraform_data.{between}.output"]
        self._block(scope, f'module "{name}"', [*many, *fed])
        out = f"module.{name}{index}"
        self._block(scope, f'resource "terraform_data" "{between}"', [f"input = {out}.first"])
        self._block(scope, f'resource "terraform_data" "{after}"', [f"input = {out}.last"])

    def _check(self, scope: Scope) -> None:
        condition = f'jsonencode([{self._value(scope, None)}]) != "no"'
        lines = ["assert {", f"  condition = {condition}", '  error_message = "No."', "}"]
        self._block(scope, f'check "{self._name("c")}"', lines)

    def _alias(self, scope: Scope) -> str:
        """A provider of its own, which is told something of a resource."""
        name, given = self._name("p"), self._value(scope, None)
        # Unknown tags would break the provider's own promises while it is applied.
        tries = f"max_retries = length(jsonencode({given})) > 0 ? 20 : 21"
        lines = [f'alias = "{name}"', _REGION.strip(), tries]
        self._block(scope, 'provider "aws"', lines)
        return f"aws.{name}"

    def _block(self, scope: Scope, head: str, lines: Sequence[str]) -> None:
        scope.lines += [f"{head} {{", *(f"  {line}" for line in lines), "}"]
