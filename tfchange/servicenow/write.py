"""Writing a request into a change: which fields, and what the instance did not take."""

from collections.abc import Mapping

from tfchange.change.request import ChangeRequest, Record
from tfchange.errors import DeskError
from tfchange.servicenow.api import CHANGE, NEW, Api, How
from tfchange.servicenow.choices import RISK, Choices, Names
from tfchange.servicenow.client import Client, RefusedError
from tfchange.servicenow.config import ServiceNowConfig
from tfchange.servicenow.fields import (
    OF_TEMPLATE,
    PREFIX,
    first_note,
    kind,
    missed_notes,
    told,
    update_note,
)
from tfchange.servicenow.kept import FIELD, Kept, kept
from tfchange.servicenow.rows import JOURNALS, Row, display, missed, value

Notes = tuple[str, ...]
NAMED = {
    "assignment_group": ("sys_user_group", "name"),
    "requested_by": ("sys_user", "user_name"),
}
"""Settings that name a record: its table, and the field that names it."""


class Writing:
    """Writes requests at one instance."""

    def __init__(
        self, client: Client, api: Api, config: ServiceNowConfig, choices: Choices, names: Names
    ) -> None:
        self._client, self._api, self._config = client, api, config
        self._choices, self._names = choices, names

    def create(
        self, request: ChangeRequest, record: Record, items: Mapping[str, str]
    ) -> tuple[Row, Notes]:
        """A new change with its key; the record as it was read back, and what was not taken."""
        how, notes = self._how(request)
        fields, more = self._fields(request, items, how.kind == "standard" and bool(how.template))
        settings, faults = self._settings()
        parent = next((x.ticket for x in request.links if x.relation == "successor of"), "")
        fields = {
            **fields,
            **settings,
            **({"parent": parent} if parent else {}),
            **_kept(request, record),
            "work_notes": first_note(request, all_of_it=bool(how.template)),
        }
        reply = self._api.create(how, fields)
        row = reply.rows[0] if reply.rows else {}
        if not value(row, "sys_id"):
            raise DeskError(
                "ServiceNow does not say which change it has opened",
                "Let the user read change_request, then run the command again: it looks by key.",
            )
        row = self._keyed(row, _kept(request, record))
        left_out = missed(fields, row, reply.ignored)
        return row, notes + more + faults + missed_notes(left_out)

    def update(
        self, row: Row, request: ChangeRequest, note: str, items: Mapping[str, str], *, new: bool
    ) -> tuple[Row, Notes]:
        """The change says the request, and the note stands in its history, by one request."""
        owned = bool(value(row, "std_change_producer_version"))
        fields, notes = self._fields(request, items, owned)
        fields |= _record(request, request.record, kept(row))
        fields["work_notes"] = update_note(note, request, all_of_it=owned)
        if new and value(row, "type") != kind(request):
            fields["type"] = kind(request)
        id_ = value(row, "sys_id")
        try:
            reply = self._api.patch(id_, fields)
        except RefusedError as error:
            if value(row, "type") != "standard":
                raise
            # Refused means not done. The rules of a template can forbid any field but these.
            fields = {name: fields[name] for name in ("correlation_display", FIELD, "work_notes")}
            reply = self._api.patch(id_, fields)
            notes += (f"Only a work note could be written: {error.message}.",)
        got = reply.rows[0] if reply.rows else {}
        return {**row, **got}, notes + missed_notes(missed(fields, got, reply.ignored))

    def complete(self, row: Row) -> tuple[Row, Notes]:
        """What the settings say and the change does not, it says; nothing that people have set.

        Settings can be put right after a change was opened which could not leave New without.
        """
        settings, _ = self._settings()
        lacking = {
            name: told
            for name, told in settings.items()
            if name in row and not value(row, name) and name not in JOURNALS
        }
        id_ = value(row, "sys_id")
        if not lacking or id_ == NEW:
            return row, ()
        try:
            reply = self._api.patch(id_, lacking)
        except RefusedError as error:
            return row, (f"{', '.join(lacking)} could not be set: {error.message}.",)
        got = reply.rows[0] if reply.rows else {}
        return {**row, **got}, missed_notes(missed(lacking, got, reply.ignored))

    def _fields(
        self, request: ChangeRequest, items: Mapping[str, str], bare: bool
    ) -> tuple[dict[str, str], Notes]:
        fields = {k: v for k, v in told(request).items() if not (bare and k in OF_TEMPLATE)}
        fields |= items
        notes: Notes = ()
        for name, level, own in (
            ("risk", request.level, self._config.risk),
            ("impact", request.impact, self._config.impact),
        ):
            names = (own[level],) if level in own else RISK[level]
            code = self._choices.code(name, names)
            if code:
                fields[name] = code
            else:
                notes += (self._no_choice(name, names[0], level),)
        return fields, notes

    def _no_choice(self, name: str, wish: str, level: str) -> str:
        choices = ", ".join(cell.display for cell in self._choices.of(name)) or "hidden"
        return (
            f"The field {name} was not set: there is no choice {wish} (choices: {choices}); "
            f"map {level} in servicenow.{name}."
        )

    def _settings(self) -> tuple[dict[str, str], Notes]:
        fields = dict(self._config.fields)
        notes: Notes = ()
        if self._config.category:
            fields["category"] = self._config.category
        for name, (table, field) in NAMED.items():
            wish = getattr(self._config, name)
            if not wish:
                continue
            id_, why = self._names.find(table, wish, field)
            if id_:
                fields[name] = id_
            else:
                notes += (f"The field {name} was not set: {why}.",)
        return fields, notes

    def _how(self, request: ChangeRequest) -> tuple[How, Notes]:
        what, templates = kind(request), self._config.templates
        model = self._config.chg_models.get(what, "")
        if what != "standard":
            return How(what, model=model), ()
        wish = templates.get(request.envelope or "") or templates.get("default", "")
        if not wish:
            return How(what, model=model), ()
        if self._api.name == "table":
            return How(what, model=model), (
                f"The template {wish} was not used: templates need the Change Management API.",
            )
        id_ = self._template(wish)
        if not id_:
            raise DeskError(
                f"ServiceNow has no active standard change template {wish}",
                "Correct servicenow.templates; tfchange doctor lists what there is.",
            )
        return How(what, template=id_), ()

    def _template(self, wish: str) -> str:
        asked = {"sysparm_query": "active=true"}
        for row in self._client.pages(f"{CHANGE}/standard/template", asked):
            if wish in (value(row, "sys_id"), *template_names(row)):
                return value(row, "sys_id")
        return ""

    def _keyed(self, row: Row, fields: Mapping[str, str]) -> Row:
        """The record with its key in it; a change that could not be found again is no use."""
        if value(row, "correlation_id") == fields["correlation_id"]:
            return row
        id_ = value(row, "sys_id")
        reply = self._api.patch(id_, fields)
        row = {**row, **(reply.rows[0] if reply.rows else {})}
        if value(row, "correlation_id") == fields["correlation_id"] or id_ == NEW:
            return row
        raise DeskError(
            f"{value(row, 'number')} was opened, but ServiceNow does not keep its correlation_id",
            f"Cancel {value(row, 'number')} there, and let the user read and write correlation_id "
            "and correlation_display of change_request.",
        )


def template_names(row: Row) -> tuple[str, ...]:
    """What a template may be called by."""
    fields = ("name", "sys_name", "short_description", "template")
    return tuple(filter(None, (display(row, field) for field in fields)))


def _kept(request: ChangeRequest, record: Record) -> dict[str, str]:
    return {"correlation_id": f"{PREFIX}{request.key.digest}", **_record(request, record)}


def _record(request: ChangeRequest, record: Record, before: Kept | None = None) -> dict[str, str]:
    return {"correlation_display": record.to_text(), FIELD: Kept.of(request, before).to_text()}
