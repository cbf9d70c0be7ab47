"""What is particular to GitHub: limits of rates, rights, Enterprise, and what never leaves."""

import json
from random import Random
from typing import Any

import pytest
import requests

from tests.change.faults import Faults
from tests.contracts.host import assessed, marker, never
from tests.contracts.test_hosts import GitHubForge
from tests.review.fake import NO_RIGHT, TOKEN, GitHubFake, Told, refused, serve
from tests.review.records import ANN, ROBOT, STRANGER
from tests.review.test_github_checks import check
from tfchange.errors import AccessDeniedError, DeskError, SettingsError, UnreachableError
from tfchange.review.github import connect
from tfchange.review.github_api import GitHubConfig, later
from tfchange.review.host import ReadOnlyError
from tfchange.review.labels import label
from tfchange.review.marker import Marker
from tfchange.review.post import Mode, post
from tfchange.risk.assessment import Category, Level


@pytest.fixture
def forge() -> GitHubForge:
    """A fresh pull request."""
    return GitHubForge(GitHubFake())


@pytest.mark.parametrize(
    ("limited", "wait"),
    [
        (refused(403, "You have exceeded a secondary rate limit."), 60.0),
        (refused(429, "Too many requests"), 60.0),
        (refused(403, "Slow down")._replace(headers=(("Retry-After", "7"),)), 7.0),
        (refused(429, "Slow down")._replace(headers=(("Retry-After", "7"),)), 7.0),
        (
            refused(403, "API rate limit exceeded")._replace(
                headers=(("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1"))
            ),
            1.0,
        ),
    ],
)
@pytest.mark.parametrize("call", ["GET .*comments", "POST .*comments", "POST .*labels"])
def test_a_limit_of_rates_is_waited_for(
    forge: GitHubForge, limited: Told, wait: float, call: str
) -> None:
    """Whichever of its forms the limit takes, the request is sent again after the time it says."""
    forge.fake.planned.append((call, limited))
    assert post(forge.host, marker(), "hello", pause=never).done == "created"
    label(forge.host, assessed(Category.NORMAL, Level.LOW))
    assert forge.pauses == [wait]
    assert len(forge.texts()) == 1
    assert forge.worn() == {"change:normal", "risk:low"}


def test_a_limit_that_lasts_is_said(forge: GitHubForge) -> None:
    """Nobody waits for an hour; the run says when to come back, and nothing was written."""
    far = refused(403, "API rate limit exceeded")._replace(
        headers=(("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "99999999999"))
    )
    forge.fake.planned.append(("comments", far))
    with pytest.raises(UnreachableError, match=r"takes no more requests for \d+ seconds"):
        forge.host.comments()
    assert forge.pauses == []


@pytest.mark.parametrize(
    ("status", "body", "headers", "wait"),
    [
        (403, {"message": "x"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1030"}, 30.0),
        (429, {"message": "x"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "900"}, 1.0),
        (403, {"message": "x"}, {"X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "1030"}, None),
        (403, {"message": "API rate limit exceeded for user ID 1."}, {}, 60.0),
        (403, {"message": "You have exceeded a Secondary Rate Limit"}, {}, 60.0),
        (200, {"errors": [{"type": "RATE_LIMITED", "message": "x"}]}, {}, 60.0),
        (200, {"errors": [{"message": "a secondary rate limit"}]}, {"Retry-After": "7"}, 7.0),
        (200, {"errors": [{"type": "FORBIDDEN", "message": NO_RIGHT}]}, {}, None),
        (200, {"data": {"viewer": {"login": "API rate limit"}}}, {}, None),
        (200, ["API rate limit"], {}, None),
        (403, {"message": NO_RIGHT}, {}, None),
        (404, {"message": "API rate limit"}, {}, None),
    ],
)
def test_a_limit_says_how_long(
    status: int, body: Any, headers: dict[str, str], wait: float | None
) -> None:
    """In each of its forms, by a clock that is given; GraphQL has it in a reply with status 200."""
    reply = requests.Response()
    reply.status_code, reply._content = status, json.dumps(body).encode()
    reply.url = "https://api.github.com/graphql" if status == 200 else "https://api.github.com/user"
    reply.headers.update(headers)
    assert later(reply, now=lambda: 1000.0) == wait
    reply.url = "https://api.github.com/user"
    assert status != 200 or later(reply) is None


def test_a_limit_of_graphql_is_waited_for(forge: GitHubForge) -> None:
    """Who we are is then known all the same, and no right is missed that is there."""
    limited = Told(200, {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit"}]})
    forge.fake.planned.append(("graphql", limited._replace(headers=(("Retry-After", "7"),))))
    assert (forge.host.me(), forge.pauses) == (str(ROBOT.id), [7.0])


def test_a_missing_right_is_no_limit() -> None:
    """Both are status 403; waiting mends only one of them."""
    forge = GitHubForge(GitHubFake())
    forge.fake.may.clear()
    with pytest.raises(ReadOnlyError, match=NO_RIGHT):
        forge.host.create("hello")
    assert forge.pauses == []
    assert later.__doc__


@pytest.mark.parametrize(
    ("told", "kind", "said"),
    [
        (refused(401, "Bad credentials"), AccessDeniedError, "wrong, expired or revoked"),
        (refused(404, "Not Found"), DeskError, "status 404"),
        (refused(410, "Issues are disabled for this repo"), DeskError, "Issues are disabled"),
        (
            refused(403, "Unable to create comment because issue is locked."),
            ReadOnlyError,
            "locked",
        ),
        (
            refused(422, "Validation Failed", errors=[{"message": "Body is too long"}, "odd", 3]),
            DeskError,
            "Validation Failed; Body is too long; odd",
        ),
    ],
)
def test_a_refusal_says_why(
    forge: GitHubForge, told: Told, kind: type[DeskError], said: str
) -> None:
    """In GitHub's words, with advice, and never the token."""
    forge.fake.planned.append(("POST .*comments", told))
    with pytest.raises(kind) as raised:
        forge.host.create("hello")
    assert said in raised.value.message
    assert raised.value.advice
    assert TOKEN not in f"{raised.value!r} {raised.value.message} {raised.value.advice}"
    assert isinstance(raised.value, ReadOnlyError) is (kind is ReadOnlyError)


def test_a_wrong_token_is_not_a_read_only_one() -> None:
    """It is a fault of the settings, and the summary of the job does not make up for it."""
    fake = GitHubFake()
    host = connect(GitHubConfig("acme/shop", 12, "other"), transport=fake)
    with pytest.raises(AccessDeniedError) as raised:
        host.comments()
    assert not isinstance(raised.value, ReadOnlyError)
    with pytest.raises(AccessDeniedError, match="cannot be used"):
        connect(GitHubConfig("acme/shop", 12, "two\nlines"), transport=fake)
    assert "other" not in repr(GitHubConfig("acme/shop", 12, "other"))


@pytest.mark.parametrize("account", [ROBOT, ANN])
@pytest.mark.parametrize("graphql", [True, False])
def test_who_we_are_is_asked_in_two_ways(account: Any, graphql: bool) -> None:
    """Tokens of workflows may not ask for /user, and some of people may not ask by GraphQL."""
    forge = GitHubForge(GitHubFake(account))
    if not graphql:
        forge.fake.may.discard("graphql")
    if account is ROBOT and not graphql:
        with pytest.raises(ReadOnlyError):
            forge.host.me()
    else:
        assert forge.host.me() == str(account.id)


def test_a_comment_of_a_deleted_account_is_nobodys(forge: GitHubForge) -> None:
    """GitHub tells no author then."""
    note = forge.fake.write(STRANGER, f"{forge.host.hidden(str(marker()))}\nhello")
    note["user"] = None
    assert post(forge.host, marker(), "hello", pause=never).done == "created"


def test_a_list_that_leads_elsewhere_is_not_followed(forge: GitHubForge) -> None:
    """The token goes to the API alone."""
    link = (("Link", '<https://evil.test/comments?page=2>; rel="next"'),)
    forge.fake.planned.append(("GET .*comments", Told(200, [], link)))
    with pytest.raises(DeskError, match="another server"):
        forge.host.comments()


def test_only_so_much_fits_into_a_comment(forge: GitHubForge) -> None:
    """The fake refuses what GitHub refuses, so that other tests mean something."""
    forge.host.create("x" * 65_536)
    with pytest.raises(DeskError, match="Body is too long"):
        forge.host.create("x" * 65_537)


def test_a_new_label_has_its_colour_and_an_old_one_keeps_its_own(forge: GitHubForge) -> None:
    """What people have made of a label is left alone; names that differ in case are the same."""
    forge.fake.keep("Risk:High", "123456", "ours")
    label(forge.host, assessed(Category.NORMAL, Level.HIGH))
    assert forge.fake.known["risk:high"]["color"] == "123456"
    assert forge.fake.known["change:normal"]["color"] == "1d76db"
    assert forge.worn() == {"Risk:High", "change:normal"}
    assert not label(forge.host, assessed(Category.NORMAL, Level.HIGH))
    label(forge.host, assessed(Category.NORMAL, Level.LOW))
    assert forge.worn() == {"risk:low", "change:normal"}


def test_a_label_that_another_run_has_made_is_taken(forge: GitHubForge) -> None:
    """Between looking for it and making it."""
    forge.fake.before.append(("POST .*/labels$", lambda: forge.fake.keep("change:normal")))
    label(forge.host, assessed(Category.NORMAL, Level.LOW))
    assert forge.worn() == {"change:normal", "risk:low"}


def test_hiding_needs_a_right_that_not_all_tokens_have(forge: GitHubForge) -> None:
    """Without it the old comment stays as it is, without its marker, and a new one is made."""
    forge.fake.may.discard("hide")
    post(forge.host, marker(), "hello", Mode.HIDE_AND_NEW, pause=never)
    post(forge.host, marker("2", 2), "world", Mode.HIDE_AND_NEW, pause=never)
    assert [Marker.parse(text) for text in forge.texts()] == [None, marker("2", 2)]
    assert forge.fake.hidden == []


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_a_server_of_ones_own_is_spoken_to(prefix: str) -> None:
    """Over a real socket; GitHub Enterprise Server has its API below a path, GraphQL beside it."""
    fake = GitHubFake()
    for number in range(120):
        fake.write(STRANGER, f"number {number}")
    with serve(fake, prefix) as url:
        host = connect(GitHubConfig("acme/shop", 12, TOKEN, api=url))
        assert post(host, marker(), "hello").done == "created"
        assert post(host, marker(), "hello").done == "unchanged"
        assert label(host, assessed(Category.NORMAL, Level.LOW))
        assert host.check(check(51)) == ()
    graphql = f"POST {prefix.removesuffix('/v3')}/graphql"
    assert [call for call in fake.calls if "graphql" in call] == [graphql]
    assert len(fake.notes) == 121
    assert fake.breaches == []


def test_plain_http_is_for_this_machine() -> None:
    """A token is not sent in the clear."""
    with pytest.raises(SettingsError, match="in the clear"):
        connect(GitHubConfig("acme/shop", 12, TOKEN, api="http://ghe.acme.test/api/v3"))


def test_the_judge_judges(forge: GitHubForge) -> None:
    """What GitHub does not describe is a breach, so that the contract suite means something."""
    forge.host._api.send("POST", "issues/12/comments", {"body": "x", "colour": "red"})  # type: ignore[attr-defined]
    assert any("colour" in each for each in forge.fake.breaches)
    forge.fake.breaches.clear()
    forge.host._api.send("PATCH", "issues/comments/1001", {"body": "y"})  # type: ignore[attr-defined]
    assert forge.fake.breaches == []


@pytest.mark.parametrize("mode", Mode)
def test_in_bad_weather_there_is_one_comment(mode: Mode) -> None:
    """Over 60 lives in which requests and answers are lost: one comment, with the last word."""
    happened: set[str] = set()
    for seed in range(60):
        # The judge takes longer than everything else together, so it looks at some.
        fake, dice = GitHubFake(judged=seed % 20 == 0), Random(seed)
        fake.write(STRANGER, f"<!-- {marker('9', 99)} -->\nall is well")
        network = Faults(fake, dice, 0.3)
        config = GitHubConfig("acme/shop", 12, TOKEN, api=fake.base)
        host = connect(config, transport=network, pause=never)
        for number in range(1, 5):
            told = marker(str(number), number)
            for last in [False] * 10 + [True]:
                network.rate = 0.0 if last else 0.3
                try:
                    post(host, told, f"run {number}", mode, pause=never)
                except DeskError:
                    continue
                break
            live = [
                n for n in fake.notes if Marker.parse(n["body"]) and n["user"]["id"] == ROBOT.id
            ]
            assert [n["body"].partition("\n")[2] for n in live] == [f"run {number}"], seed
        assert fake.breaches == [], seed
        happened |= set(network.happened)
    assert len(happened) >= 10
