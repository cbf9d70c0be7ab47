"""The resource types that random configurations are made of, and how a block of each is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

Body = Callable[[Random, Sequence[str], str], list[str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type; `body` writes its arguments from what it refers to and a literal."""

    type: str
    attributes: tuple[str, ...]
    body: Body
    mode: str = "resource"

    def head(self, name: str) -> str:
        """How a block of this kind is referred to."""
        return f"{'data.' * (self.mode == 'data')}{self.type}.{name}"


def _data(rng: Random, values: Sequence[str], mark: str) -> list[str]:
    given = [mark, *values]
    cut = rng.randint(1, len(given)) if rng.random() < 0.3 else len(given)
    lines = [f"input = {_shape(rng, given[:cut])}"]
    if given[cut:]:
        lines.append(f"triggers_replace = [{', '.join(given[cut:])}]")
    return lines


def _shape(rng: Random, values: Sequence[str]) -> str:
    """The values in one expression, as people write it."""
    listed = ", ".join(values)
    encoded = [f"jsonencode({value})" for value in values]
    template = "-".join(f"${{{value}}}" for value in encoded)
    first, last = encoded[0], encoded[-1]
    return rng.choice(
        (
            f"[{listed}]",
            "{ " + ", ".join(f"a{i} = {value}" for i, value in enumerate(values)) + " }",
            f'"{template}"',
            f"<<-EOT\n    # no.reference {template}\n  EOT",
            f"jsonencode([{listed}])",
            f'[{listed}, {last} == {first} ? "same" : {last}]',
            f'[for each_value in [{", ".join(encoded)}] : each_value if each_value != ""]',
            f"merge({{ first = {values[0]} }}, {{ rest = [{listed}] }})",
        )
    )


def _hash(values: Sequence[str]) -> str:
    return f"sha1(jsonencode([{', '.join(values)}]))"


def _tags(values: Sequence[str], mark: str) -> str:
    return f"tags = {{ Mark = sha1({mark}), Given = {_hash(values)} }}"


def _tagged(rng: Random, values: Sequence[str], mark: str) -> list[str]:
    return [_tags(values, mark)]


def _role(rng: Random, values: Sequence[str], mark: str) -> list[str]:
    policy = '{ Version = "2012-10-17", Statement = [] }'
    return [f"assume_role_policy = jsonencode({policy})", _tags(values, mark)]


def _group(rng: Random, values: Sequence[str], mark: str) -> list[str]:
    sets = [f'"{443 + i}" = {_hash([value])}' for i, value in enumerate(values)]
    return [
        _tags((), mark),
        'dynamic "ingress" {',
        f"  for_each = {{ {', '.join(sets)} }}",
        "  content {",
        "    description = ingress.value",
        "    from_port   = ingress.key",
        "    to_port     = ingress.key",
        '    protocol    = "tcp"',
        '    cidr_blocks = ["10.0.0.0/16"]',
        "  }",
        "}",
    ]


def _remote(rng: Random, values: Sequence[str], mark: str) -> list[str]:
    path = f'"${{path.root}}/{STATE}"'
    return [
        'backend = "local"',
        f"config = {{ path = {path} }}",
        f"defaults = {{ given = jsonencode([{', '.join((mark, *values))}]) }}",
    ]


STATE = "other.tfstate"
"""A state that the data source of another state reads."""
DATA = Kind("terraform_data", ("id", "output"), _data)
REMOTE = Kind("terraform_remote_state", ("outputs", "defaults"), _remote, "data")
BUILT_IN = (DATA, DATA, DATA, DATA, DATA, REMOTE)
"""What needs no provider and no network."""
AWS = (
    DATA,
    REMOTE,
    Kind("aws_sqs_queue", ("arn", "url", "tags"), _tagged),
    Kind("aws_sns_topic", ("arn", "name", "tags"), _tagged),
    Kind("aws_cloudwatch_log_group", ("arn", "name", "tags"), _tagged),
    Kind("aws_iam_role", ("arn", "unique_id", "tags"), _role),
    Kind("aws_security_group", ("id", "tags"), _group),
)
"""What needs an account, however small."""
