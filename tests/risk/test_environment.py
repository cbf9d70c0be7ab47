"""Which environment a plan is for."""

from typing import Any

import pytest
from msgspec import structs

from tests.build import change
from tests.risk.small import POLICY, assessed
from tfchange.risk.assessment import Level
from tfchange.risk.environment import Place, word_of


def tagged(name: str, **tags: str) -> dict[str, Any]:
    """A new resource with tags."""
    return change(f"aws_instance.{name}", ["create"], None, {"tags": tags})


@pytest.mark.parametrize(
    ("changes", "variables", "told", "environment"),
    [
        ([tagged("a", env="dev")], {}, "live", "production"),
        ([tagged("a", env="dev")], {}, "Moon", "Moon"),
        ([tagged("a", env="DEV")], {"environment": {"value": "prod"}}, None, "production"),
        ([tagged("a", env="dev"), tagged("b", env="stage")], {}, None, "staging"),
        ([tagged("a", env="dev"), tagged("b", env="prod")], {}, None, "production"),
        ([tagged("a", env="dev"), tagged("b", env="moon")], {}, None, ""),
        ([tagged("a", Environment="test", env="prod")], {}, None, "development"),
        ([tagged("a")], {"stage": {"value": "test"}}, None, "development"),
        ([tagged("a")], {"environment": {"value": "moon"}}, None, ""),
        ([tagged("a")], {"environment": {"value": 3}}, None, ""),
        ([tagged("a")], {}, None, ""),
    ],
)
def test_environment(changes: Any, variables: Any, told: Any, environment: str) -> None:
    """What a person says wins, else what is nearest to production; unknown words are unknown."""
    found = assessed(changes, variables=variables, told={"environment": told})
    assert found.environment == environment


def test_what_goes_is_asked_by_its_tags_before() -> None:
    """A destroyed resource belongs to the environment it was in."""
    gone = change("aws_instance.a", ["delete"], {"tags_all": {"env": "dev"}}, None)
    assert assessed([gone]).environment == "development"


@pytest.mark.parametrize("actions", [["update"], ["delete", "create"]])
def test_tags_that_are_lost_or_not_known_yet_are_asked_before(actions: list[str]) -> None:
    """A replacement does not say that they change."""
    was = {"tags": None, "tags_all": {"env": "dev"}}
    lost = change("aws_instance.a", actions, was, {"tags": None, "tags_all": {}})
    assert assessed([lost]).environment == "development"
    unsure = change(
        "aws_instance.a", actions, was, {"tags": None}, after_unknown={"tags_all": True}
    )
    assert assessed([unsure]).environment == "development"


@pytest.mark.parametrize(
    ("after", "marks"),
    [
        ({"tags": {"env": "dev"}}, {"after_sensitive": {"tags": True}}),
        ({"tags": {"env": "dev"}}, {"after_sensitive": True}),
        ({"id": "i-1"}, {"after_unknown": True}),
        (None, {}),
    ],
)
def test_what_after_hides_is_asked_before(after: Any, marks: Any) -> None:
    """Tags may be marked as sensitive without being changed, or not be shown at all."""
    was = {"id": "i-1", "tags": {"env": "dev"}}
    hidden = change("aws_instance.a", ["update"], was, after, **marks)
    assert assessed([hidden]).environment == "development"


def test_an_environment_behind_a_secret_is_unknown() -> None:
    """A masked value is no name."""
    secret = change(
        "aws_instance.a", ["create"], None, {"tags": {"env": "dev"}}, after_sensitive={"tags": True}
    )
    assert assessed([secret]).environment == ""


def test_impact_and_likelihood() -> None:
    """Impact is what is at stake, likelihood how the change is made; tags alone are neither."""

    def both(entry: Any, environment: str) -> tuple[Level, Level]:
        found = assessed([entry], told={"environment": environment})
        return found.impact, found.likelihood

    gone = change("aws_db_instance.a", ["delete"], {}, None)
    new = change("aws_instance.a", ["create"], None, {})
    tags = change("aws_db_instance.a", ["update"], {"tags": {}}, {"tags": {"a": "b"}})
    assert both(gone, "prod") == (Level.CRITICAL, Level.HIGH)
    assert both(gone, "dev") == (Level.HIGH, Level.HIGH)
    assert both(new, "prod") == (Level.MEDIUM, Level.LOW)
    assert both(new, "dev") == (Level.LOW, Level.LOW)
    assert both(tags, "prod") == (Level.LOW, Level.LOW)


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("prod", "production"),
        ("environments/prod/network", "production"),
        ("acme-dev", "development"),
        ("shop_LIVE.tfstate", "production"),
        ("live/dev/vpc", "production"),
        ("stage-mirror-of-prod", "production"),
        ("shop-pre-production", "staging"),
        ("envs/pre_production", "staging"),
        ("product", ""),
        ("reproduction/develope", ""),
        ("ci", "test"),
        ("ci-runners/qa_lead", ""),
        ("stack/qa", "test"),
        ("default", ""),
        ("", ""),
    ],
)
def test_words(text: str, environment: str) -> None:
    """A word of a segment names an environment, and never a part of a word."""
    own = {"production": ("prod", "live"), "staging": ("stage", "pre-production"),
           "test": ("ci", "qa"), "development": ("dev",)}  # fmt: skip
    assert word_of(text, structs.replace(POLICY, environments=own)) == environment


@pytest.mark.parametrize(
    ("place", "changes", "variables", "environment", "source"),
    [
        (Place(("prod",)), [], {}, "production", "workspace"),
        (Place(("default",), "", "envs/dev"), [], {}, "development", "path"),
        (Place((), "dev/net.tfstate", "dev"), [], {}, "development", "backend"),
        (Place(("dev",), "prod/net"), [], {}, "production", "backend"),
        (Place(("dev",), "", "prod"), [tagged("a", env="dev")], {}, "production", "path"),
        (Place(("dev",)), [tagged("a", env="dev")], {}, "development", "tags"),
        (Place(("dev",)), [tagged("a", env="moon")], {}, "", ""),
        (Place(("dev",)), [], {"stage": {"value": "acme-live"}}, "production", "variable"),
        (Place(("dev",)), [], {"stage": {"value": "moon"}}, "", ""),
        (Place(("dev", "stage")), [], {}, "staging", "workspace"),
        (Place(("blue",), "network", "apps"), [], {}, "", ""),
    ],
)
def test_the_nearest_to_production_counts(
    place: Place, changes: Any, variables: Any, environment: str, source: str
) -> None:
    """Of all that name an environment the most careful one is taken, and it is said which."""
    found = assessed([tagged("x"), *changes], variables=variables, told={"place": place})
    assert (found.environment, found.environment_from) == (environment, source)


def test_what_a_person_says_wins_over_every_place() -> None:
    """It is theirs to say, and is kept where the policy does not know it."""
    for told, environment in (("dev", "development"), ("Moon", "Moon")):
        some = {"environment": told, "place": Place(("prod",), "prod", "prod")}
        found = assessed([tagged("x")], told=some)
        assert (found.environment, found.environment_from) == (environment, "told")


@pytest.mark.parametrize(
    ("told", "place", "tags", "said"),
    [
        ("dev", Place(("prod",)), "dev", "by its workspace it is production"),
        ("staging", Place(), "prod", "by its tags it is production"),
        ("dev", Place((), "staging/net"), "dev", "by its backend it is staging"),
        ("prod", Place(("dev",)), "dev", None),
        ("dev", Place(("dev",)), "dev", None),
        ("Moon", Place(("prod",)), "prod", None),
        ("dev", Place(), "moon", None),
        (None, Place(("dev",)), "prod", None),
    ],
)
def test_a_milder_environment_than_the_plan_names_is_told(
    told: str | None, place: Place, tags: str, said: str | None
) -> None:
    """It is theirs to say, but nobody should have to find out; and it pre-approves nothing."""
    found = assessed([tagged("x", env=tags)], told={"environment": told, "place": place})
    caveats = [c for c in found.caveats if c.kind == "environment"]
    assert len(caveats) == (said is not None)
    for caveat in caveats:
        assert said in caveat.message
        assert caveat.blocks_standard
