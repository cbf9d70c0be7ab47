"""Calendars from servers: what is sent where, and what comes of a server that fails."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.calendar.build import calendar, event, happens
from tests.test_http import listening
from tfchange.calendar import read
from tfchange.errors import CalendarError, SettingsError

TOKEN = "planted-7d20"  # noqa: S105
GOOD = event("DTSTART;VALUE=DATE:20261224", name="Eve")
SECRET_PATH = "/private-5e1f/basic.ics"  # noqa: S105


@contextmanager
def serving(
    body: bytes = GOOD, status: int = 200, headers: dict[str, str] | None = None
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that always answers with this, and the headers and path of all it was asked."""
    asked: list[dict[str, str]] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({**{k.lower(): v for k, v in self.headers.items()}, "path": self.path})
            self.send_response(status)
            for name, value in {"content-type": "text/calendar", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with listening(Answers) as url:
        yield url, asked


def given(token: str = TOKEN) -> dict[str, Any]:
    """What loading is given: a token, and no patience."""
    return {"token": token, "pause": lambda _: None}


def failure(url: str, **entry: Any) -> CalendarError:
    """What is raised for a calendar at the address; it gives no secret away."""
    with pytest.raises(CalendarError) as raised:
        calendar(given=given(), files=[{"url": url, **entry}])
    said = raised.value.message + raised.value.advice
    assert TOKEN not in said
    assert "private" not in said
    assert "calendar.files[0] (127.0.0.1)" in said
    return raised.value


def test_a_calendar_from_a_server() -> None:
    """It is asked for once, with what stands behind the question mark, and read as a file is."""
    with serving() as (url, asked):
        some = calendar(given=given(), files=[f"{url}{SECRET_PATH}?key=1"])
    assert happens(some, "2026-12-01", "2026-12-31") == [
        ("Eve", "12-24 00:00+0100", "12-25 00:00+0100")
    ]
    assert [each["path"] for each in asked] == [f"{SECRET_PATH}?key=1"]


def test_the_token_goes_where_it_is_asked_for() -> None:
    """Other servers, such as one for public holidays, are not told it."""
    with serving() as (url, asked), serving() as (other, asked_there):
        files = [{"url": f"{url}/a.ics", "token": True}, f"{other}/b.ics"]
        calendar(given=given(), files=files, holidays=[f"{other}/c.ics"])
    assert [each.get("authorization") for each in asked] == [f"Bearer {TOKEN}"]
    assert [each.get("authorization") for each in asked_there] == [None, None]


def test_the_token_follows_no_redirect() -> None:
    """A redirect is refused, and the server it leads to is never asked."""
    with serving() as (there, asked), serving(b"", 302, {"location": f"{there}/x"}) as (url, _):
        error = failure(f"{url}{SECRET_PATH}", token=True)
    assert "sends us on to 127.0.0.1" in error.message
    assert asked == []


def test_nobody_is_told_who_we_are(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no token is asked for, a netrc file on the machine is not read instead."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving() as (url, asked):
        calendar(given=given(), files=[f"{url}/c.ics"])
    assert [each.get("authorization") for each in asked] == [None]


def test_yaml_from_a_server() -> None:
    """A file may be YAML there too, by its name."""
    body = b"freezes: [{name: F, start: 2026-12-24, end: 2026-12-24}]\n"
    with serving(body, headers={"content-type": "text/plain"}) as (url, _):
        some = calendar(given=given(), files=[f"{url}/c.yaml?raw=1"])
    assert [entry.name for entry in some.entries] == ["F"]


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (401, {}, "status 401"),
        (403, {}, "status 403"),
        (404, {}, "status 404"),
        (503, {}, "status 503"),
        (429, {"retry-after": "3600"}, "status 429"),
        (200, {"content-type": "text/html"}, "a web page instead of data"),
    ],
)
def test_servers_that_give_nothing(status: int, headers: dict[str, str], expected: str) -> None:
    """Each is an error that names host and reason, and no address; none is an empty calendar."""
    with serving(b"Sorry", status, headers) as (url, _):
        assert expected in failure(f"{url}{SECRET_PATH}").message


def test_a_server_that_is_not_there() -> None:
    """Where nobody listens, the calendar could not be had."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
    assert "cannot be reached" in failure(f"{url}{SECRET_PATH}").message


@pytest.mark.parametrize("packed", [False, True])
def test_a_reply_without_end(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    """No more is read than a calendar can have, unpacked as packed."""
    monkeypatch.setattr(read, "MOST", 100_000)
    body = b"x" * 100_001
    headers = {"content-encoding": "gzip"} if packed else {}
    with serving(gzip.compress(body) if packed else body, 200, headers) as (url, asked):
        assert "longer than 100,000 bytes" in failure(f"{url}{SECRET_PATH}").message
    assert len(asked) == 1


def test_what_a_server_says_is_checked() -> None:
    """Nonsense is refused as in a file, and the place that is named is the setting."""
    with serving(b"{}") as (url, _), pytest.raises(SettingsError) as refused:
        calendar(given=given(), files=[f"{url}{SECRET_PATH}"])
    assert refused.value.message.startswith("calendar.files[0] (127.0.0.1): is not iCalendar")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://calendar.example.com/private.ics", "https://calendar.example.com"),
        ("https://ann:private@calendar.example.com/x.ics", "may hold only"),
        ("ftp://calendar.example.com/x.ics", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("https://bad host/x.ics", "a space"),
    ],
)
def test_addresses_that_are_refused(url: str, expected: str) -> None:
    """Plain http is for this machine, and credentials have no place in an address."""
    with pytest.raises(SettingsError) as refused:
        calendar(files=[url])
    assert "calendar.files[0]" in refused.value.message
    assert "private" not in refused.value.message + refused.value.advice
    assert expected in refused.value.message + refused.value.advice


def test_webcal_is_https() -> None:
    """An address as calendars are shared is asked for over https."""
    shared = "webcal://calendar.example.com/x.ics?a=1"
    assert read.checked_address(shared, "s") == "https://calendar.example.com/x.ics?a=1"


def test_files_without_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A file is not read beyond what a calendar can have."""
    monkeypatch.setattr(read, "MOST", 10)
    (tmp_path / "c.ics").write_bytes(GOOD)
    with pytest.raises(SettingsError, match="longer than 10 bytes"):
        calendar(tmp_path, files=["c.ics"])
