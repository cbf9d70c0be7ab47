"""What a change request says, as the values of Jira fields; what has no field is told in words."""

from typing import Any

import msgspec

from tfchange.change.fit import fit, one_line
from tfchange.change.request import Block, ChangeRequest, Text
from tfchange.jira.config import OUTCOMES, JiraConfig
from tfchange.jira.fields import Field, Screen
from tfchange.jira.site import Site
from tfchange.jira.text import clean
from tfchange.risk.assessment import Category, Level

LIMIT = 30_000
"""Characters of a text as it is sent. Jira takes 32,767, and counts more than is sent."""
SUMMARY = 255

OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "impact": {
        "critical": ("Extensive / Widespread", "Critical"),
        "high": ("Significant / Large", "High"),
        "medium": ("Moderate / Limited", "Medium"),
        "low": ("Minor / Localized", "Low"),
    },
    "risk": {"critical": ("Critical", "Very high")},
    "outcome": {
        "successful": ("Successful", "Success", "Completed"),
        "partly": ("Partly", "Partially successful", "Successful with issues"),
        "failed": ("Failed", "Unsuccessful"),
    },
}
"""Options that fresh sites have for our values, where they differ from them."""

_URGENCY = {"emergency": "critical", "normal": "medium", "standard": "low"}
_LONG = ("implementation", "test", "backout", "risk_analysis")
_TITLES = {
    "change_type": "Change type", "risk": "Risk", "impact": "Impact", "likelihood": "Likelihood",
    "environment": "Environment", "start": "Planned start", "end": "Planned end",
    "services": "Affected services", "approvers": "Approval is asked of",
    "implementation": "Implementation plan", "test": "Test plan", "backout": "Backout plan",
    "risk_analysis": "Risk and impact analysis",
}  # fmt: skip
# Told only where Jira has a field for them: they say nothing that the rest does not.
_QUIET = frozenset({"urgency", "change_reason"})


class Composed(msgspec.Struct, frozen=True):
    """A request as fields of an issue."""

    fields: dict[str, Any]
    notes: tuple[str, ...]
    window: dict[str, str]
    """`start` and `end` to the fields that hold them."""


def compose(
    request: ChangeRequest,
    site: Site,
    screen: Screen,
    refused: frozenset[str] = frozenset(),
    limit: int = LIMIT,
) -> Composed:
    """The fields of the request; what has none, or was refused, stands in the description."""
    fields: dict[str, Any] = {"summary": summary(request.title)}
    left: list[str] = []
    for word in (*_scalars(request), *_LONG):
        field = screen.ours.get(word)
        value = None
        if field and field.id not in refused:
            value = _value(word, field, request, site, limit)
        if value is not None and field:
            fields[field.id] = value
        elif word not in _QUIET:
            left.append(word)
    if "description" in screen.all and "description" not in refused:
        text = fit(description(request, left), site.written, limit)
        fields["description"] = site.markup(text)
    window = {w: screen.ours[w].id for w in ("start", "end") if _set(w, screen, fields)}
    notes = _notes(request, screen, left, site.config)
    return Composed(fields, notes + _unknown(request, left, site.config), window)


def summary(title: str) -> str:
    """The title as a summary that Jira takes."""
    return one_line(clean(title), SUMMARY) or "Terraform change"


def description(request: ChangeRequest, left: list[str]) -> Text:
    """The description, with all that has no field of its own behind it."""
    told = _scalars(request)
    items = [f"{_TITLES[word]}: {told[word]}" for word in left if told.get(word)]
    if request.items:
        items.append(f"Affected configuration items: {', '.join(request.items)}")
    text = request.texts.description
    if items:
        text += (Block("heading", ("Details",)), Block("items", tuple(items)))
    for word in left:
        if word in _LONG and _long(request, word):
            text += (Block("heading", (_TITLES[word],)), *_long(request, word))
    return text


def plain_words() -> dict[str, tuple[str, ...]]:
    """Our words for fields with choices, and the values that tfchange has for them."""
    levels = tuple(str(level) for level in Level)
    categories = tuple(str(c) for c in Category if c is not Category.NONE)
    return {
        "change_type": categories,
        "risk": levels,
        "impact": levels,
        "likelihood": levels,
        "urgency": tuple(dict.fromkeys(_URGENCY.values())),
        "outcome": OUTCOMES,
    }


def choose(word: str, value: str, field: Field, config: JiraConfig) -> str | None:
    """The id of the option for our value, whatever its case; None where there is none."""
    offered = {label.strip().lower(): id_ for label, id_ in field.options}
    chosen = config.choices.get(word, {}).get(value)
    labels = (chosen,) if chosen else (*OPTIONS.get(word, {}).get(value, ()), value)
    return next((offered[n.strip().lower()] for n in labels if n.strip().lower() in offered), None)


def plain_value(word: str, value: str, field: Field, site: Site) -> Any:
    """The value for a field of any kind that holds one thing; None where it cannot."""
    if field.options:
        chosen = choose(word, value, field, site.config)
        made = {"id": chosen} if chosen else None
        return [made] if made and field.kind == "array" else made
    if field.kind == "datetime":
        return value.replace("Z", ".000+0000") or None
    if field.kind == "date":
        return value[:10] or None
    if field.long:
        return site.markup((Block("paragraph", (value,)),)) if value else None
    return one_line(clean(value), SUMMARY) or None if field.kind == "string" else None


def _value(word: str, field: Field, request: ChangeRequest, site: Site, limit: int) -> Any:
    if word in _LONG:
        return _text(_long(request, word), field, site, limit)
    if word == "services":
        return _many(word, request.services, field, site)
    if word == "approvers":
        return _people(request, field, site)
    if word in _QUIET and word not in site.config.fields and not field.required:
        return None
    told = _scalars(request)[word]
    return plain_value(word, told, field, site) if told else None


def _text(text: Text, field: Field, site: Site, limit: int) -> Any:
    if not text or not field.long:
        return None
    return site.markup(fit(text, site.written, limit))


def _many(word: str, values: tuple[str, ...], field: Field, site: Site) -> Any:
    """All of the values or none, so that a field never tells half."""
    if field.kind != "array" or not values:
        return None
    if field.items == "string" and not field.options:
        return [clean(v).replace(" ", "-") for v in values]
    # Jira does not list the services of a site, so their ids have to come from the settings.
    named = site.config.choices.get(word, {})
    chosen = (
        choose(word, v, field, site.config) if field.options else named.get(v) for v in values
    )
    ids = list(chosen)
    return [{"id": id_} for id_ in ids] if all(ids) else None


def _people(request: ChangeRequest, field: Field, site: Site) -> Any:
    known = site.config.approvers
    people = dict.fromkeys(p for a in request.approvals for p in known.get(a.group, ()))
    if "user" not in (field.items, field.kind) or not people:
        return None
    made = [site.person(name) for name in people]
    return made if field.kind == "array" else made[0]


def _scalars(request: ChangeRequest) -> dict[str, str]:
    window = request.window
    category = str(request.category)
    return {
        "change_type": category,
        "risk": str(request.level),
        "impact": str(request.impact),
        "likelihood": str(request.likelihood),
        "environment": request.environment,
        "urgency": _URGENCY.get(category, "medium"),
        "change_reason": "maintenance",
        "start": window.start if window else "",
        "end": window.end if window else "",
        "services": ", ".join(request.services),
        "approvers": ", ".join(dict.fromkeys(a.group for a in request.approvals)),
    }


def _long(request: ChangeRequest, word: str) -> Text:
    texts = request.texts
    return texts.risk if word == "risk_analysis" else tuple(getattr(texts, word))


def _notes(
    request: ChangeRequest, screen: Screen, left: list[str], config: JiraConfig
) -> tuple[str, ...]:
    told = _scalars(request)
    lost = [_TITLES[w] for w in left if told.get(w) or (w in _LONG and _long(request, w))]
    if not lost:
        return ()
    where = "they stand in the description"
    if "description" not in screen.all:
        where = f"the screen of {config.project} has no description either, so they are left out"
    return (f"Jira has no field, or no fitting option, for: {', '.join(lost)}; {where}.",)


def _unknown(request: ChangeRequest, left: list[str], config: JiraConfig) -> tuple[str, ...]:
    groups = dict.fromkeys(a.group for a in request.approvals)
    nobody = [] if "approvers" in left else [g for g in groups if not config.approvers.get(g)]
    if not nobody:
        return ()
    return (f"Nobody at Jira is known for {', '.join(nobody)}: name people in jira.approvers.",)


def _set(word: str, screen: Screen, fields: dict[str, Any]) -> bool:
    return word in screen.ours and fields.get(screen.ours[word].id) is not None
