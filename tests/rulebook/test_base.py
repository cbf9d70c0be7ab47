"""Which policy all stands on, and who may choose it."""

from pathlib import Path

import pytest

from tests.rulebook.layer import write
from tfchange.errors import RulebookError, SettingsError
from tfchange.rulebook.files import bundled
from tfchange.rulebook.load import load

BUNDLED = sorted(file.stem for file in Path(bundled(), "itil").iterdir())


def faults(*layers: str, policy: str | None = None) -> str:
    """What is wrong with these layers and that choice."""
    with pytest.raises(RulebookError) as caught:
        load(layers, policy=policy)
    return caught.value.message


def test_there_are_four_policies() -> None:
    """Each loads by its name, says whom it is for and where its numbers come from."""
    assert BUNDLED == ["default", "gitlab", "startup", "strict"]
    for name in BUNDLED:
        policy = load(policy=name).policy
        assert (policy.name, policy.extends) == (name, name)
        assert policy.title
        assert policy.references
        assert all(link.startswith("https://") for link in policy.references)


def test_the_choice_is_in_the_hash() -> None:
    """Results of two policies never have the same hash, and no choice is the default one."""
    assert len({load(policy=name).hash for name in BUNDLED}) == len(BUNDLED)
    assert load().policy == load(policy="default").policy


def test_a_policy_that_is_not_there_is_a_fault_that_names_all() -> None:
    """It says which there are, whoever asked for it."""
    said = "there is no policy 'lenient'; those that come with tfchange are default, gitlab,"
    with pytest.raises(SettingsError, match=said):
        load(policy="lenient")


def test_an_organisation_chooses_for_all_below(tmp_path: Path) -> None:
    """Its policy stands on the one it extends, and a repository may choose that one or none."""
    ours = write(tmp_path / "ours", itil__ours="name: acme\nextends: strict\n")
    book = load([ours])
    assert (book.policy.name, book.policy.extends) == ("acme", "strict")
    assert book.policy.levels == load(policy="strict").policy.levels
    assert load([ours], policy="strict").policy == book.policy
    same = write(tmp_path / "same", itil__a="name: shop\nextends: strict\n")
    assert load([ours, same]).policy.levels == book.policy.levels


@pytest.mark.parametrize("choice", ["default", "startup", "gitlab"])
def test_nobody_below_chooses_another(tmp_path: Path, choice: str) -> None:
    """A weaker base is an error that names the file, whether by option or by a lower layer."""
    ours = write(tmp_path / "ours", itil__ours="name: acme\nextends: strict\n")
    said = f"ours.yaml:2: the organisation's policy stands on 'strict', so {choice!r} cannot be"
    assert said in faults(ours, policy=choice)
    below = write(tmp_path / "below", itil__b=f"name: shop\nextends: {choice}\n")
    assert "b.yaml:2: all stands on 'strict' here" in faults(ours, below)


def test_a_policy_that_extends_nothing_stands_on_the_default_one(tmp_path: Path) -> None:
    """So nobody below it chooses a weaker one; where there is none, the choice is free."""
    ours = write(tmp_path / "ours", itil__ours="name: acme\n")
    assert load([ours]).policy.extends == "default"
    assert "stands on 'default', so 'startup' cannot be chosen" in faults(ours, policy="startup")
    rules = write(tmp_path / "rules", risk__dns_changed="id: dns-changed\nseverity: high\n")
    assert load([rules], policy="startup").policy.name == "startup"


def test_what_is_extended_must_be_bundled(tmp_path: Path) -> None:
    """An unknown name is a fault in the file that says it, beside all its other faults."""
    ours = write(tmp_path, itil__ours="name: acme\nextends: strickt\nlevles: {}\n")
    said = faults(ours)
    assert "ours.yaml:2: there is no policy 'strickt'" in said
    assert "unknown key 'levles'; is 'levels' meant?" in said
