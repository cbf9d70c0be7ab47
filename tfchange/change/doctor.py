"""What an examination of a desk finds: checks with advice, and settings that fit the desk."""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    """A phrase, such as `credentials` or `field Backout plan`."""
    state: str
    """`ok`, `warning` (works, but less well) or `failed`."""
    said: str
    """What was found, as a finished sentence."""
    advice: str = ""
    """What to do about it; never empty for what failed."""


class Examination(msgspec.Struct, frozen=True):
    """All checks in the order they were made, and what was learnt."""

    checks: tuple[Check, ...]
    settings: dict[str, object] = msgspec.field(default_factory=dict)
    """The table of this desk for tfchange.yaml, ready to be written; no secret is in it."""

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return all(check.state != "failed" for check in self.checks)
