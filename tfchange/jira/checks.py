"""What is said of a field or a setting of a Jira site, once it was looked at. Pure."""

from collections.abc import Iterator

from tfchange.change.doctor import Check
from tfchange.errors import TfchangeError
from tfchange.jira.fields import Field, Screen
from tfchange.jira.site import Site


def files_at(base: str, site: Site) -> Iterator[Check]:
    """A warning where files cannot be read back, since Jira calls itself by another address."""
    if site.cloud or site.url == base.rstrip("/"):
        return
    yield Check(
        "files",
        "warning",
        f"Jira says that its files are at {base}, and our token goes to {site.url} alone.",
        f"To read files back, set jira.url to {base}.",
    )


def standing(id_: str, screen: Screen) -> Check:
    """Whether a field of Jira itself can be set."""
    if id_ in screen.all:
        return Check(f"field {id_}", "ok", f"{id_} is on the create screen.")
    why = {
        "labels": ("failed", "Changes are found again by their labels."),
        "description": ("warning", "The texts have nowhere to stand."),
    }[id_]
    advice = f"Put {id_} on the create and edit screens of the issue type."
    return Check(f"field {id_}", why[0], f"{id_} is not on the create screen. {why[1]}", advice)


def choice(word: str, field: Field, absent: list[str]) -> Check:
    """Whether a field has an option for each of our values; `absent` are those without."""
    if not absent:
        return Check(f"choices of {word}", "ok", f"{field.name} has an option for each value.")
    offered = ", ".join(label for label, _ in field.options)
    return Check(
        f"choices of {word}",
        "warning",
        f"{field.name} has no option for: {', '.join(absent)}.",
        f"Map them in jira.choices.{word} to some of: {offered}. Until then they stand in the "
        "description.",
    )


def failed(name: str, error: TfchangeError) -> Check:
    """What could not be looked at."""
    advice = error.advice or "Read docs/jira.md."
    return Check(name, "failed", f"{error.message}.", advice)
