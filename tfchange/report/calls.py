"""What a rehearsal would have written, as people and programs read it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from tfchange.change.fit import plain as as_lines
from tfchange.change.rehearsed import NEW, Noted
from tfchange.change.request import Text
from tfchange.words import count, json_text, plain

if TYPE_CHECKING:
    from tfchange.http import Call

Calls = Sequence["Noted | Call"]
_VERBS = {
    "open": "Open a change",
    "update": "Update {}",
    "transition": "Move {} on",
    "comment": "Comment on {}",
    "attach": "Attach a file to {}",
    "link": "Let {} refer to something",
    "close": "Close {}",
    "cancel": "Cancel {}",
    "review": "Record the review of {}",
}
_BLOCK = {"kind", "lines"}


def render(calls: Calls) -> str:
    """The calls as indented JSON."""
    told = [{"call": head, "body": body} for head, body in map(_parts, calls)]
    return json_text(msgspec.json.encode(told)) + "\n"


def text(calls: Calls, notes: Sequence[str] = ()) -> str:
    """The calls one below the other, in their order, and what is to be known about them.

    What they would write stands in words: a line for each thing that is there, no JSON.
    """
    told = "".join(f"Note: {plain(note)}\n" for note in notes)
    if not calls:
        return f"Nothing would be written.\n{told}"
    left = f"{count(len(calls), 'write')} {'is' if len(calls) == 1 else 'are'} left out"
    lines = [f"{left}, since this is a dry run:"]
    for call in calls:
        head, body = _parts(call)
        said = _words(call) if isinstance(call, Noted) else head
        lines += [
            "",
            f"{plain(said)}{':' if body else ''}",
            *(f"  {x}".rstrip() for x in _lines(body)),
        ]
    return "\n".join(lines) + f"\n{told}"


def _words(call: Noted) -> str:
    return _VERBS[call.verb].format("the new change" if call.ticket == NEW else call.ticket)


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


def _lines(body: object) -> Iterator[str]:
    """What is in it, each line with what it belongs to; what is empty is left out."""
    if isinstance(body, dict):
        for name, value in body.items():
            inner = list(_lines(value))
            if isinstance(value, dict | list | tuple) or len(inner) > 1:
                yield from [f"{_name(name)}:", *(f"  {line}" for line in inner)] if inner else ()
            else:
                yield from (f"{_name(name)}: {line}" for line in inner)
    elif isinstance(body, list | tuple) and all(
        isinstance(x, dict) and set(x) == _BLOCK for x in body
    ):
        yield from map(plain, as_lines(msgspec.convert(body, Text)).splitlines())
    elif isinstance(body, list | tuple):
        for each in body:
            inner = list(_lines(each))
            yield from (f"{'-' if at == 0 else ' '} {line}" for at, line in enumerate(inner))
    elif isinstance(body, bool):
        yield "yes" if body else "no"
    elif body is not None:
        yield from map(plain, str(body).splitlines())


def _name(name: object) -> str:
    return plain(str(name)).replace("_", " ")
