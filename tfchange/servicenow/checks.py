"""Checks of fields, choices and names at a ServiceNow instance, and the mapping that fits it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tfchange.change.doctor import Check
from tfchange.servicenow.api import CHANGE, Api
from tfchange.servicenow.choices import OUTCOMES, RISK, Choices, Names
from tfchange.servicenow.client import Client
from tfchange.servicenow.config import ServiceNowConfig
from tfchange.servicenow.emergencies import FOUND, REVIEWED
from tfchange.servicenow.fields import LINE
from tfchange.servicenow.kept import FIELD
from tfchange.servicenow.rows import display, value
from tfchange.servicenow.states import Meanings, Stage
from tfchange.servicenow.write import NAMED, template_names

KEYS = ("correlation_id", "correlation_display", "state")
"""Fields without which nothing works."""
TEXTS = (
    "short_description",
    "description",
    "justification",
    "risk_impact_analysis",
    "implementation_plan",
    "test_plan",
    "backout_plan",
    "risk",
    "impact",
    "start_date",
    "end_date",
    "parent",
    "approval",
    "close_code",
    "close_notes",
)


FOR_GATE = {
    FIELD: "whose commit a change is for, its envelope and its incident",
    "closed_at": "when a change was closed, save by its last update",
    REVIEWED: "which emergencies have been reviewed",
    FOUND: "what a review has found",
}
"""Fields that the gate and reviews need beside, and what is not known without."""


def fields(client: Client) -> Iterator[Check]:
    """Which fields can be read and written, as far as the instance tells."""
    asked = ",".join(("sys_id", *KEYS, *TEXTS, *FOR_GATE))
    newest = client.first("change_request", "ORDERBYDESCsys_created_on", asked, 1)
    if not newest:
        said = "There is no change yet, so nobody can tell which fields the user may read."
        yield Check("fields", "warning", said, "Open one by hand, then run: tfchange doctor")
    else:
        yield from _hidden(set(newest[0]))
    yield from _dictionary(client)


def _hidden(there: set[str]) -> Iterator[Check]:
    advice = "Let the user read and write them in change_request (access controls, ACLs)."
    keys = [name for name in KEYS if name not in there]
    texts = [name for name in TEXTS if name not in there]
    if keys:
        said = f"The user may not read {', '.join(keys)}, which tfchange cannot do without."
        yield Check("fields", "failed", said, advice)
    if texts:
        said = f"The user may not read {', '.join(texts)}; what they say is not checked."
        yield Check("fields", "warning", said, advice)
    gate = {name: what for name, what in FOR_GATE.items() if name not in there}
    if gate:
        said = f"The user may not read {', '.join(gate)}; not known: {', '.join(gate.values())}."
        yield Check("fields", "warning", said, advice)
    if not keys and not texts and not gate:
        yield Check("fields", "ok", "All fields that are written can be read.")


def _dictionary(client: Client) -> Iterator[Check]:
    every = (*KEYS, *TEXTS, *FOR_GATE)
    names = ",".join(every)
    query = f"nameINchange_request,task^elementIN{names}"
    found = client.first("sys_dictionary", query, "name,element,read_only,max_length", 100)
    told = {value(row, "element"): row for row in found if value(row, "element") in every}
    if not told:
        said = "Nobody can tell which fields may be written: sys_dictionary cannot be read."
        yield Check("field rules", "warning", said, "What is not taken is said with each change.")
        return
    locked = [name for name, row in told.items() if value(row, "read_only") == "true"]
    if locked:
        said = f"Read-only by the dictionary: {', '.join(locked)}."
        state = "failed" if set(locked) & set(KEYS) else "warning"
        yield Check("field rules", state, said, "Make them writable, or do without them.")
    length = value(told["short_description"], "max_length") if "short_description" in told else ""
    if length.isdigit() and int(length) < LINE:
        said = f"A short description keeps {length} characters; titles of up to {LINE} are cut."
        yield Check("field rules", "warning", said, f"Set its length to {LINE}.")
    elif not locked:
        yield Check("field rules", "ok", "No field is read-only by the dictionary.")


def choices(config: ServiceNowConfig, known: Choices, learnt: dict[str, object]) -> Iterator[Check]:
    """What our words are called at the instance; the mapping is learnt."""
    levels = {str(level): names for level, names in RISK.items()}
    for wish in (
        _Wish("risk", "risk", levels, config.risk),
        _Wish("impact", "impact", levels, config.impact),
        _Wish("close_code", "close_codes", OUTCOMES, config.close_codes),
    ):
        yield _choice(wish, known, learnt)
    yield _states(config, known)


class _Wish(NamedTuple):
    element: str
    setting: str
    words: dict[str, tuple[str, ...]]
    own: dict[str, str]


def _choice(wish: _Wish, known: Choices, learnt: dict[str, object]) -> Check:
    element, setting, words, own = wish
    labels = {cell.value: cell.display for cell in known.of(element)}
    found = {w: known.code(element, (own[w],) if w in own else n) for w, n in words.items()}
    missing = [word for word, code in found.items() if not code]
    name = f"choices of {element}"
    listed = ", ".join(labels.values()) or "none can be read"
    if missing:
        said = f"Nothing stands for {', '.join(missing)}; there is: {listed}."
        advice = f"Map them in servicenow.{setting}, such as {missing[0]}: LABEL."
        return Check(name, "failed" if own else "warning", said, advice)
    learnt[setting] = {word: labels[code] for word, code in found.items()}
    pairs = ", ".join(f"{word} is {labels[code]}" for word, code in found.items())
    if known.listed(element):
        return Check(name, "ok", f"{pairs[0].upper()}{pairs[1:]}.")
    said = f"sys_choice cannot be read; from other changes: {pairs}."
    return Check(name, "warning", said, "Let the user read sys_choice, or keep this mapping.")


def _states(config: ServiceNowConfig, known: Choices) -> Check:
    meanings = Meanings(config.states)
    cells = known.of("state")
    unknown = [cell.display for cell in cells if meanings.of(cell) is None]
    missing = [str(stage) for stage in Stage if stage not in known.states(meanings)]
    if unknown:
        said = f"Nobody has said what these states mean: {', '.join(unknown)}."
        advice = f"Map them in servicenow.states, such as {unknown[0]}: implement."
        return Check("states", "warning", said, advice)
    if missing:
        said = f"No state was found for: {', '.join(missing)}."
        advice = "Let the user read sys_choice; the codes of the base system are used until then."
        return Check("states", "warning", said, advice)
    return Check("states", "ok", f"All {len(cells)} states are known.")


def names(
    config: ServiceNowConfig,
    client: Client,
    known: Names,
    api: Api,
    learnt: dict[str, object],
) -> Iterator[Check]:
    """Whether what the settings name is there."""
    for setting, (table, field) in NAMED.items():
        yield from _named(setting, getattr(config, setting), table, field, known)
    yield from _named("cmdb_ci", config.cmdb_ci, "cmdb_ci", "name", known)
    if api.name == "change":
        yield from _templates(config, client)
        yield from _listed("change models", config.chg_models.values(), _models(client))
    elif config.templates:
        said = "Templates need the Change Management API, which is not used."
        yield Check("templates", "warning", said, "Standard changes are recorded without one.")
    if config.assignment_group:
        learnt["assignment_group"] = config.assignment_group


def _named(setting: str, wish: str, table: str, field: str, known: Names) -> Iterator[Check]:
    if not wish:
        if setting == "assignment_group":
            said = "No group is set, and changes cannot leave New without one."
            advice = "Set servicenow.assignment_group, unless your change models preset it."
            yield Check(setting, "warning", said, advice)
        return
    _, why = known.find(table, wish, field)
    if why:
        advice = f"Correct servicenow.{setting}, or let the user read {table}."
        yield Check(setting, "failed", f"{why}.", advice)
    else:
        yield Check(setting, "ok", f"{wish} is there.")


def _templates(config: ServiceNowConfig, client: Client) -> Iterator[Check]:
    found = client.pages(f"{CHANGE}/standard/template", {"sysparm_query": "active=true"})
    there = [(value(row, "sys_id"), display(row, "sys_id"), *template_names(row)) for row in found]
    if config.templates:
        yield from _listed("templates", config.templates.values(), there)
        return
    listed = ", ".join(sorted({each[2] for each in there if len(each) > 2})) or "none"
    said = f"No template is mapped; active there: {listed}."
    advice = "Map envelopes in servicenow.templates, such as default: NAME."
    yield Check("templates", "warning", said, advice)


def _models(client: Client) -> Iterator[tuple[str, ...]]:
    for row in client.pages(f"{CHANGE}/model", {"sysparm_query": "active=true"}):
        yield (value(row, "sys_id"), *template_names(row))


def _listed(what: str, wishes: Iterable[str], there: Iterable[tuple[str, ...]]) -> Iterator[Check]:
    wanted = list(wishes)
    if not wanted:
        return
    known = {name for each in there for name in each}
    missing = [wish for wish in wanted if wish not in known]
    if missing:
        advice = f"There is: {', '.join(sorted(known)) or 'none'}. Correct the settings."
        yield Check(what, "failed", f"Not there, or not active: {', '.join(missing)}.", advice)
    else:
        yield Check(what, "ok", f"All {len(wanted)} that are mapped are there.")
