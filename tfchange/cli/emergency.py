"""An emergency, as a person declares it."""

import time

import click

from tfchange.risk.assessment import Emergency

REVIEW_DAYS = 5
"""An emergency change is reviewed afterwards, within so many days."""


def emergency(declared: bool, incident: str | None) -> Emergency | None:
    """The emergency that was declared, if one was; it is always for an incident."""
    if declared and not incident:
        raise click.UsageError("--emergency needs --incident ID: an emergency is always for one.")
    if incident and not declared:
        raise click.UsageError("--incident is for --emergency: add it, or leave both out.")
    if not incident:
        return None
    due = time.gmtime(time.time() + REVIEW_DAYS * 86_400)
    return Emergency(incident, time.strftime("%Y-%m-%d", due))
