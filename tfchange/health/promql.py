"""The queries that an error budget is measured with.

A counter is summed by `increase()`, which knows its resets, and only as a plain selector or the
`sum()` of one: the increase of any other expression would take a reset for growth, and would be a
wrong number. Everything else is looked at once a minute and added up.
"""

import re

EVERY = "1m"
"""How often an expression that is no counter is looked at."""

_TEXT = r"""(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`)"""
_MATCHER = rf"\s*+[A-Za-z_]\w*\s*+(?:=~|!~|!=|=)\s*+{_TEXT}\s*+"
_MATCHERS = rf"\{{(?:{_MATCHER}(?:,{_MATCHER})*,?)?\s*+\}}"
_SELECTOR = rf"(?:[A-Za-z_:][\w:]*\s*+(?:{_MATCHERS})?|{_MATCHERS})"
_COUNTER = re.compile(
    rf"\s*+(?:sum\s*+\(\s*+(?P<summed>{_SELECTOR})\s*+\)|(?P<alone>{_SELECTOR}))\s*+", re.ASCII
)


def counter(query: str) -> str | None:
    """The selector of the counter that the query names or sums; None where it is anything else."""
    found = _COUNTER.fullmatch(query)
    return (found["summed"] or found["alone"]).strip() if found else None


def grown(query: str, window: str) -> str:
    """By how much the counters of the query grew over the window, all together."""
    return f"sum(increase({counter(query)}[{window}]))"


def added(query: str, window: str) -> str:
    """The sum of what the query gave over the window, once a minute."""
    # On lines of its own, so that a comment at its end ends with it.
    return f"sum(sum_over_time((\n{query}\n)[{window}:{EVERY}]))"


def counted(query: str, window: str) -> str:
    """How many values the query gave over the window, once a minute."""
    return f"sum(count_over_time((\n{query}\n)[{window}:{EVERY}]))"


def kept(query: str, relation: str, value: float) -> str:
    """1 where the query is as it has to be, else 0."""
    return f"(\n{query}\n) {relation} bool {value!r}"
