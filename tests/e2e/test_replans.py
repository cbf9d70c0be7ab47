"""What was approved is known again in plans that real Terraform makes later."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.replans import Work, held
from tfchange.change.approved import Approved
from tfchange.change.compare import Likeness

pytestmark = pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not on PATH")

MAIN = """
variable "size" { default = "small" }
variable "other" { default = "a" }
resource "terraform_data" "network" { input = "10.0.0.0/16" }
resource "terraform_data" "server" {
  input = { size = var.size, network = terraform_data.network.output }
}
resource "terraform_data" "other" { input = var.other }
"""
LARGE = ("-var=size=large",)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """A stack that is applied; no test changes it, but by what it undoes."""
    made = Work(tmp_path_factory.mktemp("stack"), MAIN)
    made.apply()
    return made


@pytest.fixture(scope="module")
def before(work: Work) -> Approved:
    """The plan that was approved: the server becomes larger."""
    return work.plan(*LARGE)


def test_the_same_configuration_planned_again(work: Work, before: Approved) -> None:
    """Is the same plan, at whatever time."""
    assert held(before, work.plan(*LARGE)).likeness is Likeness.IDENTICAL


def test_after_an_unrelated_apply(work: Work, before: Approved) -> None:
    """The state has another serial, and the plan is the same."""
    work.apply("-var=other=b", "-target=terraform_data.other")
    try:
        again = work.plan(*LARGE, "-var=other=b")
        assert held(before, again).likeness is Likeness.IDENTICAL
    finally:
        work.apply()


def test_after_merge(work: Work, before: Approved, tmp_path: Path) -> None:
    """Planned elsewhere, from another commit with comments and order changed, it is the same."""
    merged = Work(tmp_path / "main", "# merged\n" + "\n".join(reversed(MAIN.split("\n\n"))))
    shutil.copy(work.folder / "terraform.tfstate", merged.folder)
    assert held(before, merged.plan(*LARGE)).likeness is Likeness.IDENTICAL


def test_a_changed_value(work: Work, before: Approved) -> None:
    """Is named by its path, and not by the value."""
    found = held(before, work.plan("-var=size=huge"))
    assert found.likeness is Likeness.STRONGER
    (new,) = found.new
    assert new == (
        "terraform_data.server: input.size changes from or to another value than was approved."
    )


def test_one_resource_less(work: Work) -> None:
    """Is less than what was approved."""
    both = work.plan(*LARGE, "-var=other=b")
    found = held(both, work.plan(*LARGE))
    assert (found.likeness, found.new) == (Likeness.WEAKER, ())
    assert found.left_out == ("terraform_data.other is not updated any more.",)


def test_one_resource_more(work: Work, before: Approved) -> None:
    """Is new, and named."""
    found = held(before, work.plan(*LARGE, "-var=other=b"))
    assert found.likeness is Likeness.STRONGER
    assert found.new == ("terraform_data.other is updated, which was not approved.",)


def test_an_update_turned_into_a_replacement(work: Work, before: Approved) -> None:
    """Is stronger, and the other way round it is weaker."""
    found = held(before, replaced := work.plan(*LARGE, "-replace=terraform_data.server"))
    assert found.likeness is Likeness.STRONGER
    assert found.new == ("terraform_data.server is replaced; approved was that it is updated.",)
    back = held(replaced, work.plan(*LARGE))
    assert (back.likeness, back.new) == (Likeness.WEAKER, ())


def test_after_it_was_applied(work: Work, before: Approved, tmp_path: Path) -> None:
    """Nothing is left, which is less."""
    done = Work(tmp_path / "copy", MAIN)
    shutil.copy(work.folder / "terraform.tfstate", done.folder)
    done.apply(*LARGE)
    assert held(before, done.plan(*LARGE)).likeness is Likeness.WEAKER
