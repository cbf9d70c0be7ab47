"""What is particular to Bitbucket: who we are, reports with lines, no labels, no HTML."""

from functools import partial

import pytest

from tests.contracts.forges import BitbucketForge
from tests.contracts.host import marker, never
from tests.review import bitbucket_fake
from tests.review.bitbucket_fake import ME, STRANGER
from tests.review.test_github_checks import check
from tfchange.errors import OutcomeUnknownError
from tfchange.review import bitbucket
from tfchange.review.host import Host
from tfchange.review.post import Mode, post


@pytest.fixture
def forge() -> BitbucketForge:
    """A fresh pull request, and the token of a repository, which may not ask who it is."""
    return BitbucketForge()


def again(forge: BitbucketForge) -> Host:
    """The next run, which knows nothing of the one before."""
    config = bitbucket.BitbucketConfig("acme", "shop", 12, bitbucket_fake.TOKEN, forge.fake.url)
    return bitbucket.connect(config, transport=forge.fake)


def speak(forge: BitbucketForge, number: str) -> None:
    """A run of that number posts, from its beginning to its end."""
    post(again(forge), marker(number, int(number)), f"run {number}", pause=never)


def test_who_we_are_is_what_we_may_edit(forge: BitbucketForge) -> None:
    """The next run finds our comment among forged ones, and changes none of those."""
    forged = f"{forge.host.hidden(str(marker('9', 9)))}\nall is well"
    forge.write(forged)
    post(forge.host, marker(), "hello", pause=never)
    forge.write(forged)
    assert post(again(forge), marker(), "hello", pause=never).done == "unchanged"
    assert post(again(forge), marker("2", 2), "world", pause=never).done == "updated"
    assert [text for text in forge.texts() if "all is well" in text] == [forged] * 2
    assert len(forge.texts()) == 3


def test_who_may_edit_nothing_has_written_nothing(forge: BitbucketForge) -> None:
    """Neither a stranger nor a deleted account is taken for us."""
    forged = f"{forge.host.hidden(str(marker()))}\nall is well"
    forge.write(forged)
    forge.fake.write(STRANGER, forged)["user"] = None
    host = again(forge)
    assert host.me() == ""
    assert post(host, marker(), "hello", pause=never).done == "created"
    assert host.me() == ME
    assert forge.texts()[:2] == [forged] * 2


def test_a_person_is_asked(forge: BitbucketForge) -> None:
    """Tokens of people may; then nothing is edited to find out."""
    forge.fake.person = True
    post(again(forge), marker(), "hello", pause=never)
    assert post(again(forge), marker(), "hello", pause=never).done == "unchanged"
    assert not any(call.startswith("PUT") for call in forge.fake.calls)


def test_a_lost_answer_is_no_answer(forge: BitbucketForge) -> None:
    """Whether we may edit is not guessed."""
    post(forge.host, marker(), "hello", pause=never)
    forge.fake.planned.append(("PUT", bitbucket_fake.refusal(502, "Bad gateway")))
    with pytest.raises(OutcomeUnknownError):
        post(again(forge), marker("2", 2), "world", pause=never)
    assert post(again(forge), marker("2", 2), "world", pause=never).done == "updated"
    assert len(forge.texts()) == 1


@pytest.mark.parametrize("mode", Mode)
def test_a_late_run_says_nothing_old_again(mode: Mode) -> None:
    """It asks who it is without touching what a newer run says, whenever that comes in between."""
    calls = r"GET .*comments", r"GET /user", r"POST .*comments", r"DELETE", r"PUT"
    for call in calls:
        fresh = BitbucketForge()
        post(fresh.host, marker("2", 2), "run 2", pause=never)
        fresh.fake.before.append((call, partial(speak, fresh, "3")))
        assert post(again(fresh), marker("1", 1), "run 1", mode, pause=never).done == "left"
        newer = "run 2" if fresh.fake.before else "run 3"
        assert [text.partition("\n")[2] for text in fresh.texts()] == [newer], call
        assert bool(fresh.fake.before) is (call == "PUT")


@pytest.mark.parametrize("call", [r"GET .*comments", r"GET /user", r"PUT"])
def test_two_runs_race_for_the_last_word(forge: BitbucketForge, call: str) -> None:
    """The newer has it; where all of it comes between look and edit, from its next run on.

    Neither says what stood there before once more.
    """
    post(forge.host, marker(), "run 1", pause=never)
    said: list[str] = []

    def other() -> None:
        post(again(forge), marker("3", 3), "run 3", pause=never)
        said.extend(forge.texts())

    forge.fake.before.append((call, other))
    post(again(forge), marker("2", 2), "run 2", pause=never)
    assert [text.partition("\n")[2] for text in said] == ["run 3"]
    blind = call != r"GET .*comments"
    assert [t.partition("\n")[2] for t in forge.texts()] == ["run 2" if blind else "run 3"]
    post(again(forge), marker("3", 3), "run 3", pause=never)
    assert [t.partition("\n")[2] for t in forge.texts()] == ["run 3"]
    puts = [call for call in forge.fake.calls if call.startswith("PUT")]
    assert len(puts) == (3 if blind else 2)


def test_who_was_overwritten_says_it_again(forge: BitbucketForge) -> None:
    """An older run that looked before us and wrote after us does not have the last word."""
    post(forge.host, marker(), "run 1", pause=never)
    (note,) = forge.fake.notes
    old = f"{forge.host.hidden(str(marker('2', 2)))}\nrun 2"
    calls = 0

    def look() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            note["content"]["raw"] = old

    forge.fake.before += [("GET .*comments", look)] * 2
    assert post(again(forge), marker("3", 3), "run 3", pause=never).done == "updated"
    assert [text.partition("\n")[2] for text in forge.texts()] == ["run 3"]
    assert calls == 2


def test_a_report_holds_what_it_can(forge: BitbucketForge) -> None:
    """1,000 lines in batches of 100, and none of an earlier report of the same commit."""
    assert forge.host.check(check(1_100)) == ()
    assert forge.checked() == [("tfchange", "success", 1_000)]
    assert forge.host.check(check(3)) == ()
    assert forge.checked() == [("tfchange", "success", 3)]


def test_a_status_leads_somewhere(forge: BitbucketForge) -> None:
    """Bitbucket wants an address: that of the run, else that of the commit."""
    forge.host.check(check(0, url="https://ci.test/1"))
    (build,) = forge.fake.builds.values()
    assert build["url"] == "https://ci.test/1"
    forge.host.check(check(0))
    (build,) = forge.fake.builds.values()
    assert build["url"].startswith("https://bitbucket.org/acme/shop/commits/")
    assert bitbucket_fake.TOKEN not in repr(
        bitbucket.BitbucketConfig("acme", "shop", 12, bitbucket_fake.TOKEN)
    )
