"""Times as Jira tells them and as it wants them."""

from tfchange.errors import DeskError


def utc(told: str) -> str:
    """ISO 8601 in UTC from `2026-11-23T11:00:00.000+0100`; `""` of nothing."""
    from datetime import UTC, datetime

    if not told:
        return ""
    try:
        when = datetime.fromisoformat(told)
    except ValueError:
        raise DeskError(
            "Jira tells a time that is none", "See what is wrong with: tfchange doctor"
        ) from None
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """This moment, in the same form."""
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_before(time: str) -> str:
    """The day before a moment, which has begun by then in the time zone of every user."""
    from datetime import datetime, timedelta

    return (datetime.fromisoformat(time) - timedelta(days=1)).strftime("%Y-%m-%d")
