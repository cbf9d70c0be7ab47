"""How far a new container image is from the old one, told by the names of both.

A name is `[registry/]repository[:tag][@digest]`
(https://github.com/distribution/reference/blob/main/reference.go).
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tfchange.rulebook.versions import version_step

FIELDS = frozenset({
    "container", "container_definitions", "container_properties", "image_uri", "manifest",
    "primary_container", "set", "site_config", "source_configuration", "spec", "template",
})  # fmt: skip
"""Where resources name the images that they run."""

GRAVITY = ("none", "patch", "digest", "other", "minor", "major", "repository", "mutable")
"""The steps, the gravest last."""

_KEYS = frozenset({"image", "image_uri", "image_identifier", "docker_image_name"})
_MOVING = re.compile(r"latest|stable|edge|nightly|main|master|head|dev(?:elop)?", re.IGNORECASE)
_VERSION = re.compile(r"v?(\d{1,3}(?:\.\d+){1,3})(?:[-+_].*)?|v(\d{1,3})")
"""Neither dates nor the numbers of builds, whose first figure says nothing of what is new."""

_NAME = re.compile(r"[\w.:/-]+(?:@[\w:+.-]+)?")
_CHART_TAG = re.compile(r"(?:.*\.)?image\.(?:tag|version)|(?:.*\.)?imageTag")


class Image(msgspec.Struct, frozen=True):
    """The name of an image, taken apart."""

    repository: str
    """With its registry."""
    tag: str = ""
    digest: str = ""

    @property
    def mutable(self) -> bool:
        """Whether the same name can be another image tomorrow, and is meant to."""
        return not self.digest and (not self.tag or _MOVING.fullmatch(self.tag) is not None)


def image_step(before: Any, after: Any) -> str:
    """The gravest step of the images that both versions of a resource run, by container.

    `none`; `patch`, `minor` or `major` by the version in the tag; `digest` where only that tells;
    `other` where the tags are no versions; `repository`; `mutable` for a tag that moves, or none.
    What was not there before, or is not known yet, makes no step.

    >>> image_step({"image_uri": "app:1.4.1"}, {"image_uri": "app:1.5.0"})
    'minor'
    """
    was = dict(_images(before))
    steps = [step(was[place], name) for place, name in _images(after) if place in was]
    return max(steps, key=GRAVITY.index, default="none")


def step(old: str, new: str) -> str:
    """The step between two names.

    >>> step("nginx:1.27.1", "docker.io/library/nginx:1.27.2"), step("a/app:1.0", "b/app:1.0")
    ('patch', 'repository')
    >>> step("app:1.4.1", "app:latest"), step("app:3f2a1bc", "app:9d8e7f6")
    ('mutable', 'other')
    """
    was, now = read(old), read(new)
    if was == now:
        return "none"
    if was.repository != now.repository:
        return "repository"
    if now.mutable:
        return "none" if was.mutable else "mutable"
    versions = _VERSION.fullmatch(was.tag), _VERSION.fullmatch(now.tag)
    if all(versions):
        told = version_step(*(found and (found[1] or found[2]) for found in versions))
        # The same version with another suffix or digest was built anew.
        return "patch" if told == "none" else told
    return "digest" if was.digest and now.digest and was.tag == now.tag else "other"


def read(name: str) -> Image:
    """The name taken apart; what Docker Hub lets people leave out is filled in.

    >>> read("nginx:1.27"), read("r.example.com:5000/a/b@sha256:00").repository
    (Image(repository='docker.io/library/nginx', tag='1.27', digest=''), 'r.example.com:5000/a/b')
    """
    rest, _, digest = name.partition("@")
    path, _, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    repository = f"{path}/{last}" if path else last
    first = path.partition("/")[0]
    if not ("." in first or ":" in first or first == "localhost"):
        repository = f"docker.io/{repository}" if path else f"docker.io/library/{last}"
    return Image(repository.replace("index.docker.io/", "docker.io/", 1), tag, digest)


def _images(resource: Any) -> Iterator[tuple[tuple[object, ...], str]]:
    """The images of a resource, each by the place of its container."""
    if isinstance(resource, dict):
        yield from _found({name: resource[name] for name in FIELDS.intersection(resource)}, ())


def _found(tree: Any, place: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(tree, list):
        for i, member in enumerate(tree):
            yield from _found(member, (*place, _name(member) or i))
    elif isinstance(tree, dict):
        if _CHART_TAG.fullmatch(str(tree.get("name"))) and isinstance(tree.get("value"), str):
            yield place, f"chart:{tree['value']}"
        for key, value in tree.items():
            if key in _KEYS and isinstance(value, str):
                # Neither what is masked nor what is not known yet is a name.
                if _NAME.fullmatch(value):
                    yield (*place, key), value
            elif key not in ("labels", "annotations"):
                yield from _found(value, (*place, key))


def _name(member: Any) -> str:
    name = member.get("name") if isinstance(member, dict) else None
    return name if isinstance(name, str) else ""
