"""Which rules stand behind others."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tfchange.rulebook.files import KINDS, read_layers
from tfchange.rulebook.judge import Judge
from tfchange.rulebook.load import compile_files
from tfchange.rulebook.overlap import Shadow, idle, is_wider, shadowed, unmatched
from tfchange.rulebook.rule import Rulebook, When

BOOK = compile_files(read_layers(), "")
RULE = next(rule for rule in BOOK.rules if rule.id == "storage-replaced")


def with_rule(**said: object) -> Rulebook:
    """The bundled rules and one more, like storage-replaced but for what is said."""
    return msgspec.structs.replace(BOOK, rules=(*BOOK.rules, msgspec.structs.replace(RULE, **said)))


def behind(book: Rulebook, rule: str) -> set[str]:
    """The rules that always hit where this one does and ask for as much."""
    return {shadow.by for shadow in shadowed(book) if shadow.rule == rule}


def test_a_narrower_rule_that_asks_for_no_more_is_shadowed() -> None:
    """One type of a trait, one order of replacing, fewer points: nothing of its own."""
    narrow = When(types=("aws_s3_bucket",), actions=("replace:delete-first",))
    assert behind(with_rule(id="z", when=narrow, points=5), "z") == {"storage-replaced"}


def test_a_rule_that_asks_for_more_is_not_shadowed() -> None:
    """More points, another approver or a higher severity are something of its own."""
    narrow = When(types=("aws_s3_bucket",), actions=("replace",))
    assert behind(with_rule(id="z", when=narrow, points=101), "z") == set()
    assert behind(with_rule(id="z", when=narrow, approvers=("network",)), "z") == set()


def test_rules_about_different_things_stand_beside_each_other() -> None:
    """The whole plan, versions and changes are not wider or narrower than each other."""
    kinds = (When(destroyed=2), When(bumped=("module:major",)), When(actions=("delete",)))
    for one in kinds:
        assert [is_wider(one, other, BOOK) for other in kinds] == [one is other for other in kinds]
    assert is_wider(When(destroyed=2), When(destroyed=20), BOOK)
    assert is_wider(When(provisioners=("*",)), When(provisioners=("local-exec",)), BOOK)
    assert not is_wider(When(provisioners=("local-exec",)), When(actions=("create",)), BOOK)


def test_of_two_that_are_alike_one_is_named() -> None:
    """The later one by id, so that not both look superfluous."""
    both = shadowed(with_rule(id="z"))
    assert [s for s in both if "z" in (s.rule, s.by)] == [Shadow("z", "storage-replaced")]


def test_no_bundled_rule_is_superfluous() -> None:
    """Each bundled rule says something that no other says."""
    assert shadowed(BOOK) == ()


@pytest.mark.parametrize(
    ("when", "never"),
    [
        (When(types=("aws_db_instance",), traits=("dns",)), True),
        (When(types=("aws_db_instance",), traits=("dns", "database")), False),
        (When(types=("aws_db_instance",), stateful=False), True),
        (When(types=("aws_db_*",), traits=("dns",)), False),  # one yet unknown may be guessed so
        (When(types=("acme_unheard_of",)), False),
        (When(types=("acme_unheard_of",), traits=("dns",)), True),
        (When(traits=("dns",), stateful=True), False),
        (When(drifted=False, drift=("changed",)), True),
        (When(bumped=("module:major",)), False),
    ],
)
def test_a_rule_that_no_resource_can_match_is_named(when: When, never: bool) -> None:
    """What it asks of types is asked of every type there is, and of all that may be guessed."""
    book = with_rule(id="z", when=when)
    assert unmatched(book, Judge(book).traits_of) == ("z",) * never


def test_what_a_layer_says_again_is_idle() -> None:
    """Only what rises is worth a file."""
    raised = with_rule()
    rules = tuple(
        msgspec.structs.replace(r, points=r.points + (r.id == "dns-changed")) for r in BOOK.rules
    )
    raised = msgspec.structs.replace(BOOK, rules=rules)
    named = [("rule", "dns-changed"), ("rule", "storage-replaced"), ("envelope", "tags-only")]
    assert idle(BOOK, raised, named) == ("rule storage-replaced", "envelope tags-only")


whens = st.builds(
    When,
    traits=st.sampled_from([(), ("database",), ("database", "storage")]),
    types=st.sampled_from([(), ("aws_s3_bucket",), ("aws_*",), ("aws_db_*", "aws_s3_bucket")]),
    actions=st.sampled_from([(), ("replace",), ("replace:delete-first",), ("replace", "delete")]),
    changed=st.sampled_from([(), ("tags",), ("tags.Name",), ("tags", "engine")]),
    reach=st.sampled_from([None, 1, 5]),
    provisioners=st.sampled_from([(), ("local-exec",), ("*",)]),
) | st.builds(
    When,
    destroyed=st.sampled_from([None, 2, 20]),
    bumped=st.sampled_from([(), ("module:major",), ("module:major", "provider:major")]),
)


@given(whens, whens, whens)
def test_wider_is_an_order(a: When, b: When, c: When) -> None:
    """Each is as wide as itself, and what is wider than the wider is wider."""
    assert is_wider(a, a, BOOK)
    if is_wider(a, b, BOOK) and is_wider(b, c, BOOK):
        assert is_wider(a, c, BOOK)


def test_editors_are_told_the_schema_of_every_bundled_file() -> None:
    """The first line names a schema that is there."""
    for folder, kind in KINDS.items():
        for file in sorted((ROOT / "rules" / folder).glob("*.yaml")):
            first = file.read_text().splitlines()[0]
            hint = f"# yaml-language-server: $schema=../../tfchange/schemas/{kind}-1.0.json"
            assert first == hint, file
            assert (ROOT / "tfchange" / "schemas" / f"{kind}-1.0.json").exists()
