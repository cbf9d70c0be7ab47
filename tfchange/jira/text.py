"""Texts in the two markups of Jira: ADF for Cloud, wiki markup for Data Center. Pure.

Nothing in a text can become markup: in ADF text stands in nodes of its own, and in wiki markup each
character that could mean something is escaped.
"""

import re

from tfchange.change.request import Block, Text

ADF = dict[str, object]

# What XML 1.0 cannot hold, which Jira answers with an error: controls, surrogates, non-characters.
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
# The renderer of Atlassian knows a backslash before these and before no other.
_ESCAPABLE = frozenset("![]^~+?%{}()*|@")
# Inside of a word these two are only themselves.
_BETWEEN_WORDS = frozenset("_-")
_ENTITIES = frozenset("\\&")
_FACES = frozenset("DPp")
_HEADING = re.compile(r"^(h[1-6]|bq)\.")
_MARKS = {"items": "* ", "steps": "# "}


def adf(text: Text) -> ADF:
    """The text as an Atlassian document, for version 3 of the API."""
    return {"type": "doc", "version": 1, "content": [n for block in text for n in _nodes(block)]}


def wiki(text: Text) -> str:
    """The text in wiki markup, for version 2 of the API."""
    return "\n\n".join(_wiki_block(block) for block in text)


def clean(line: str) -> str:
    """The line without characters that no field of Jira takes; each becomes a space."""
    return _UNWANTED.sub(" ", line)


def escaped(line: str) -> str:
    """The line in wiki markup that shows as the line itself."""
    line = clean(line)
    # Outer spaces would be trimmed by the renderer, and an indented mark is still a list.
    line = line.strip()
    made = "".join(
        _escaped(char, line[number - 1 : number], line[number + 1 : number + 2])
        for number, char in enumerate(line)
    )
    return _HEADING.sub(lambda found: f"{found[1]}&#46;", made)


def _escaped(char: str, before: str, after: str) -> str:
    if char in _ESCAPABLE:
        return f"\\{char}"
    if char in _BETWEEN_WORDS:
        return char if before.isalnum() and after.isalnum() else f"\\{char}"
    # A number sign begins a list, and a colon a face such as :D; brackets are escaped already.
    mark = (char == "#" and not before) or (char == ":" and after in _FACES)
    return f"&#{ord(char)};" if mark or char in _ENTITIES else char


def _wiki_block(block: Block) -> str:
    if block.kind == "heading":
        return "\n".join(f"h3. {escaped(line)}" for line in block.lines)
    mark = _MARKS.get(block.kind, "")
    return "\n".join(f"{mark}{escaped(line)}" for line in block.lines)


def _nodes(block: Block) -> list[ADF]:
    if block.kind == "heading":
        return [_node("heading", _inline(line), attrs={"level": 3}) for line in block.lines]
    paragraphs = [_node("paragraph", _inline(line)) for line in block.lines]
    if block.kind not in _MARKS or not paragraphs:
        return paragraphs
    kind = "orderedList" if block.kind == "steps" else "bulletList"
    return [_node(kind, [_node("listItem", [each]) for each in paragraphs])]


def _node(kind: str, content: list[ADF], **more: object) -> ADF:
    return {"type": kind, **more, "content": content}


def _inline(line: str) -> list[ADF]:
    line = clean(line)
    return [{"type": "text", "text": line}] if line else []
