"""Change requests through the Change Management API, or through the Table API where it is not.

Both find, read, create and edit the same records; what only one can do, the other says.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from tfchange.errors import AccessDeniedError, DeskError
from tfchange.servicenow.client import MISSING, TABLE, Client, RefusedError, Reply
from tfchange.servicenow.rows import Cell, Row, value
from tfchange.servicenow.states import Meanings, Offer, Stage, documented, offers

CHANGE = "/api/sn_chg_rest/change"
RECORDS = f"{TABLE}/change_request"
NEW = "(new)"
"""The id of a change in a rehearsal, which is not there."""

States = Callable[[], Mapping[Stage, Cell]]
"""Asks which state stands for which stage, where nothing better can be asked."""


class How(NamedTuple):
    """How a change is to be created."""

    kind: str
    """`normal`, `standard`, `emergency`."""
    template: str = ""
    """The sys_id of a standard change template."""
    model: str = ""
    """The sys_id or name of a change model."""


class Api(Protocol):
    """What the two have in common."""

    name: str

    def search(self, query: str) -> Iterator[Row]:
        """All change requests that match, or all at all where the query is not understood."""
        ...

    def get(self, id_: str) -> Row:
        """One change request."""
        ...

    def create(self, how: How, fields: Mapping[str, str]) -> Reply:
        """A new change request."""
        ...

    def patch(self, id_: str, fields: Mapping[str, str]) -> Reply:
        """The fields say what is given, as far as the instance lets them."""
        ...

    def offers(self, row: Row, meanings: Meanings, states: States) -> list[Offer]:
        """The states that it can go to from here."""
        ...


class ChangeApi:
    """The Change Management API, `sn_chg_rest`."""

    name = "change"

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(self, query: str) -> Iterator[Row]:
        """By pages of whatever size the instance has."""
        return self._client.pages(CHANGE, {"sysparm_query": query})

    def get(self, id_: str) -> Row:
        """The record in the form with values and labels."""
        return _only(self._client.get(f"{CHANGE}/{id_}"), id_)

    def create(self, how: How, fields: Mapping[str, str]) -> Reply:
        """From the template, by the model, or of the type."""
        if how.template:
            return self._client.send("POST", f"{CHANGE}/standard/{how.template}", dict(fields))
        if how.model:
            body = {**fields, "type": how.kind, "chg_model": how.model}
            return self._client.send("POST", CHANGE, body)
        if how.kind == "standard":
            return self._client.send("POST", CHANGE, {**fields, "type": how.kind})
        return self._client.send("POST", f"{CHANGE}/{how.kind}", dict(fields))

    def patch(self, id_: str, fields: Mapping[str, str]) -> Reply:
        """Whatever the type is."""
        return self._client.send("PATCH", f"{CHANGE}/{id_}", dict(fields))

    def offers(self, row: Row, meanings: Meanings, states: States) -> list[Offer]:
        """Asked of the model; where it has no such question, by the documentation."""
        id_ = value(row, "sys_id")
        if id_ != NEW:
            try:
                return offers(self._client.get(f"{CHANGE}/{id_}/nextstates").result, meanings)
            except RefusedError as error:
                if error.status != MISSING:
                    raise
        return _by_the_book(row, meanings, states)


class TableApi:
    """The Table API, which every instance has."""

    name = "table"

    def __init__(self, client: Client) -> None:
        self._client = client

    def search(self, query: str) -> Iterator[Row]:
        """With labels beside values, as the other API has them."""
        return self._client.table("change_request", query)

    def get(self, id_: str) -> Row:
        """The record with labels beside values."""
        return _only(self._client.get(f"{RECORDS}/{id_}", **BOTH), id_)

    def create(self, how: How, fields: Mapping[str, str]) -> Reply:
        """Of the type; the Table API makes nothing from templates."""
        body = {**fields, "type": how.kind, **({"chg_model": how.model} if how.model else {})}
        return self._client.send("POST", RECORDS, body, params=BOTH)

    def patch(self, id_: str, fields: Mapping[str, str]) -> Reply:
        """Whatever the type is."""
        return self._client.send("PATCH", f"{RECORDS}/{id_}", dict(fields), params=BOTH)

    def offers(self, row: Row, meanings: Meanings, states: States) -> list[Offer]:
        """By the documentation, since it cannot be asked; each step is read back."""
        return _by_the_book(row, meanings, states)


BOTH = {"sysparm_display_value": "all", "sysparm_exclude_reference_link": "true"}


def choose(client: Client, wish: str) -> Api:
    """The API to use; `auto` asks for the Change Management API and takes what is there."""
    if wish == "table":
        return TableApi(client)
    if wish == "auto":
        try:
            client.get(f"{CHANGE}/model", sysparm_query="active=true")
        except (RefusedError, AccessDeniedError):
            return TableApi(client)
    return ChangeApi(client)


def _by_the_book(row: Row, meanings: Meanings, states: States) -> list[Offer]:
    here = meanings.of(row["state"]) if "state" in row else None
    return documented(value(row, "type"), here, states()) if here else []


def _only(reply: Reply, id_: str) -> Row:
    if reply.rows and value(reply.rows[0], "sys_id") == id_:
        return reply.rows[0]
    raise DeskError(
        f"ServiceNow has no change {id_} for us",
        "It was deleted, or the user may not read it. Run the command again; it looks by key.",
    )
