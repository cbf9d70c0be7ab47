"""Whom sessions trust: addresses, certificates, proxies."""

import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, SSLError

from tests.test_http import MARKER, OK, Told, ask, listening
from tfchange import http
from tfchange.errors import OutcomeUnknownError, SettingsError, UnreachableError


@pytest.fixture
def server() -> Iterator[str]:
    """A server on this machine."""
    with listening(Told) as url:
        yield url


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://jira.example.com", "in the clear"),
        ("ftp://jira.example.com", "must begin with https"),
        ("jira.example.com", "must begin with https"),
        (f"https://ann:{MARKER}@jira.example.com", "only a scheme"),
        (f"https://jira.example.com/?token={MARKER}", "only a scheme"),
        ("http://localhost.example.com", "in the clear"),
        ("https://[::1", "its host or its port"),
        ("https://[::g]", "its host or its port"),
        ("https://h:abc", "its host or its port"),
        ("https://h:99999", "its host or its port"),
        ("https://..", "its host or its port"),
        ("https://a..example.com", "its host or its port"),
        ("https://*.example.com", "its host or its port"),
        ("https://h%20x", "its host or its port"),
        (f"https://{'a' * 64}.com", "its host or its port"),
        ("https://\u2028x.com", "a space"),
        ("https://xn--\u00fc.com", "its host or its port"),
        ("https://h/\udcff", "its host or its port"),
        ("https://exa mple.com", "a space"),
        ("https://h\nx", "a space"),
        ("https://h\tx", "a space"),
        ("https://h\x00x", "a space"),
        ("https://:443", "must begin with https"),
    ],
)
def test_addresses_are_checked(url: str, wrong: str) -> None:
    """An address that would send credentials in the clear, or holds some, is refused unquoted."""
    with pytest.raises(SettingsError, match=wrong) as caught:
        http.checked_url(url, "TFCHANGE_JIRA_URL")
    assert MARKER not in caught.value.message + caught.value.advice


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example.com/jira/",
        "https://a_b.example.com.:8443",
        "https://b\u00fccher.example",
        "http://127.0.0.1:8080",
        "http://[::1]",
    ],
)
def test_good_addresses_lose_their_last_slash(url: str) -> None:
    """https anywhere and http on this machine are fine."""
    assert http.checked_url(url, "TFCHANGE_JIRA_URL") == url.rstrip("/")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a proxy that the environment names was sent."""
    seen: list[str] = []

    class Proxy(Told):
        def log_message(self, *_: Any) -> None:
            """Remembered."""
            seen.append(self.requestline)

    with listening(Proxy) as url:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        yield seen


def test_plain_http_goes_through_no_proxy(server: str, proxy: list[str]) -> None:
    """Credentials that are for this machine alone reach no proxy, over a real socket."""
    assert requests.get(server, timeout=5).ok
    assert len(proxy) == 1
    with http.session(http.Authorization("Bearer ours")) as some:
        assert some.get(server).json() == "Bearer ours"
    foreign = requests.Session()
    foreign.auth = http.Authorization("Bearer theirs")
    http.mount(foreign)
    assert foreign.get(server).json() == "Bearer theirs"
    assert len(proxy) == 1


def insecure(reason: str, said: str) -> requests.exceptions.SSLError:
    """Trouble with TLS, wrapped as requests wraps it."""
    made: ssl.SSLError = ssl.SSLError(1, said)
    if reason == "CERTIFICATE_VERIFY_FAILED":
        made = ssl.SSLCertVerificationError(1, said)
        made.verify_message = said
    made.reason = reason
    return requests.exceptions.SSLError(MaxRetryError(HTTPConnectionPool("h"), "/", SSLError(made)))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("CERTIFICATE_VERIFY_FAILED", "certificate has expired"),
        ("CERTIFICATE_VERIFY_FAILED", "self-signed certificate"),
        ("WRONG_VERSION_NUMBER", "wrong version number"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_named(method: str, reason: str, said: str) -> None:
    """It says what is wrong with it and what to set, at once and for certain."""
    answer, script, pauses = ask(method, insecure(reason, said), OK)
    assert type(answer) is UnreachableError
    assert said in answer.message
    assert "REQUESTS_CA_BUNDLE" in answer.advice
    assert (len(script.asked), pauses) == (1, [])


def test_a_secure_connection_that_breaks_is_no_refusal() -> None:
    """Once a connection stood, a write may have been done."""
    broken = insecure("UNEXPECTED_EOF_WHILE_READING", "eof")
    assert ask("GET", broken, OK)[0].ok
    assert type(ask("POST", broken, OK)[0]) is OutcomeUnknownError


def test_https_where_only_http_is_spoken(server: str) -> None:
    """The error says so, over a real socket."""
    with http.session() as some, pytest.raises(UnreachableError, match="no secure connection"):
        some.post(server.replace("http://", "https://"))


@pytest.mark.parametrize("file", ["none", "empty"])
def test_a_bundle_that_is_none_is_named(
    file: str, server: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Certificates that are not there are a fault of a variable, not of the server alone."""
    (tmp_path / "empty").write_text("no certificate")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / file))
    with http.session() as some, pytest.raises(UnreachableError) as caught:
        some.get(server.replace("http://", "https://"))
    assert "REQUESTS_CA_BUNDLE" in caught.value.message + caught.value.advice


@pytest.mark.parametrize("proxy", [":::", "http://", "http://127.0.0.1:1:2", f"odd://{MARKER}@h"])
def test_a_proxy_that_is_no_address_is_named(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its variable, since it can hold a password."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with http.session() as some, pytest.raises(SettingsError, match="HTTPS_PROXY") as caught:
        some.get("https://127.0.0.1:1/")
    assert MARKER not in caught.value.message + caught.value.advice
