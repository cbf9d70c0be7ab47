"""What a Prometheus answers, as plain values.

The forms: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

import re
from typing import Any

import msgspec

from tfchange.words import plain

_LONGEST = 300
"""Characters of a server's own words that are passed on."""


class NoNumberError(Exception):
    """The query gives what cannot be compared; the message goes on after `the query`."""


class Series(msgspec.Struct, frozen=True):
    """One time series: its labels, and its values by the second since 1970."""

    labels: dict[str, str]
    points: tuple[tuple[float, float], ...]


class Answer(msgspec.Struct, frozen=True):
    """What a query gave, and what the server remarks on it."""

    series: tuple[Series, ...]
    remarks: tuple[str, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """The envelope that every answer comes in."""

    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    error_type: str = msgspec.field(name="errorType", default="")
    error: str = ""
    warnings: list[str] | None = None
    infos: list[str] | None = None


_Value = tuple[float, str]


class _Data(msgspec.Struct, frozen=True):
    kind: str = msgspec.field(name="resultType")
    result: msgspec.Raw


class _Row(msgspec.Struct, frozen=True):
    metric: dict[str, str] = msgspec.field(default_factory=dict)
    value: _Value | None = None
    values: list[_Value] | None = None
    histogram: Any = None
    histograms: Any = None


def decoded(body: bytes) -> Reply:
    """The envelope; a `ValueError` where it is none."""
    return msgspec.json.decode(body, type=Reply)


def answer(reply: Reply) -> Answer:
    """The series of a successful reply; `NoNumberError` where they are none to compare.

    A `ValueError` says that it is no reply of a Prometheus.
    """
    data = msgspec.json.decode(reply.data, type=_Data)
    if data.kind == "scalar":
        value = msgspec.json.decode(data.result, type=_Value)
        series = [Series({}, (_point(value),))]
    elif data.kind in ("vector", "matrix"):
        rows = msgspec.json.decode(data.result, type=list[_Row] | None) or []
        series = [_series(row) for row in rows]
    else:
        raise NoNumberError(f"gives a {plain(data.kind)}, which is no number")
    said = [*(reply.warnings or ()), *(reply.infos or ())]
    return Answer(tuple(series), tuple(harmless(text) for text in said))


def _series(row: _Row) -> Series:
    if row.histogram is not None or row.histograms is not None:
        raise NoNumberError(
            "gives a histogram, which is no number; take histogram_quantile() of it"
        )
    values = row.values or ([row.value] if row.value else [])
    return Series(row.metric, tuple(_point(value) for value in values))


def _point(value: _Value) -> tuple[float, float]:
    return value[0], float(value[1])


def harmless(text: str) -> str:
    """A server's own words, short, and without what it quotes: that comes from queries and labels.

    >>> harmless('1:5: parse error: unexpected "s3cret"')
    '1:5: parse error: unexpected "…"'
    """
    text = re.sub(r"""((?<!\w)'|["`])(?:\\.|(?!\1)[^\\])*(\1|$)""", '"…"', text, flags=re.DOTALL)
    return plain(" ".join(text.split()))[:_LONGEST]
