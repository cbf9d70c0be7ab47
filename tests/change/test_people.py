"""Whether two names are of one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.change.people import alike, same_person


@given(st.text(), st.text())
def test_people_are_compared_both_ways(one: str, other: str) -> None:
    """It makes no difference who is compared with whom, and nobody is nobody."""
    assert same_person(one, other) == same_person(other, one)
    assert alike(one, other) == alike(other, one)
    assert not same_person("", "")


AUTHOR = "Jos\u00e9 Lee <7+jlee@users.noreply.github.com> (@joe)"


@pytest.mark.parametrize(
    "by",
    [
        AUTHOR,
        "Jos\u00e9 Lee",
        "JOSE\u0301 LEE",
        "joe",
        "@Joe",
        "jlee",
        "7+jlee@users.noreply.github.com",
    ],
)
def test_a_person_is_known_by_each_name(by: str) -> None:
    """The name, however its accents are encoded, the address, the login, and the one in it."""
    assert same_person(by, AUTHOR)
    assert not same_person(by, "Joe Doe <joe.doe@example.com>")


@pytest.mark.parametrize("by", ["jose.lee", "j", "Joe Doe"])
def test_other_names_are_of_others(by: str) -> None:
    """Part of a name is nobody's."""
    assert not same_person(by, AUTHOR)


def test_what_an_address_begins_with_may_be_a_person() -> None:
    """A name that is another's address up to its `@` is like them, and not surely theirs."""
    assert alike("ann", "Ann Lee <ann@example.com>")
    assert not same_person("ann", "Ann Lee <ann@example.com>")
    assert not alike("zoe", "Ann Lee <ann@example.com>")
