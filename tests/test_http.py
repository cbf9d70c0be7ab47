"""Sessions: what is tried again, what never is, and what never leaves."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from tests.change.faults import reply
from tfchange import http
from tfchange.errors import DeskError, OutcomeUnknownError, UnreachableError

URL = "http://127.0.0.1/rest"
MARKER = "planted-4f1c"
Answer = Callable[[requests.PreparedRequest], requests.Response]


class Script(BaseAdapter):
    """Answers one request after the other by what it was given."""

    def __init__(self, *answers: Any) -> None:
        super().__init__()
        self.answers, self.asked = list(answers), []

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The next answer; an exception is raised."""
        self.asked.append((request.method, given))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body, headers = answer
        return reply(request, status, body, headers)


OK = (200, b'{"ok": true}', {})
LOST = requests.exceptions.ConnectionError("reset")
LATE = requests.exceptions.ReadTimeout("late")
NEVER = requests.exceptions.ConnectTimeout("never")
DOWN = (503, b"", {})
CUT = (200, b'{"ok": tr', {})
PAGE = (200, b"<html>", {"Content-Type": "text/html"})


def ask(method: str, *answers: Any, **given: Any) -> tuple[Any, Script, list[float]]:
    """The reply or what was raised, what was asked, and the pauses."""
    script, pauses = Script(*answers), []
    some = http.session(transport=script, pause=pauses.append, **given)
    try:
        return some.request(method, URL), script, pauses
    except DeskError as error:
        return error, script, pauses


@pytest.mark.parametrize("trouble", [LOST, LATE, NEVER, DOWN, CUT, (429, b"{}", {})])
def test_reads_are_tried_again(trouble: Any) -> None:
    """Whatever goes wrong with a read passes, and the read is asked again."""
    answer, script, pauses = ask("GET", trouble, OK)
    assert answer.json() == {"ok": True}
    assert (len(script.asked), len(pauses)) == (2, 1)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("trouble", [LOST, LATE, DOWN, CUT, (500, b"{}", {})])
def test_writes_are_not(method: str, trouble: Any) -> None:
    """A write that may have been done is asked once; its outcome is unknown."""
    answer, script, _ = ask(method, trouble, OK)
    assert type(answer) is OutcomeUnknownError
    assert "same command again" in answer.advice
    assert len(script.asked) == 1


@pytest.mark.parametrize("trouble", [NEVER, (429, b"{}", {"Retry-After": "7"})])
def test_writes_that_were_not_done_are_asked_again(trouble: Any) -> None:
    """A write that never left, or was refused as one too many, is asked again."""
    answer, _, pauses = ask("POST", trouble, OK)
    assert answer.ok
    assert pauses == ([7.0] if isinstance(trouble, tuple) else [0.5])


def test_no_connection_is_no_doubt(unused_port: int) -> None:
    """Where nobody listens the write was certainly not done, over a real socket."""
    some = http.session(pause=lambda _: None)
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1 cannot be reached"):
        some.post(f"http://127.0.0.1:{unused_port}/")


@pytest.fixture
def unused_port() -> int:
    """A port where nobody listens."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return int(server.server_address[1])


def test_retry_after_in_both_forms() -> None:
    """Seconds and dates are both understood; anything else is left to our own back-off."""
    asked = requests.Request("GET", URL).prepare()
    wait = http.retry_after(reply(asked, 429, b"", {"Retry-After": formatdate(usegmt=True)}))
    assert wait is not None
    assert 0 <= wait < 2
    assert http.retry_after(reply(asked, 429, b"", {"Retry-After": "12"})) == 12
    assert http.retry_after(reply(asked, 429, b"", {"Retry-After": "soon"})) is None
    assert http.retry_after(reply(asked, 429, b"", {"Retry-After": "1²"})) is None


def test_waiting_has_an_end() -> None:
    """A server that wants us to wait for an hour is not waited for."""
    answer, script, pauses = ask("GET", *[(429, b"{}", {"Retry-After": "3600"})] * 9)
    assert type(answer) is UnreachableError
    assert "3600 seconds" in answer.message
    assert (len(script.asked), pauses) == (1, [])


def test_a_server_that_is_down_is_given_up() -> None:
    """After some tries with longer and longer pauses the error says what to do."""
    answer, script, pauses = ask("GET", *[DOWN] * 9)
    assert type(answer) is UnreachableError
    assert len(script.asked) == http.TRIES
    assert pauses == sorted(pauses)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_are_not_data(method: str) -> None:
    """A web page with status 200 is no success."""
    answer, _, _ = ask(method, PAGE)
    assert "web page" in answer.message


@pytest.mark.parametrize("answer", [PAGE, CUT])
def test_a_file_may_be_anything(answer: Any) -> None:
    """Where a file is asked for, a page or half an object is what the file holds."""
    told, script, _ = ask("GET", answer, headers={"Accept": http.FILE})
    assert told.content == answer[1]
    assert len(script.asked) == 1


def test_a_file_is_no_excuse() -> None:
    """Asking for a file, a redirect is refused and a server that fails is asked again."""
    headers = {"Accept": http.FILE}
    refused, _, _ = ask(
        "GET", (302, b"", {"Location": "https://evil.example.com"}), headers=headers
    )
    assert "evil.example.com" in refused.message
    told, script, _ = ask("GET", DOWN, OK, headers=headers)
    assert told.ok
    assert len(script.asked) == 2


def test_credentials_follow_no_redirect() -> None:
    """A redirect is refused, whoever it leads to, and names only the host."""
    there = f"https://evil.example.com/?token={MARKER}"
    answer, script, _ = ask("GET", (302, b"", {"Location": there}), OK)
    assert "evil.example.com" in answer.message
    assert MARKER not in answer.message
    assert len(script.asked) == 1


def test_every_request_has_a_timeout() -> None:
    """No request waits for ever, unless told."""
    _, script, _ = ask("GET", OK)
    assert script.asked[0][1]["timeout"] == http.TIMEOUT


class Told(BaseHTTPRequestHandler):
    """Answers with the authorization it was sent."""

    def do_GET(self) -> None:
        """As JSON."""
        said = (self.headers.get("authorization") or "").encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said) + 2))
        self.end_headers()
        self.wfile.write(b'"' + said + b'"')

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def listening(kind: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on this machine."""
    with HTTPServer(("127.0.0.1", 0), kind) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[str]:
    """What answers with what it was sent."""
    with listening(Told) as url:
        yield url


def test_netrc_does_not_replace_credentials(
    server: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own credentials are sent, whatever a netrc file on the machine says."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with http.session(http.Authorization("Bearer ours")) as some:
        assert some.get(server).json() == "Bearer ours"


def test_nothing_is_logged(server: str, caplog: pytest.LogCaptureFixture) -> None:
    """At no log level does a secret reach a log, and no repr shows it."""
    caplog.set_level(logging.DEBUG)
    auth = http.basic("ann", MARKER)
    with http.session(auth) as some:
        some.get(server)
    assert MARKER not in caplog.text + repr(auth) + repr(vars(auth).keys())


def test_rehearsals_send_reads_alone() -> None:
    """In a rehearsal reads are real, writes are kept with their body and answered for."""
    script = Script(OK)
    stage = http.Rehearsal(lambda _: (201, {"id": "7"}), inner=script)
    some = http.session(http.Authorization(MARKER), transport=stage)
    assert some.get(URL).json() == {"ok": True}
    made = some.post(URL, json={"title": "new"})
    assert (made.status_code, made.json()) == (201, {"id": "7"})
    assert stage.calls == [http.Call("POST", URL, b'{"title": "new"}', "application/json")]
    assert len(script.asked) == 1


def test_a_check_may_refuse_a_success() -> None:
    """What only looks like a success can be refused by the desk that knows better."""

    def check(_: requests.Response) -> None:
        raise DeskError("expired")

    answer, _, _ = ask("GET", OK, check=check)
    assert answer.message == "expired"


def test_a_stream_is_whole_when_it_is_sent_again() -> None:
    """A body that can be read once is sent whole each time."""
    from io import BytesIO

    sent = []

    def answer(asked: requests.PreparedRequest) -> requests.Response:
        sent.append(asked.body)
        return reply(asked, 429 if len(sent) == 1 else 200, b"{}", {"Retry-After": "1"})

    class Reading(BaseAdapter):
        def close(self) -> None:
            """Nothing is open."""

        def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> Any:
            return answer(request)

    some = http.session(transport=Reading(), pause=lambda _: None)
    some.post(URL, data=BytesIO(b"a file"))
    assert sent == [b"a file", b"a file"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_server_may_say_later_in_its_own_way(method: str) -> None:
    """A reply that means *later* is waited for as long as it says, and its request sent again."""
    limited = (403, b"{}", {"x-reset": "7"})

    def later(reply: requests.Response) -> float | None:
        return float(reply.headers["x-reset"]) if "x-reset" in reply.headers else None

    told, script, pauses = ask(method, limited, OK, later=later)
    assert (told.status_code, pauses, len(script.asked)) == (200, [7.0], 2)
    refused, _, pauses = ask(method, (403, b"{}", {}), later=later)
    assert (refused.status_code, pauses) == (403, [])
    busy, _, _ = ask(method, *[limited] * 5, later=later)
    assert isinstance(busy, UnreachableError)
    assert "for 7 seconds (status 403)" in busy.message
