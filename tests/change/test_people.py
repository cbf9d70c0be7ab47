"""Whether two names are of one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.change.people import MOST, alike, any_of, same_person, together


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


@pytest.mark.parametrize(
    "by",
    [
        "Lee, Ann", "ann.lee", "annlee", "lee.ann@example.org", "ann_lee", "LeeAnn", "Ann-Lee",
        "Ann L\u0435e", "\u0391nn Lee", "LEE  ANN", "\u00c1nn L\u00e9e", "Ann Iee",
    ],
)  # fmt: skip
def test_names_that_look_the_same(by: str) -> None:
    """Parts in another order, other separators, and letters that look alike leave a doubt."""
    assert alike(by, "Ann Lee <ann@example.com>")
    assert not same_person(by, "Ann Lee <ann@example.com>")
    assert not alike(by, "Anna Leed <leed@example.com>")


PARTS = st.lists(
    st.text("abcdexyz\u00e9\u00fc\u5f20", min_size=1, max_size=5), min_size=1, max_size=4
)
TWINS = str.maketrans("aceopxy", "\u0430\u0441\u0435\u043e\u0440\u0445\u0443")


@given(PARTS, st.sampled_from(["", " ", ".", "-", "_", ", "]), st.sampled_from([0, 1, 2]))
def test_a_disguise_leaves_a_doubt(parts: list[str], between: str, order: int) -> None:
    """However a name is put together, turned around, or written in letters of another script."""
    turned = (parts, sorted(parts), [*parts[-1:], *parts[:-1]])[order]
    for disguised in (between.join(turned), between.join(turned).upper().translate(TWINS)):
        assert alike(disguised, f"{' '.join(parts)} <someone@example.com>")
        assert alike(disguised.translate(TWINS), " ".join(parts))


@given(st.text(), st.text())
def test_who_is_surely_one_is_alike(one: str, other: str) -> None:
    """As far as the name has letters or digits at all."""
    if same_person(one, other):
        assert alike(one, other) or not any(map(str.isalnum, one))


@given(st.lists(st.text(max_size=3)))
def test_authors_are_together(names: list[str]) -> None:
    """Each once and nobody unknown; however many there are, the first and the last stay."""
    found = together(*names)
    known = list(dict.fromkeys(filter(None, names)))
    assert len(found) == min(len(known), MOST) == len(set(found))
    assert found[:1] == tuple(known[:1])
    assert found[-1:] == tuple(known[-1:])
    assert all(any_of(name, found) for name in found if same_person(name, name))
