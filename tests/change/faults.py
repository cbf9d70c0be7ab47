"""Faults between tfchange and a desk, by a seeded dice, and what must hold whatever they do."""

from collections.abc import Callable
from email.utils import formatdate
from random import Random
from time import time
from typing import Any

import requests
from requests.adapters import BaseAdapter

from tests.change.requests import commit, request
from tests.contracts.desk import World
from tfchange.change.ending import cancel, close
from tfchange.change.file import file
from tfchange.change.request import Attachment, Block, ChangeRequest, Result
from tfchange.errors import DeskError

PAGE = b"<!DOCTYPE html><html><body>Please log in, or come back later.</body></html>"
TRIES = 12
"""How often a command is run again before the weather clears up."""

Wrap = Callable[[BaseAdapter], BaseAdapter]
Make = Callable[[Wrap], World]
"""Makes a fresh world whose desk reaches its fake through what `Wrap` makes of it."""


class Faults(BaseAdapter):
    """A network that loses requests and replies, between a desk and what it talks to."""

    def __init__(self, inner: BaseAdapter, dice: Random, rate: float) -> None:
        super().__init__()
        self._inner, self._dice, self.rate = inner, dice, rate
        self.happened: list[str] = []

    def close(self) -> None:
        """Nothing is open."""

    def send(self, asked: requests.PreparedRequest, *args: Any, **given: Any) -> Any:
        """The reply, or one of the faults."""
        if self._dice.random() >= self.rate:
            return self._inner.send(asked, *args, **given)
        kind = self._dice.choice(KINDS)
        self.happened.append(kind.__name__)
        return kind(lambda: self._inner.send(asked, *args, **given), asked)


Act = Callable[[], requests.Response]


def lost_before(_: Act, __: requests.PreparedRequest) -> requests.Response:
    """The connection breaks before the server has read the request."""
    raise requests.exceptions.ConnectionError("reset")


def lost_after(act: Act, _: requests.PreparedRequest) -> requests.Response:
    """The connection breaks after the server has done it."""
    act()
    raise requests.exceptions.ConnectionError("reset")


def late(act: Act, _: requests.PreparedRequest) -> requests.Response:
    """The server does it, and takes too long to say so."""
    act()
    raise requests.exceptions.ReadTimeout("read timed out")


def slow_to_connect(_: Act, __: requests.PreparedRequest) -> requests.Response:
    """No connection is made."""
    raise requests.exceptions.ConnectTimeout("connect timed out")


def busy(_: Act, asked: requests.PreparedRequest) -> requests.Response:
    """429 with seconds."""
    return reply(asked, 429, b'{"error":"busy"}', {"Retry-After": "2"})


def busy_until(_: Act, asked: requests.PreparedRequest) -> requests.Response:
    """429 with a date."""
    return reply(
        asked, 429, b'{"error":"busy"}', {"Retry-After": formatdate(time() + 3, usegmt=True)}
    )


def broken_before(_: Act, asked: requests.PreparedRequest) -> requests.Response:
    """The server fails without doing anything."""
    return reply(asked, 503, b'{"error":"down"}')


def broken_after(act: Act, asked: requests.PreparedRequest) -> requests.Response:
    """The server has done it and fails while answering, or a gateway gives up."""
    act()
    return reply(asked, 504, PAGE, {"Content-Type": "text/html"})


def page_before(_: Act, asked: requests.PreparedRequest) -> requests.Response:
    """A proxy answers with a page and status 200."""
    return reply(asked, 200, PAGE, {"Content-Type": "text/html; charset=utf-8"})


def page_after(act: Act, asked: requests.PreparedRequest) -> requests.Response:
    """The same, after it has let the request through."""
    act()
    return page_before(act, asked)


def cut_off(act: Act, asked: requests.PreparedRequest) -> requests.Response:
    """The reply breaks off in the middle."""
    whole = act()
    if len(whole.content) < 2:
        return whole
    return reply(asked, whole.status_code, whole.content[: len(whole.content) // 2], whole.headers)


KINDS = (lost_before, lost_after, late, slow_to_connect, busy, busy_until, broken_before,
         broken_after, page_before, page_after, cut_off)  # fmt: skip


def reply(
    asked: requests.PreparedRequest, status: int, body: bytes, headers: Any = None
) -> requests.Response:
    """A reply with that body."""
    made = requests.Response()
    made.status_code, made.request, made.url = status, asked, asked.url or ""
    made.headers.update({"Content-Type": "application/json", **(headers or {})})
    made._content = body
    return made


def sequence(make: Make, seed: int, *, lag: bool = False, most: int = 5) -> list[str]:
    """One life of a change in bad weather; returns the faults that happened, all laws having held.

    Each command is run again until it is done, as a pipeline would. After each, in good weather:
    at most one live change of the key, with the last content; nothing stands there twice. Only
    where the desk's own search may `lag` can a second one appear, and the next run retires it.
    A life has at most so many commands.
    """
    dice = Random(seed)
    networks: list[Faults] = []

    def wrap(inner: BaseAdapter) -> BaseAdapter:
        networks.append(Faults(inner, dice, rate=0.0))
        return networks[-1]

    world = make(wrap)
    weather = dice.choice([0.1, 0.25, 0.5])
    filed: list[ChangeRequest] = []
    for number in range(dice.randint(2, most)):
        ending = bool(filed) and dice.random() < 0.25
        if ending:
            over = dice.choice([_close, _cancel])
            _insist(networks, weather, lambda over=over: over(world))  # type: ignore[misc]
            _check_ended(world, seed)
            continue
        asked = version(number, dice)
        filed.append(asked)
        _insist(networks, weather, lambda asked=asked: file(  # type: ignore[misc]
            world.desk, asked, pause=lambda _: None))  # fmt: skip
        _check_filed(world, asked, seed, lag)
    return [kind for network in networks for kind in network.happened]


def version(number: int, dice: Random) -> ChangeRequest:
    """A plan of a commit of its own; sometimes it does the same as the one before."""
    sha = f"{number + 1:x}".rjust(2, "c") * 20
    data = f'{{"version": {number}}}'.encode()
    return request(
        at=1_763_000_100 + number,
        commit=commit(sha=sha, run_url=f"https://ci.example.com/{number}"),
        title=f"version {number} of the plan",
        fingerprint=f"{dice.randint(0, 1)}" * 32,
        attachments=(Attachment("assessment.json", "application/json", data),),
    )


def _insist(networks: list[Faults], weather: float, command: Callable[[], object]) -> None:
    for number in range(TRIES):
        for network in networks:
            network.rate = weather if number < TRIES - 1 else 0.0
        try:
            command()
        except DeskError:
            continue
        break
    for network in networks:
        network.rate = 0.0


def _close(world: World) -> None:
    live = [t for t in world.desk.find(request().key) if t.state.live]
    for ticket in live:
        world.approve(ticket)
    close(world.desk, request().key, Result("successful", (Block("items", ("all done",)),)))


def _cancel(world: World) -> None:
    cancel(world.desk, request().key, "No longer needed.")


def _check_ended(world: World, seed: int) -> None:
    live = [t for t in world.desk.find(request().key) if t.state.live]
    # A racer's leftover may show up late; the next filing retires it.
    assert len(live) <= 1, f"seed {seed}"


def _check_filed(world: World, asked: ChangeRequest, seed: int, lag: bool) -> None:
    for _ in range(TRIES if lag else 1):
        tickets = world.desk.find(asked.key)
    live = [t for t in tickets if t.state.live]
    if not lag:
        doubled = [t.number for t in tickets[1:] if not t.successor_of]
        assert not doubled, f"seed {seed}: opened twice: {doubled}"
    elif len(live) > 1:
        # Two that search showed late: the next run of the same command settles it.
        file(world.desk, asked, pause=lambda _: None)
        live = [t for t in world.desk.find(asked.key) if t.state.live]
    assert len(live) == 1, f"seed {seed}: {[(t.number, t.state) for t in tickets]}"
    (ticket,) = live
    said = world.texts(ticket)
    assert ticket.record, f"seed {seed}"
    assert ticket.record.digest == asked.digest, f"seed {seed}: a lost update"
    assert asked.title in said, f"seed {seed}: a lost update"
    assert said.count(f"at commit {asked.commit.sha[:12]}") <= 1, f"seed {seed}: a doubled note"
    assert world.files(ticket) == {"assessment.json": asked.attachments[0].data}, f"seed {seed}"
    links = world.links(ticket)
    assert len(links) == len(set(links)), f"seed {seed}: a doubled link"
    assert asked.commit.run_url in links, f"seed {seed}: a lost link"
