"""Half a day in the life of a shop, for Prometheus; run, it is written as OpenMetrics.

A script of its own, for any Python 3: .ci/prometheus fills the server with it.
"""

START = 1717372800
"""2024-06-03 00:00 UTC. Everything has a sample a minute."""
MINUTES = 720
STALE = 300
"""Seconds after which Prometheus takes no sample for the value of now."""


def ratio(minute):
    """One in a thousand fails, but five in a hundred from 10:00 to 10:05; at 11:00 nothing runs."""
    if minute == 660:
        return float("nan")
    return 0.05 if 600 <= minute < 605 else 0.001


def served(minute):
    """Nine a minute; the count begins anew at 05:00, when the pod was replaced."""
    return 9.0 * (minute if minute < 300 else minute - 300)


def queue(minute):
    """Nothing is known from 02:00 to 02:40, and after 06:40."""
    return None if 120 <= minute < 160 or minute > 400 else 5.0


SERIES = [
    ("shop_error_ratio", {}, ratio),
    ("shop_latency_seconds", {}, lambda minute: 0.9 if 480 <= minute < 512 else 0.1),
    ("shop_queue", {}, queue),
    ("shop_ready", {"pod": "a"}, lambda _: 1.0),
    ("shop_ready", {"pod": "b"}, lambda minute: 0.0 if 200 <= minute < 210 else 1.0),
    ("shop_requests_total", {"code": "200"}, served),
    ("shop_requests_total", {"code": "500"}, lambda minute: float(minute // 60)),
    ("shop_sent", {"kind": "all"}, lambda minute: 10.0 if minute < 60 else 2.0),
    ("shop_sent", {"kind": "good"}, lambda minute: 9.0 if minute < 60 else 2.0),
]


def points(value):
    """The samples of one series, as seconds since 1970 and values."""
    some = [(START + minute * 60, value(minute)) for minute in range(MINUTES + 1)]
    return [(at, each) for at, each in some if each is not None]


def openmetrics():
    """All of it, as https://prometheus.io/docs/specs/om/open_metrics_spec/ has it."""
    lines, known = [], set()
    for name, labels, value in SERIES:
        family = name.removesuffix("_total")
        if family not in known:
            known.add(family)
            lines.append("# TYPE {} {}".format(family, "gauge" if family == name else "counter"))
        inside = ",".join(f'{key}="{each}"' for key, each in labels.items())
        lines += [f"{name}{{{inside}}} {each!r} {at}" for at, each in points(value)]
    return "\n".join([*lines, "# EOF", ""])


if __name__ == "__main__":
    import sys

    sys.stdout.write(openmetrics().replace(" nan ", " NaN "))
