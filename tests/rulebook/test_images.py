"""How far a new container image is from the old one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.plan.model import MASK
from tfchange.rulebook.images import GRAVITY, image_step, step
from tfchange.rulebook.view import UNKNOWN, resource

names = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "docker.io/library/", "registry.example.com:5000/team/"]),
    st.sampled_from(["app", "proxy"]),
    st.sampled_from(["", ":latest", ":1.2.3", ":1.2.4", ":v2", ":2.0.0-alpine", ":3f2a1bc"]),
    st.sampled_from(["", "@sha256:0a", "@sha256:0b"]),
)
containers = st.dictionaries(st.sampled_from("abcd"), names, max_size=4)


def task(images: dict[str, str]) -> dict[str, Any]:
    """A task definition of ECS that runs these images."""
    return {"container_definitions": [{"name": n, "image": i} for n, i in images.items()]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("app:1.4.1", "app:1.4.2", "patch"),
        ("app:1.4", "app:1.4.2", "patch"),
        ("app:1.4.2-alpine", "app:1.4.2-slim", "patch"),
        ("app:1.4.1", "app:1.5.0", "minor"),
        ("app:v3", "app:v4", "major"),
        ("app:1.9.0", "app:v2.0.0", "major"),
        ("app:2.0.0", "app:1.9.0", "major"),
        ("app:1.4.1", "app", "mutable"),
        ("app:1.4.1", "app:latest", "mutable"),
        ("app:1.4.1@sha256:0a", "app:latest", "mutable"),
        ("app:latest", "app", "none"),
        ("app:latest", "app:1.0.0", "other"),
        ("app:1", "app:2", "other"),
        ("app:2024.11.1", "app:2025.1.1", "other"),
        ("app:3f2a1bc", "app:9d8e7f6", "other"),
        ("app@sha256:0a", "app@sha256:0b", "digest"),
        ("app:1.0.0@sha256:0a", "app:1.1.0@sha256:0b", "minor"),
        ("app:1.0.0@sha256:0a", "app:1.0.0@sha256:0b", "patch"),
        ("app:1.0.0", "other:1.0.0", "repository"),
        ("a.example.com/app:1.0.0", "b.example.com/app:latest", "repository"),
        ("nginx:1.27.0", "docker.io/library/nginx:1.27.0", "none"),
        ("acme/app:1.0.0", "index.docker.io/acme/app:1.0.1", "patch"),
    ],
)
def test_a_step_is_told_by_the_names(old: str, new: str, expected: str) -> None:
    """By the version where both tags are one, else by what differs first."""
    assert step(old, new) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"image_uri": "app:1.0.0"}, {"image_uri": "app:1.0.1"}),
        ({"primary_container": [{"image": "app:1.0.0"}]},
         {"primary_container": [{"image": "app:1.0.1"}]}),
        ({"container_properties": '{"image":"app:1.0.0"}'},
         {"container_properties": '{"image":"app:1.0.1"}'}),
        ({"set": [{"name": "web.image.tag", "value": "1.0.0"}]},
         {"set": [{"name": "web.image.tag", "value": "1.0.1"}]}),
        ({"spec": [{"template": [{"spec": [{"container": [{"image": "app:1.0.0"}]}]}]}]},
         {"spec": [{"template": [{"spec": [{"container": [{"image": "app:1.0.1"}]}]}]}]}),
    ],
)  # fmt: skip
def test_images_are_found_where_resources_name_them(before: Any, after: Any) -> None:
    """In blocks, in JSON and in the settings of a chart."""
    assert image_step(resource(before, {}), resource(after, {})) == "patch"


@pytest.mark.parametrize("value", [UNKNOWN, MASK, "", None, 7, "a b"])
def test_what_is_no_name_makes_no_step(value: Any) -> None:
    """Unknown and masked values are no guess."""
    assert image_step({"image_uri": "app:1.0.0"}, {"image_uri": value}) == "none"


def test_labels_are_no_images() -> None:
    """A label that is called image is a label."""
    before, after = ({"spec": [{"labels": {"image": name}}]} for name in ("app:1.0.0", "b:1.0.0"))
    assert image_step(before, after) == "none"


@given(containers)
def test_the_same_images_make_no_step(images: dict[str, str]) -> None:
    """Whatever the images are, and in whatever order they stand."""
    turned = dict(reversed(images.items()))
    assert image_step(task(images), task(turned)) == "none"


@given(containers, containers)
def test_the_gravest_step_counts(before: dict[str, str], after: dict[str, str]) -> None:
    """A container is compared with that of the same name; one that comes or goes is no step."""
    steps = [step(before[name], after[name]) for name in before.keys() & after.keys()]
    assert image_step(task(before), task(after)) == max(steps, key=GRAVITY.index, default="none")


@given(st.recursive(st.none() | st.integers() | names, lambda t: st.lists(t) | st.dictionaries(
    st.sampled_from(["image", "name", "spec", "set", "value"]), t)), st.data())  # fmt: skip
def test_any_value_makes_a_step(tree: Any, data: st.DataObject) -> None:
    """No shape makes it fail."""
    other = data.draw(st.sampled_from([None, tree, {"spec": tree}]))
    assert image_step(other, {"spec": tree}) in GRAVITY
