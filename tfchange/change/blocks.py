"""Blocks of text from whatever there is to say: nothing empty, nothing with markup in it."""

from collections.abc import Iterable, Iterator

from tfchange.change.request import Block, Text
from tfchange.words import plain, unique


def paragraph(*sentences: str) -> Text:
    """One paragraph of these sentences, none where there are none."""
    said = " ".join(filter(None, map(_line, sentences)))
    return (Block("paragraph", (said,)),) if said else ()


def items(lines: Iterable[str]) -> Text:
    """A list with each line once."""
    return _list("items", lines)


def steps(lines: Iterable[str]) -> Text:
    """A numbered list with each line once."""
    return _list("steps", lines)


def headed(title: str, *texts: Text) -> Text:
    """The texts under a heading; nothing where they are all empty."""
    body = tuple(_all(texts))
    return (Block("heading", (title,)), *body) if body else ()


def _list(kind: str, lines: Iterable[str]) -> Text:
    said = tuple(unique(filter(None, map(_line, lines))))
    return (Block(kind, said),) if said else ()


def _all(texts: Iterable[Text]) -> Iterator[Block]:
    for text in texts:
        yield from text


def _line(text: str) -> str:
    return plain(text.strip())
