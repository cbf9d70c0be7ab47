"""What a rehearsal would have written, as people and programs read it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from tfchange.change.rehearsed import Noted
from tfchange.words import plain

if TYPE_CHECKING:
    from tfchange.http import Call

Calls = Sequence["Noted | Call"]


def render(calls: Calls) -> str:
    """The calls as indented JSON."""
    told = [{"call": head, "body": body} for head, body in map(_parts, calls)]
    return msgspec.json.format(msgspec.json.encode(told)).decode() + "\n"


def text(calls: Calls, notes: Sequence[str] = ()) -> str:
    """The calls one below the other, in their order, and what is to be known about them."""
    told = "".join(f"Note: {plain(note)}\n" for note in notes)
    if not calls:
        return f"Nothing would be written.\n{told}"
    head = f"{len(calls)} writes are left out, since this is a dry run:\n"
    return (
        head + "".join(f"\n{head}\n{_pretty(body)}\n" for head, body in map(_parts, calls)) + told
    )


def _parts(call: "Noted | Call") -> tuple[str, object]:
    if isinstance(call, Noted):
        return f"{call.verb} {call.ticket}", call.told
    return f"{call.method} {call.url}", _body(call)


def _body(call: "Call") -> object:
    if "json" in call.media_type and call.body:
        try:
            return msgspec.json.decode(call.body)
        except msgspec.DecodeError:
            pass
    kind = call.media_type.partition(";")[0] or "no content"
    return f"({len(call.body):,} bytes of {kind})" if call.body else None


def _pretty(body: object) -> str:
    if body is None:
        return ""
    if isinstance(body, str):
        return body
    return msgspec.json.format(msgspec.json.encode(body)).decode()
