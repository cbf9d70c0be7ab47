"""How a server is asked, what its errors become, and what never leaves."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.health.fake import Fake, Told
from tests.health.world import asking, at
from tfchange.errors import HealthError, SettingsError, TfchangeError, UnansweredError
from tfchange.health.prometheus import connect

TOKEN = "t0ken-4f1c"  # noqa: S105
QUERY = 'shop_ready{pod="s3cret"}'


def told(code: int, /, **body: Any) -> Told:
    """A reply of the API."""
    return Told(code, json.dumps(body).encode())


def error(*faults: Told) -> HealthError:
    """What is raised where the server tells this."""
    fake = Fake()
    fake.faults = list(faults)
    with asking(fake, token=TOKEN) as prometheus, pytest.raises(HealthError) as raised:
        prometheus.at("error rate", QUERY, at("01:00"))
    text = raised.value.message + raised.value.advice
    assert raised.value.message.startswith("error rate: ")
    assert "s3cret" not in text
    assert TOKEN not in text
    return raised.value


REFUSED = [
    told(400, status="error", errorType="bad_data", error=f"no: {QUERY}"),
    told(422, status="error", errorType="execution", error="duplicate series"),
    told(200, status="error", errorType="execution", error='in "s3cret'),
    Told(401, b"who are you", "text/plain"),
    Told(403, b"<html>", "text/html"),
    told(200, status="success", data={"resultType": "string", "result": [1, "s3cret"]}),
    told(
        200,
        status="success",
        data={"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {}]}]},
    ),
]
LOST = [
    *([Told(status, b'{"status":"error"}')] * 5 for status in (500, 502, 503)),
    [Told(200, b'{"status":"succ')] * 5,
    [Told(200, b'{"status":"succ', "text/plain")],
    [Told(200, b"<html>s3cret", "text/html")],
    [Told(404, b"404 page not found", "text/plain")],
    [told(200, status="success")],
    [told(200, status="success", data={"resultType": "vector", "result": [{"value": [1]}]})],
    [told(200, status="success", data={"resultType": "scalar", "result": [1, "much"]})],
    [told(200, answer=42)],
]


@pytest.mark.parametrize("fault", REFUSED, ids=lambda fault: f"{fault.status} {fault.body[:40]}")
def test_refusals(fault: Told) -> None:
    """What the server refuses is an error that names the check, and no waiting mends it."""
    assert not isinstance(error(fault), UnansweredError)


@pytest.mark.parametrize(
    "faults", LOST, ids=lambda faults: f"{faults[0].status} {faults[0].body[:40]}"
)
def test_no_answer(faults: list[Told]) -> None:
    """A server in trouble, or something that is no Prometheus, is an error that may pass."""
    assert isinstance(error(*faults), UnansweredError)


def test_trouble_that_passes_is_not_told() -> None:
    """A server that is away for a moment is asked again."""
    fake = Fake()
    fake.faults = [Told(503, b""), Told(200, b'{"status":"succ')]
    with asking(fake) as prometheus:
        assert prometheus.at("one", "1", at("01:00")).series
    assert len(fake.asked) == 3


def test_nobody_there() -> None:
    """Where no server listens, that is said."""
    prometheus = connect("http://127.0.0.1:9", pause=lambda _: None)
    with pytest.raises(UnansweredError, match=r"error rate: 127\.0\.0\.1 cannot be reached"):
        prometheus.at("error rate", "1", at("01:00"))


def test_a_prefix_is_kept() -> None:
    """The path of the address stands before the API, as Mimir and proxies have it."""
    fake = Fake()
    fake.prefix = "/prometheus"
    with asking(fake) as prometheus:
        assert prometheus.at("one", "1", at("01:00")).series


def test_queries_are_posted_and_got_where_they_must_be() -> None:
    """A query is sent in the body, as long as it likes, and in the address only after a 405."""
    fake = Fake()
    with asking(fake) as prometheus:
        prometheus.at("one", "1", at("01:00"))
        fake.methods = {"GET"}
        assert prometheus.at("one", "1", at("01:00")).series
    assert [asked.method for asked in fake.asked] == ["POST", "POST", "GET"]


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ({}, None),
        ({"token": TOKEN}, f"Bearer {TOKEN}"),
        ({"user": "shop", "password": "pass"}, "Basic c2hvcDpwYXNz"),
    ],
)
def test_who_asks(
    given: dict[str, str], header: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token or a user is sent where it is set, and a netrc file never speaks for us."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login some password body\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    fake = Fake()
    with asking(fake, **given) as prometheus:
        prometheus.at("one", "1", at("01:00"))
    assert fake.asked[0].headers.get("authorization") == header


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("http://prometheus.example.com", {"token": TOKEN}),
        ("http://prometheus.example.com", {"user": "shop", "password": TOKEN}),
        ("https://prometheus.example.com", {"token": TOKEN, "user": "shop", "password": "p"}),
        ("https://prometheus.example.com", {"user": "shop"}),
        ("https://prometheus.example.com", {"token": f"{TOKEN}\n"}),
        (f"https://shop:{TOKEN}@prometheus.example.com", {}),
        ("prometheus.example.com:9090", {}),
    ],
)
def test_what_cannot_be_connected(url: str, given: dict[str, str]) -> None:
    """Secrets in the clear or in the address, and halves of them, are refused unquoted."""
    with pytest.raises(SettingsError) as refused:
        connect(url, **given)
    assert TOKEN not in refused.value.message + refused.value.advice


def test_plain_http_is_fine_without_secrets() -> None:
    """Inside of a cluster, where nobody asks who we are, plain http will do."""
    assert connect("http://prometheus.example.com:9090/")


def test_health_errors_are_of_the_tree() -> None:
    """Both kinds of trouble end with 1."""
    assert issubclass(UnansweredError, HealthError)
    assert issubclass(HealthError, TfchangeError)
    assert UnansweredError("").exit_code == 1
