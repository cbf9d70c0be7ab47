"""How far apart two versions are, of databases, modules and providers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.plan.configuration import Bump, Pin
from tfchange.rulebook.versions import bump_step

GIT = "git::https://git.acme.test/net.git"
REGISTRY = "terraform-aws-modules/vpc/aws"
pins = st.builds(
    Pin,
    st.sampled_from([GIT, REGISTRY, "github.com/acme/net", "https://acme.test/net.zip"]),
    st.sampled_from(["", "main", "v1.2.0", "1.2.3", "2.0.0", "~> 1.2", "3f2a1bc9"]),
)


def bump(before: tuple[str, str] | None, after: tuple[str, str]) -> Bump:
    """The module net, pinned otherwise."""
    return Bump("module.net", Pin(*before) if before else None, Pin(*after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((REGISTRY, "5.1.0"), (REGISTRY, "6.0.0"), "major"),
        ((REGISTRY, "~> 5.1"), (REGISTRY, "~> 6.0"), "major"),
        ((REGISTRY, "5.1.0"), (REGISTRY, "5.2.0"), "minor"),
        ((REGISTRY, "5.1.0"), (REGISTRY, "5.1.1"), "patch"),
        ((REGISTRY, "5.1.0"), ("acme/vpc/aws", "5.1.0"), "other"),
        ((REGISTRY, "5.1.0"), (REGISTRY, ""), "unpinned"),
        ((REGISTRY, ""), (REGISTRY, "5.1.0"), "other"),
        (None, (REGISTRY, ""), "unpinned"),
        (None, (REGISTRY, "5.1.0"), "other"),
        (None, ("app.terraform.io/acme/vpc/aws", ""), "unpinned"),
        (None, ("https://acme.test/net.zip", ""), "other"),
        ((GIT, "v1.2.0"), (GIT, "v2.0.0"), "major"),
        ((GIT, "v1"), (GIT, "v2"), "major"),
        ((GIT, "v1.2.0"), (GIT, "main"), "unpinned"),
        ((GIT, "v1.2.0"), (GIT, ""), "unpinned"),
        ((GIT, "develop"), (GIT, "main"), "other"),
        ((GIT, "3f2a1bc9"), (GIT, "9d8e7f61"), "other"),
        ((GIT, "v1.2.0"), (GIT, "9d8e7f61"), "other"),
        (("git@github.com:acme/net.git", "v1"), ("git@github.com:acme/net.git", "x"), "unpinned"),
    ],
)
def test_a_module_is_pinned_otherwise(
    before: tuple[str, str] | None, after: tuple[str, str], expected: str
) -> None:
    """By the version, or by whether it moves from now on."""
    assert bump_step(bump(before, after)) == expected


def test_a_provider_never_moves() -> None:
    """The lock file names one version."""
    some = Bump('provider["acme/x/y"]', Pin("", "5.99.0"), Pin("", "6.0.0"))
    assert bump_step(some) == "major"
    assert bump_step(Bump('provider["acme/x/y"]', Pin("", "5.99.0"), Pin(""))) == "other"


@given(pins)
def test_the_same_pin_is_no_step(pin: Pin) -> None:
    """What does not change is neither newer nor newly unpinned."""
    assert bump_step(Bump("module.net", pin, pin)) == "other"


@given(pins, pins)
def test_a_step_has_a_name(before: Pin, after: Pin) -> None:
    """Any two pins are told apart by one of five words, and none is a step without a version."""
    told = bump_step(Bump("module.net", before, after))
    assert told in ("major", "minor", "patch", "unpinned", "other")
    if told in ("major", "minor", "patch"):
        assert before.source == after.source
