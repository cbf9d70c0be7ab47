"""Every error tfchange raises on purpose.

    TfchangeError            1   could not do what was asked
    ├── PlanError            1   the input is not a plan this tool can read
    ├── SourceError          1   files or the terraform program could not be used
    ├── RulebookError        1   rules, policies, envelopes or waivers have faults
    └── UsageError           2   the request itself is wrong (flags, settings)
        └── SettingsError    2   tfchange.yaml or an environment variable has faults

Anything else that reaches the top is a bug in tfchange and ends with exit code 70.
"""


class TfchangeError(Exception):
    """Says what was wrong in `message` and what to do about it in `advice` (often a command)."""

    exit_code = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class PlanError(TfchangeError):
    """The bytes are not a Terraform plan, or one of a major version from the future."""


class SourceError(TfchangeError):
    """A file, a folder or the terraform program could not be used."""


class RulebookError(TfchangeError):
    """Rule files have faults; the message lists all of them, one a line."""


class UsageError(TfchangeError):
    """The request cannot be understood as it was made."""

    exit_code = 2


class SettingsError(UsageError):
    """Settings have faults; the message lists all of them, one a line."""
