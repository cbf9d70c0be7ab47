"""Reads references from the syntax tree that python-hcl2 makes.

The tree is Lark's: nodes have `data` (the rule of the grammar) and `children`, of which tokens are
strings. Neither package is imported here.
"""

from collections.abc import Iterator
from typing import Any

from tfchange.source import skim
from tfchange.source.references import (
    LEGACY_SPLAT,
    SPLAT,
    TRIES,
    Item,
    Step,
    index_text,
    target_of,
    unproved,
)

_CHAIN = {
    "get_attr_expr_term",
    "index_expr_term",
    "attr_splat_expr_term",
    "full_splat_expr_term",
}
_FOR = {"for_tuple_expr", "for_object_expr"}
_HEREDOC = {"heredoc_template", "heredoc_template_trim"}
_NOTHING: frozenset[str] = frozenset()


def items(tree: Any) -> list[Item]:
    """The arguments of the one block in the tree, nested blocks included, in their order."""
    return [item for block in _nodes(tree.children[0], "block") for item in _items(block, ())]


def traversals(node: Any) -> Iterator[str]:
    """The targets an expression refers to, in the order of the text; some may come twice."""
    return _traversals(node, _NOTHING)


def _items(block: Any, path: tuple[Step, ...]) -> Iterator[Item]:
    for node in block.children[-2].children:
        if node.data == "attribute":
            name, expression = _word(node.children[0]), node.children[-1]
            yield Item(path, name, expression, _bare(expression))
        elif node.data == "block":
            yield from _items(node, (*path, _step(node)))


def _step(block: Any) -> Step:
    heads = block.children[: block.children.index("{")]
    return tuple(_word(node) for node in heads if node.data != "new_line_or_comment")


def _word(node: Any) -> str:
    parts = [_word(child) if _is_node(child) else str(child) for child in node.children]
    return "".join(parts).strip('"')


def _bare(expression: Any) -> str:
    names = list(_nodes(expression, "identifier"))
    return _word(names[0]) if len(expression.children) == len(names) == 1 else ""


def _traversals(node: Any, hidden: frozenset[str]) -> Iterator[str]:
    if not _is_node(node):
        return
    if node.data in _CHAIN:
        yield from _chain(node, hidden)
    elif node.data in _FOR:
        yield from _for(node, hidden)
    elif node.data == "string":
        yield from _string(node, hidden)
    elif node.data in _HEREDOC:
        yield from _heredoc(str(node.children[0]), hidden)
    else:
        found = (each for child in node.children for each in _traversals(child, hidden))
        yield from map(unproved, found) if _tries(node) else found


def _tries(node: Any) -> bool:
    return node.data == "function_call" and _word(node.children[0]) in TRIES


def _chain(node: Any, hidden: frozenset[str]) -> Iterator[str]:
    steps: list[str] = []
    indices: list[Any] = []
    while _is_node(node) and node.data in _CHAIN:
        base, last = node.children
        steps[:0] = _steps(last)
        indices.insert(0, last)
        node = base.children[0] if len(base.children) == 1 else base
    root = _word(node) if node.data == "identifier" else ""
    if root and root not in hidden and (target := target_of(root, steps)):
        yield target
    if not root:
        yield from _traversals(node, hidden)
    for index in indices:
        yield from _traversals(index, hidden)


def _steps(node: Any) -> list[str]:
    if node.data == "get_attr":
        return [_word(node.children[-1])]
    if node.data == "short_index":
        return [f"[{node.children[-1]}]"]
    if node.data == "braces_index":
        return [index_text(_text(node)[1:-1])]
    splat = LEGACY_SPLAT if node.data == "attr_splat" else SPLAT
    return [splat, *(step for child in node.children[1:] for step in _steps(child))]


def _for(node: Any, hidden: frozenset[str]) -> Iterator[str]:
    intro = next(_nodes(node, "for_intro"))
    names = frozenset(_word(name) for name in _nodes(intro, "identifier"))
    for child in intro.children:
        if _is_node(child) and child.data != "identifier":
            yield from _traversals(child, hidden)
    for child in node.children:
        if child is not intro:
            yield from _traversals(child, hidden | names)


def _string(node: Any, hidden: frozenset[str]) -> Iterator[str]:
    scopes = [hidden]
    for part in _nodes(node, "string_part"):
        child = part.children[0]
        yield from _traversals(child, scopes[-1])
        if _is_node(child) and child.data == "template_for_start":
            scopes.append(scopes[-1].union(_word(n) for n in _nodes(child, "identifier")))
        elif _is_node(child) and child.data == "template_endfor" and len(scopes) > 1:
            scopes.pop()


def _heredoc(text: str, hidden: frozenset[str]) -> Iterator[str]:
    # python-hcl2 keeps a heredoc as one token, so its templates are read by pattern.
    for target in skim.traversals(skim.template(text)):
        if target.split(".", 1)[0] not in hidden:
            yield target


def _text(node: Any) -> str:
    if not _is_node(node):
        return str(node)
    if node.data == "new_line_or_comment":
        return " "
    return "".join(_text(child) for child in node.children)


def _nodes(node: Any, rule: str) -> Iterator[Any]:
    return (child for child in node.children if _is_node(child) and child.data == rule)


def _is_node(node: Any) -> bool:
    return hasattr(node, "children")
