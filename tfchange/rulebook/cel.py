"""CEL expressions over `before`, `after` and `change`; the only home of cel-expr-python.

Importing and compiling CEL takes as long as the rest of judging a small plan, so that what most
rules are made of is answered without it, see `evaluate`; CEL answers all else.

Beside CEL's own functions there are a few of tfchange, see `functions`.
"""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import msgspec

from tfchange.hashing import sha256
from tfchange.rulebook.evaluate import Tree, answer
from tfchange.rulebook.functions import FUNCTIONS
from tfchange.rulebook.operations import BeyondError, WrongError
from tfchange.rulebook.rule import Form
from tfchange.rulebook.view import Seen, View

_LONG = 1000
"""Bytes of values from which on their digest is kept instead."""

_KINDS = ("MAP", "LIST", "STRING", "NULL", "INT", "DOUBLE", "BOOL")


class ExpressionError(ValueError):
    """The expression cannot be compiled; the message is CEL's own."""


class Expression:
    """One expression, which is read when it is first asked.

    Where its answer is costly, it is asked once for the same values, since the instances of a
    module are alike.
    """

    __slots__ = ("_answers", "_form", "_program", "_tree", "text")

    def __init__(self, text: str, form: Form | None = None) -> None:
        self.text = text
        self._form = form
        self._tree: Tree | None = None
        self._program: Any = None
        self._answers: dict[bytes, bool] = {}

    @property
    def form(self) -> Form:
        """What it looks at; found now where it did not come with the rules."""
        if self._form is None:
            from tfchange.rulebook import form

            self._form = form.form(self.text)
        return self._form

    def holds(self, view: View, change: Mapping[str, object]) -> bool:
        """Whether the expression is true; an error, such as a missing key, is not true."""
        try:
            if self.form.costly:
                return self._remembered(view, change)
            return self._ask(Seen(view, self.form.fields, change))
        except (ValueError, RuntimeError, RecursionError, msgspec.MsgspecError):
            return False

    def _remembered(self, view: View, change: Mapping[str, object]) -> bool:
        key = msgspec.json.encode((*view.picked(self.form.fields), change))
        if len(key) > _LONG:
            key = sha256(key).digest()
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._ask(Seen(view, self.form.fields, change))
        return answer

    def _ask(self, seen: Seen) -> bool:
        try:
            if self._tree is None:
                self._tree = tree_of(self.form)
            return answer(self._tree, seen) is True
        except WrongError:
            return False
        except (BeyondError, RecursionError):
            return self._by_cel(seen.whole())

    def _by_cel(self, seen: dict[str, Any]) -> bool:
        if self._program is None:
            self._program = compile_expression(self.text)
        # Errors are values in CEL, so that only `true` itself counts.
        return self._program.eval(data=seen).value() is True


def tree_of(form: Form) -> Tree:
    """What is asked of values without CEL; what CEL has to tell is beyond it."""
    return msgspec.json.decode(form.tree) or ["beyond"]


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
    function = FUNCTIONS[name]
    result = cel.Type.STRING if name.endswith("_step") else cel.Type.BOOL
    return cel.FunctionDecl(name, [
        cel.Overload(f"{name}_{a}_{b}", return_type=result,
                     parameters=[getattr(cel.Type, a), getattr(cel.Type, b)], impl=function)
        for a, b in product(_KINDS, _KINDS)
    ])  # fmt: skip
