"""The numbers behind the score; a policy's `weights` replace any of them by name."""

from tfchange.rulebook.rule import Policy

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


def weight(policy: Policy, name: str) -> int:
    """The points a policy gives for `name`; `uncertainty.other` for kinds that nobody priced."""
    found = policy.weights.get(name, DEFAULTS.get(name))
    return weight(policy, "uncertainty.other") if found is None else found


def saturate(raw: int, half: int) -> int:
    """0 to 100: 50 where `raw` equals `half`, rising ever more slowly, never falling."""
    return 100 * raw // (raw + half) if raw > 0 else 0


def nth(points: int, n: int) -> int:
    """What the n-th of many alike still costs: a second adds half, none adds less than 1."""
    return max(1, points // n) if points > 0 else 0
