"""What GitLab, Azure Repos and Bitbucket have in common: refusals, limits of rates, bad weather."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.change.faults import Faults
from tests.contracts.forges import AzureForge, BitbucketForge, GitLabForge
from tests.contracts.host import marker, never
from tests.review import azure_fake, bitbucket_fake, gitlab_fake
from tests.review.wire import Told, serve
from tfchange.errors import AccessDeniedError, DeskError, SettingsError, UnreachableError
from tfchange.review import azure, bitbucket, gitlab
from tfchange.review.host import Check, Conclusion, Host, ReadOnlyError
from tfchange.review.marker import Marker
from tfchange.review.post import Mode, post

Make = Callable[..., Any]
TOKENS = {
    GitLabForge: gitlab_fake.TOKEN,
    AzureForge: azure_fake.TOKEN,
    BitbucketForge: bitbucket_fake.TOKEN,
}
ALL = pytest.mark.parametrize("make", list(TOKENS))


def at(make: Make, url: str, token: str) -> Host:
    """The forge at that address, by that token."""
    if make is GitLabForge:
        return gitlab.connect(gitlab.GitLabConfig("42", 12, token, url))
    if make is AzureForge:
        return azure.connect(azure.AzureConfig(url, "shop floor", "shop", 12, token))
    return bitbucket.connect(bitbucket.BitbucketConfig("acme", "shop", 12, token, url))


@ALL
@pytest.mark.parametrize(("headers", "wait"), [((("Retry-After", "7"),), 7.0), ((), 0.5)])
@pytest.mark.parametrize("call", ["GET .*(notes|threads|comments)", "POST .*(notes|threads|comm)"])
def test_a_limit_of_rates_is_waited_for(
    make: Make, headers: tuple[tuple[str, str], ...], wait: float, call: str
) -> None:
    """The request is sent again after the time it says, and nothing is written twice."""
    forge = make()
    forge.fake.planned.append((call, Told(429, {"message": "Retry later"}, headers)))
    assert post(forge.host, marker(), "hello", pause=never).done == "created"
    assert forge.pauses == [wait]
    assert len(forge.texts()) == 1


@ALL
def test_a_limit_that_lasts_is_said(make: Make) -> None:
    """Nobody waits for an hour."""
    forge = make()
    forge.fake.planned.append(("GET", Told(429, {}, (("Retry-After", "3600"),))))
    with pytest.raises(UnreachableError, match="takes no more requests for 3600 seconds"):
        forge.host.comments()
    assert forge.pauses == []


@ALL
def test_a_missing_right_is_told_from_a_wrong_token(make: Make) -> None:
    """The one is made up for by the summary of a job, where there is one, the other is not."""
    forge = make()
    forge.fake.may.clear()
    with pytest.raises(ReadOnlyError, match="does not allow this"):
        forge.host.create("hello")
    with pytest.raises(ReadOnlyError):
        forge.host.check(Check("tfchange", "5ca1ab1e" * 5, Conclusion.SUCCESS, "t", "s"))
    assert forge.texts() == []
    wrong = pytest.raises(AccessDeniedError, match="wrong, expired or revoked")
    with serve(make().fake, forge.fake.prefix) as url, wrong as raised:
        at(make, url, "another").comments()
    assert not isinstance(raised.value, ReadOnlyError)


@ALL
def test_a_refusal_says_why_and_never_the_token(make: Make) -> None:
    """In the words of the forge, with advice."""
    forge = make()
    forge.fake.planned.append(("POST", Told(400, {"error": {"message": "it is\x1b[31m locked"}})))
    with pytest.raises(DeskError, match=r"status 400\): it is\\x1b\[31m locked") as raised:
        forge.host.create("hello")
    error = raised.value
    assert error.advice
    assert TOKENS[make] not in f"{error!r} {error.message} {error.advice}"
    with pytest.raises(AccessDeniedError, match="cannot be used"):
        at(make, forge.fake.url, "two\nlines")


@ALL
def test_another_pull_request_is_not_found(make: Make) -> None:
    """Which is said with what to check."""
    forge = make()
    forge.fake.planned.append(("GET", Told(404, {"message": "404 Not Found"})))
    with pytest.raises(DeskError, match="status 404") as raised:
        forge.host.comments()
    assert "Check " in raised.value.advice


@ALL
def test_only_so_much_fits_into_a_comment(make: Make) -> None:
    """The fakes refuse what the forges refuse, so that other tests mean something."""
    forge = make()
    forge.host.create("x" * forge.host.limit)
    with pytest.raises(DeskError, match="status 400"):
        forge.host.create("x" * (forge.host.limit + 1))


@ALL
def test_a_login_page_is_no_reply(make: Make) -> None:
    """Azure DevOps sends one, with status 203, to who is not known; proxies of others do."""
    forge = make()
    page = (("Content-Type", "text/html"),)
    forge.fake.planned.append(("GET", Told(203, "<html>", page)))
    with pytest.raises(DeskError, match="a web page instead of data"):
        forge.host.comments()


@pytest.mark.parametrize("make", [GitLabForge, BitbucketForge])
def test_a_list_that_leads_elsewhere_is_not_followed(make: Make) -> None:
    """The token goes to the API alone, also where the name of a host only begins like its own."""
    forge = make()
    there = forge.fake.url.replace(".test", ".test.evil.test")
    link = (("Link", f'<{there}/x?page=2>; rel="next"'),)
    body = [] if make is GitLabForge else {"values": [], "next": f"{there}/x"}
    forge.fake.planned.append(("GET", Told(200, body, link)))
    with pytest.raises(DeskError, match="at another server"):
        forge.host.comments()


@ALL
def test_it_is_spoken_to_over_a_real_socket(make: Make) -> None:
    """With pages, and all that a run does."""
    forge = make()
    for number in range(120):
        forge.write(f"number {number}")
    with serve(forge.fake, forge.fake.prefix) as url:
        host = at(make, url, TOKENS[make])
        assert post(host, marker(), "hello").done == "created"
        assert post(host, marker(), "hello").done == "unchanged"
        assert host.check(Check("tfchange", host.head(), Conclusion.FAILURE, "t", "s")) == ()
    assert len(forge.texts()) == 121
    assert forge.checked() == [("tfchange", "failure", 0)]


@ALL
def test_plain_http_is_for_this_machine(make: Make) -> None:
    """A token is not sent in the clear."""
    with pytest.raises(SettingsError, match="in the clear"):
        at(make, "http://forge.acme.test/api", "token")


@ALL
@pytest.mark.parametrize("mode", Mode)
def test_in_bad_weather_there_is_one_comment(make: Make, mode: Mode) -> None:
    """Over 20 lives in which requests and answers are lost: one comment, with the last word."""
    happened: set[str] = set()
    for seed in range(20):
        plain, dice = make(), Random(seed)
        plain.write(f"{plain.host.hidden(str(marker('9', 99)))}\nall is well")
        network = Faults(plain.fake, dice, 0.3)
        forge = make(transport=network, pause=never)
        for number in range(1, 4):
            told = marker(str(number), number)
            for last in [False] * 10 + [True]:
                network.rate = 0.0 if last else 0.3
                try:
                    post(forge.host, told, f"run {number}", mode, pause=never)
                except DeskError:
                    continue
                break
            live = [text for text in plain.texts() if Marker.parse(text)]
            said = [text.partition("\n")[2] for text in live]
            assert said == ["all is well", f"run {number}"], seed
        happened |= set(network.happened)
    assert len(happened) >= 8


@ALL
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("step", ["GET", "POST"])
def test_two_runs_racing_leave_one_comment(make: Make, mode: Mode, step: str) -> None:
    """The newer one runs from start to end just before a step of the older one."""
    forge = make()
    newer = lambda: post(forge.host, marker("3", 3), "run 3", mode, pause=never)  # noqa: E731
    forge.fake.before.append((f"{step} .*(notes|threads|comments)", newer))
    post(forge.host, marker("2", 2), "run 2", mode, pause=never)
    assert [text.partition("\n")[2] for text in forge.texts()] == ["run 3"]


@ALL
def test_a_comment_deleted_in_between_is_made_anew(make: Make) -> None:
    """Between the list and the edit somebody deletes it."""
    forge = make()
    post(forge.host, marker(), "hello", pause=never)
    forge.fake.before.append(("PUT|PATCH", lambda: forge.remove("hello")))
    if make is BitbucketForge:
        forge.host.me()  # Known since it has posted, so that the first edit is the real one.
    assert post(forge.host, marker("2", 2), "world", pause=never).done == "created"
    assert [text.partition("\n")[2] for text in forge.texts()] == ["world"]
