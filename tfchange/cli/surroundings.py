"""What is looked at beside the desk, by the settings: the calendar, and the health of services."""

import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tfchange import settings
from tfchange.cli import options
from tfchange.cli.secrets import secret
from tfchange.gate.ask import Around, Look, Moment, Surroundings, nothing

if TYPE_CHECKING:
    from tfchange.calendar.model import Calendar, Force
    from tfchange.health.model import Health
    from tfchange.health.prometheus import Prometheus
    from tfchange.rulebook.rule import FreezePolicy, Policy


def calendar(policy: "Policy") -> "Calendar | None":
    """The calendar of the settings; None where they have none."""
    table = options.tables().get("calendar")
    if table is None:
        return None
    from tfchange.calendar.load import load
    from tfchange.calendar.names import Names

    names = Names(policy.environments, tuple(policy.groups))
    token = secret(os.environ, "TFCHANGE_CALENDAR_TOKEN")
    loaded = load(table, folder(), token=token, names=names)
    soft, hard = _force(policy.freezes.soft), _force(policy.freezes.hard)
    return msgspec.structs.replace(loaded, soft=soft, hard=hard)


def _force(said: "FreezePolicy") -> "Force":
    from tfchange.calendar.model import Force
    from tfchange.risk.assessment import Level

    return Force(frozenset(said.blocks), Level(said.level).rank)


def checks(blocks: Sequence[str] = ()) -> "Health | None":
    """What the settings want to be looked at around an apply; None where that is nothing.

    `blocks` are the categories that a spent error budget holds up by the policy.
    """
    table: dict[str, Any] | None = options.tables().get("health")
    if table is None:
        return None
    from tfchange.health.load import load

    return load(table, folder(), blocks)


def prometheus(some: "Health") -> "Prometheus":
    """The server that is asked for it."""
    from tfchange.health.prometheus import connect

    return connect(
        some.prometheus,
        token=secret(os.environ, "TFCHANGE_PROMETHEUS_TOKEN"),
        user=os.environ.get("TFCHANGE_PROMETHEUS_USER", ""),
        password=secret(os.environ, "TFCHANGE_PROMETHEUS_PASSWORD"),
    )


def surroundings(policy: "Policy", lead_days: int = 0, *, fail_open: bool) -> Surroundings:
    """What the gate looks at beside the desk, for a change with so much lead time."""
    tables = options.tables()
    return Surroundings(
        _dated(policy, lead_days) if tables.get("calendar") else nothing,
        _healthy(policy) if tables.get("health") else nothing,
        fail_open,
    )


def _dated(policy: "Policy", lead_days: int) -> Look:
    from tfchange.gate.around import dated

    # Read at the first question: an address that gives nothing then is one that can be asked again.
    loaded = cache(lambda: calendar(policy))

    def look(moment: Moment) -> Around:
        days = loaded()
        return dated(days, moment, lead_days) if days else Around()

    return look


def _healthy(policy: "Policy") -> Look:
    from tfchange.gate.around import by_health
    from tfchange.health.check import before

    health = checks(policy.spent_budget_blocks)
    if health is None:
        return nothing
    server = prometheus(health)

    def look(moment: Moment) -> Around:
        return by_health(before(health, server, now=lambda: moment.now), moment.ticket)

    return look


def folder() -> str:
    """The folder of the settings file, to which its paths are relative."""
    file = options.file() or settings.find(os.getcwd())
    return os.path.dirname(os.path.abspath(file)) if file else os.getcwd()
