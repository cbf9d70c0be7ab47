"""CEL expressions over `before`, `after` and `change`; the only home of cel-expr-python.

Importing and compiling CEL takes as long as the rest of judging a small plan, so that what most
rules are made of is answered without it, see `evaluate`; CEL answers all else.

Beside CEL's own functions there are a few that compare two versions of a resource by meaning,
see `FUNCTIONS`. They are part of tfchange, never of a rule pack.
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import msgspec

from tfchange.digest import sha256
from tfchange.rulebook import evaluate, exposure, policies, syntax, versions, view

FUNCTIONS: dict[str, tuple[Callable[[Any, Any], object], frozenset[str]]] = {
    "opens_to_world": (exposure.opens_to_world, exposure.FIELDS),
    "only_narrows": (exposure.only_narrows, exposure.FIELDS),
    "gains_wildcard": (policies.gains_wildcard, policies.DOCUMENTS),
    "becomes_public": (policies.becomes_public, policies.DOCUMENTS),
    "trusts_more": (policies.trusts_more, policies.DOCUMENTS | {"arn"}),
    "version_step": (versions.version_step, frozenset()),
}
"""Functions of two arguments, and the attributes they look at in a whole resource."""

_KINDS = ("MAP", "LIST", "STRING", "NULL", "INT", "DOUBLE", "BOOL")
_FIELD = re.compile(r"""\b(before|after)(?:\.(\w+)|\[(["'])(\w+)\3\])""")
_LOOP = re.compile(r"""\[((?:\s*"\w+"\s*,?)+)\]\.(?:exists|all)\(\s*(\w+)\s*,""")
_CALL = re.compile(rf"\b({'|'.join(FUNCTIONS)})\(\s*before\s*,\s*after\s*\)")
_PRESENCE = re.compile(r"\b(?:before|after)\s*[!=]=\s*null")
_CHANGE = re.compile(r"\bchange\.(\w+)")
_BARE = re.compile(r"\b(?:before|after)\b")


class Needs(msgspec.Struct, frozen=True):
    """What an expression looks at, so that nothing else is handed over."""

    fields: frozenset[str] | None
    """Top-level attributes of `before` and `after`; None for all."""
    change: frozenset[str]
    """Members of `change`."""


class ExpressionError(ValueError):
    """The expression cannot be compiled; the message is CEL's own."""


class Expression:
    """One expression, which is compiled when it is first asked.

    It is asked once for the same values, since the instances of a module are alike.
    """

    __slots__ = ("_answers", "_plain", "_program", "needs", "text")

    def __init__(self, text: str) -> None:
        self.text, self.needs = text, needs(text)
        self._plain: evaluate.Ask | None = None
        self._program: Any = None
        self._answers: dict[bytes, bool] = {}

    def holds(self, before: object, after: object, unknown: object, change: object) -> bool:
        """Whether the expression is true; an error, such as a missing key, is not true."""
        fields = self.needs.fields
        before, after, unknown = (view.pick(tree, fields) for tree in (before, after, unknown))
        try:
            key = sha256(msgspec.json.encode((before, after, unknown, change))).digest()
            if key not in self._answers:
                self._answers[key] = self._ask(before, after, unknown, change)
        except (ValueError, RuntimeError, RecursionError, msgspec.MsgspecError):
            return False
        return self._answers[key]

    def _ask(self, before: object, after: object, unknown: object, change: object) -> bool:
        seen = {
            "before": view.resource(before, None),
            "after": view.resource(after, unknown),
            "change": change,
        }
        try:
            if self._plain is None:
                self._plain = plainly(self.text)
            return self._plain(seen) is True
        except evaluate.WrongError:
            return False
        except syntax.BeyondError:
            return self._by_cel(seen)

    def _by_cel(self, seen: dict[str, Any]) -> bool:
        if self._program is None:
            self._program = compile_expression(self.text)
        # Errors are values in CEL, so that only `true` itself counts.
        return self._program.eval(data=seen).value() is True


def needs(text: str) -> Needs:
    """What the expression looks at."""
    fields = {found[2] or found[4] for found in _FIELD.finditer(text)}
    for call in _CALL.finditer(text):
        fields |= FUNCTIONS[call[1]][1]
    rest = _FIELD.sub("", _PRESENCE.sub("", _CALL.sub("", text)))
    for names, variable in _LOOP.findall(text):
        fields.update(re.findall(r"\w+", names))
        rest = re.sub(rf"\b(before|after)\[{variable}\]", "", rest)
        rest = re.sub(rf"\b{variable} in (before|after)\b", "", rest)
    return Needs(
        None if _BARE.search(rest) else frozenset(fields), frozenset(_CHANGE.findall(text))
    )


def plainly(text: str) -> evaluate.Ask:
    """What answers the expression without CEL, and raises BeyondError where CEL has to."""
    functions = {name: function for name, (function, _) in FUNCTIONS.items()}
    try:
        return evaluate.build(syntax.parse(text, tuple(functions)), functions)
    except syntax.BeyondError:
        return _beyond


def _beyond(_: evaluate.Seen) -> Any:
    raise syntax.BeyondError


def compile_expression(text: str) -> Any:
    """The program; ExpressionError where the text is not CEL or does not say true or false."""
    from cel_expr_python import cel

    try:
        program = _environment().compile(text)
    except RuntimeError as error:
        said = str(error).splitlines()[0].removeprefix("INVALID_ARGUMENT: ")
        raise ExpressionError(said) from None
    if program.return_type() not in (cel.Type.BOOL, cel.Type.DYN):
        raise ExpressionError("the expression does not say true or false")
    return program


@cache
def _environment() -> Any:
    from cel_expr_python import cel

    variables = dict.fromkeys(("before", "after", "change"), cel.Type.DYN)
    return cel.NewEnv(variables=variables, functions=[_declare(cel, name) for name in FUNCTIONS])


def _declare(cel: Any, name: str) -> Any:
    # A declaration for dynamic arguments is not found at run time, so each pair of kinds has one.
    function = FUNCTIONS[name][0]
    result = cel.Type.STRING if name == "version_step" else cel.Type.BOOL
    return cel.FunctionDecl(name, [
        cel.Overload(f"{name}_{a}_{b}", return_type=result,
                     parameters=[getattr(cel.Type, a), getattr(cel.Type, b)], impl=function)
        for a, b in product(_KINDS, _KINDS)
    ])  # fmt: skip
