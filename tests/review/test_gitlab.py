"""What is particular to GitLab: its pages, commands in notes, labels with colours, pipelines."""

import pytest

from tests.contracts.forges import GitLabForge
from tests.contracts.host import assessed, marker, never
from tests.report import samples
from tests.report.test_dialect import WORSE
from tests.review import gitlab_fake
from tests.review.gitlab_fake import ME
from tests.review.test_github_checks import check
from tfchange.report.comment import Beside, render
from tfchange.review import gitlab
from tfchange.review.host import ReadOnlyError
from tfchange.review.labels import label
from tfchange.review.post import post
from tfchange.risk.assessment import Category, Level


@pytest.fixture
def forge() -> GitLabForge:
    """A fresh merge request."""
    return GitLabForge()


@pytest.mark.parametrize("pages", ["link", "header", "both"])
def test_pages_are_followed_however_they_are_named(forge: GitLabForge, pages: str) -> None:
    """By a link, as keyset pagination has them alone, or by a number in a header."""
    forge.fake.pages = pages
    for number in range(120):
        forge.write(f"number {number}")
    assert [c.text for c in forge.host.comments()] == forge.texts()


def test_what_gitlab_notes_itself_is_no_comment(forge: GitLabForge) -> None:
    """Not even where our account has caused it and it looks like one of ours."""
    forge.fake.write(ME, f"{forge.host.hidden(str(marker()))}\nhello", system=True)
    assert forge.host.comments() == ()
    assert post(forge.host, marker(), "hello", pause=never).done == "created"


def test_nothing_in_a_plan_is_a_command(forge: GitLabForge) -> None:
    """Our account may approve and merge; a name in a plan must not make it."""
    one = samples.named(list(WORSE))
    text = render(one, Beside("/merge"), dialect=forge.host.dialect)
    post(forge.host, marker(), text, pause=never)
    post(forge.host, marker("2", 2), f"{text}\n", pause=never)
    assert forge.fake.commanded == []
    forge.host.create("hello\n/merge")
    assert forge.fake.commanded == ["/merge"]


def test_a_new_label_has_its_colour_and_an_old_one_keeps_its_own(forge: GitLabForge) -> None:
    """Labels of groups are there too, and are not made again."""
    forge.fake.known["risk:high"] = {"name": "risk:high", "color": "#123456"}
    label(forge.host, assessed(Category.NORMAL, Level.HIGH))
    assert forge.fake.known["risk:high"]["color"] == "#123456"
    assert forge.fake.known["change:normal"]["color"] == "#1d76db"
    assert forge.worn() == {"change:normal", "risk:high"}


def test_a_label_that_another_run_has_made_is_taken(forge: GitLabForge) -> None:
    """Between looking for it and making it."""
    made = {"name": "change:normal", "color": "#000000"}
    forge.fake.before.append(
        ("POST .*/labels$", lambda: forge.fake.known.update({"change:normal": made}))
    )
    label(forge.host, assessed(Category.NORMAL, Level.LOW))
    assert forge.worn() == {"change:normal", "risk:low"}
    forge.fake.may.discard("labels")
    with pytest.raises(ReadOnlyError, match="403 Forbidden"):
        label(forge.host, assessed(Category.NORMAL, Level.HIGH))


def test_a_status_belongs_to_its_pipeline(forge: GitLabForge) -> None:
    """With a link and at most 255 characters; findings beside lines have another way."""
    config = gitlab.GitLabConfig("42", 12, gitlab_fake.TOKEN, forge.fake.url, pipeline="77")
    host = gitlab.connect(config, transport=forge.fake)
    (note,) = host.check(check(3, title="x" * 300, url="https://gitlab.test/job/1"))
    assert "--format codequality" in note
    (status,) = forge.fake.statuses
    assert (status["pipeline_id"], len(status["description"])) == (77, 255)
    assert status["target_url"] == "https://gitlab.test/job/1"


def test_a_note_has_an_address(forge: GitLabForge) -> None:
    """That of the merge request, where it is known."""
    made = forge.host.create("hello")
    assert made.url == f"https://gitlab.test/acme/shop/-/merge_requests/12#note_{made.id}"
    bare = gitlab.connect(
        gitlab.GitLabConfig("42", 12, gitlab_fake.TOKEN, forge.fake.url), transport=forge.fake
    )
    assert bare.comments()[0].url == ""
    assert "glpat" not in repr(gitlab.GitLabConfig("42", 12, "glpat-x"))
