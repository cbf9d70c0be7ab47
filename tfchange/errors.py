"""Every error tfchange raises on purpose.

    TfchangeError                1   could not do what was asked
    ├── PlanError                1   the input is not a plan this tool can read
    ├── SourceError              1   files or the terraform program could not be used
    ├── RulebookError            1   rules, policies, envelopes or waivers have faults
    ├── CalendarError            1   a change calendar could not be had
    ├── DeskError                1   the service desk or the forge refused, or answered nonsense
    │   ├── AccessDeniedError    1   it does not know us, or does not let us
    │   ├── UnreachableError     1   it could not be asked; nothing was written
    │   ├── OutcomeUnknownError  1   something was sent to be written, and no answer came
    │   ├── FrozenError          1   the change can no longer be edited as it stands
    │   └── OvertakenError       1   a newer run has written the change in the meantime
    ├── HealthError              1   the service level could not be asked for
    │   └── UnansweredError      1   no answer came; it may well come later
    └── UsageError               2   the request itself is wrong (flags, settings)
        └── SettingsError        2   tfchange.yaml or an environment variable has faults

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


class CalendarError(TfchangeError):
    """A change calendar could not be had, so nobody knows whether there is a freeze."""


class DeskError(TfchangeError):
    """The service desk, or the forge, refused what was asked or answered what nobody can read."""


class AccessDeniedError(DeskError):
    """The service desk does not know these credentials, or they may not do this."""


class UnreachableError(DeskError):
    """The service desk could not be asked; it is certain that nothing was written."""


class OutcomeUnknownError(DeskError):
    """Something was sent to be written and no answer came: it may have been done, or not."""


class FrozenError(DeskError):
    """The change is too far along to be edited: it was approved for something else."""


class OvertakenError(DeskError):
    """A newer run has written the change in the meantime; it was left as it is."""


class HealthError(TfchangeError):
    """The server of metrics refused what was asked, or answered what nobody can read."""


class UnansweredError(HealthError):
    """The server of metrics cannot be reached or is in trouble; it may answer later."""


class UsageError(TfchangeError):
    """The request cannot be understood as it was made."""

    exit_code = 2


class SettingsError(UsageError):
    """Settings have faults; the message lists all of them, one a line."""
