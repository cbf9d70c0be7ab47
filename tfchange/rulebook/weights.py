"""The numbers behind the score where a policy gives none, and which of them make it smaller."""

from collections.abc import Mapping

DEFAULTS: dict[str, int] = {
    "action.create": 1,
    "action.update": 1,
    "action.replace": 3,
    "action.delete": 4,
    "action.forget": 2,
    "action.import": 1,
    "action.cap": 10,
    "blast.max": 30,
    "blast.half": 600,
    "drift.max": 20,
    "drift.half": 40,
    "uncertainty.checks": 2,
    "uncertainty.construct": 4,
    "uncertainty.deferred": 4,
    "uncertainty.environment": 5,
    "uncertainty.errored": 20,
    "uncertainty.incomplete": 5,
    "uncertainty.no-configuration": 5,
    "uncertainty.no-state": 3,
    "uncertainty.other": 2,
    "uncertainty.redacted": 20,
    "uncertainty.source-missing": 2,
    "uncertainty.source-unparsed": 3,
    "uncertainty.targeted": 5,
    "uncertainty.unknown-format": 5,
    "uncertainty.unknown-type": 1,
    "uncertainty.unknown-value": 3,
    "uncertainty.version": 2,
}
"""`action.*` are points for each instance, up to `action.cap` instances of a kind;
`*.max` is what a blast radius or drift of 100 would cost; `*.half` is the raw sum that makes 50;
`uncertainty.*` are points for each thing not known."""


def counted(name: str, weights: Mapping[str, int]) -> int:
    """The number that counts where these weights are given; `uncertainty.other` for kinds that
    nobody priced.
    """
    found = weights.get(name, DEFAULTS.get(name))
    return counted("uncertainty.other", weights) if found is None else found


def milder(name: str, said: int, above: int) -> bool:
    """Whether a number makes scores smaller: half of a scale does where it is large."""
    return said > above if name.endswith(".half") else said < above
