"""Which environment a plan is for."""

from typing import Any

import pytest

from tests.build import change
from tests.risk.small import assessed
from tfchange.risk.assessment import Level


def tagged(name: str, **tags: str) -> dict[str, Any]:
    """A new resource with tags."""
    return change(f"aws_instance.{name}", ["create"], None, {"tags": tags})


@pytest.mark.parametrize(
    ("changes", "variables", "told", "environment"),
    [
        ([tagged("a", env="dev")], {}, "live", "production"),
        ([tagged("a", env="dev")], {}, "Moon", "Moon"),
        ([tagged("a", env="DEV")], {"environment": {"value": "prod"}}, None, "development"),
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
    """What a person says comes first, then tags, then variables; unknown words are unknown."""
    found = assessed(changes, variables=variables, told={"environment": told})
    assert found.environment == environment


def test_what_goes_is_asked_by_its_tags_before() -> None:
    """A destroyed resource belongs to the environment it was in."""
    gone = change("aws_instance.a", ["delete"], {"tags_all": {"env": "dev"}}, None)
    assert assessed([gone]).environment == "development"


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
