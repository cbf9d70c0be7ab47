"""The fields of a screen: which of them are ours, and what they take. Pure but for `Screens`."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import msgspec

from tfchange.errors import SettingsError
from tfchange.jira.config import FIELD_NAMES
from tfchange.jira.site import Site

Json = Any

CHANGE_TYPES = ("[System] Change", "Change")

_PAGE = 50


class Field(msgspec.Struct, frozen=True):
    """One field of a screen."""

    id: str
    name: str
    kind: str = ""
    """Of its value: `option`, `string`, `datetime`, `date`, `user`, `array`, ..."""
    items: str = ""
    """Of the values in an array."""
    custom: str = ""
    """The type of a custom field, such as `...:textarea`."""
    options: tuple[tuple[str, str], ...] = ()
    """What may be chosen, as label and id."""
    required: bool = False

    @property
    def long(self) -> bool:
        """Whether it takes a text with markup."""
        return self.custom.endswith(":textarea") or self.id in ("description", "environment")

    @classmethod
    def parse(cls, id_: str, told: Mapping[str, Json]) -> "Field":
        """The field as createmeta or editmeta tells it."""
        schema = told.get("schema") or {}
        values = told.get("allowedValues") or ()
        options = tuple(
            (str(v.get("value") or v.get("name") or ""), str(v.get("id", ""))) for v in values
        )
        required = bool(told.get("required")) and not told.get("hasDefaultValue")
        return cls(
            id_, str(told.get("name", "")), str(schema.get("type", "")),
            str(schema.get("items", "")), str(schema.get("custom", "")), options, required,
        )  # fmt: skip


class Screen(msgspec.Struct, frozen=True):
    """The fields that can be written, all of them and ours by our words."""

    all: dict[str, Field]
    ours: dict[str, Field]
    absent: tuple[str, ...]
    """Words that the settings give a field which is not on the screen."""


class Screens:
    """The screens of a site's project and issue type, each asked for once."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @cached_property
    def issue_type(self) -> str:
        """The id of the issue type; `SettingsError` where there is none of that name."""
        found = issue_type(self.issue_types, self._site.config.issue_type)
        if found:
            return found
        wanted = self._site.config.issue_type or " or ".join(CHANGE_TYPES)
        names = ", ".join(sorted(str(t["name"]) for t in self.issue_types)) or "none"
        raise SettingsError(
            f"{self._site.config.project} has no issue type {wanted}",
            f"Set jira.issue_type to one of: {names}",
        )

    @cached_property
    def issue_types(self) -> list[dict[str, Json]]:
        """The issue types that can be created in the project."""
        return list(self._pages("issuetypes", ("issueTypes", "values")))

    @cached_property
    def create(self) -> Screen:
        """What can be set when a change is opened."""
        told = self._pages(f"issuetypes/{self.issue_type}", ("fields", "results", "values"))
        return self.of({str(each["fieldId"]): each for each in told})

    def of(self, told: Mapping[str, Mapping[str, Json]]) -> Screen:
        """The screen with these fields."""
        fields = {id_: Field.parse(id_, each) for id_, each in told.items()}
        ours = match(fields, self._site.config.fields)
        if self._site.cloud and set(FIELD_NAMES) - set(ours):
            # On a site in another language, names are translated and these are not.
            ours = match(fields, self._site.config.fields, self.untranslated)
        named = self._site.config.fields
        return Screen(fields, ours, tuple(w for w, n in named.items() if n and w not in ours))

    @cached_property
    def untranslated(self) -> dict[str, str]:
        """The id of each field of the site to its name in English."""
        told = self._site.client.fields()
        return {str(f["id"]): str(f.get("untranslatedName") or f.get("name", "")) for f in told}

    def _pages(self, path: str, names: tuple[str, ...]) -> Iterable[dict[str, Json]]:
        # The package's own calls refuse on Cloud, and expect the name of Data Center for the list.
        start = 0
        while True:
            told = self._site.get(
                self._site.api(f"issue/createmeta/{self._site.config.project}/{path}"),
                startAt=start, maxResults=_PAGE,
            )  # fmt: skip
            page: list[dict[str, Json]] = next((told[name] for name in names if name in told), [])
            yield from page
            start += len(page)
            if not page or start >= int(told.get("total", start)):
                return


def issue_type(offered: Iterable[Mapping[str, Json]], wanted: str) -> str:
    """The id of the wanted issue type, by id or name; `""` where it is not offered."""
    for name in (wanted,) if wanted else CHANGE_TYPES:
        for each in offered:
            names = (each.get("name"), each.get("untranslatedName"))
            if wanted == str(each["id"]) or name.lower() in [str(n).lower() for n in names]:
                return str(each["id"])
    return ""


def match(
    fields: Mapping[str, Field], named: Mapping[str, str], english: Mapping[str, str] | None = None
) -> dict[str, Field]:
    """Our words to fields of the screen: by id, by name, and by the name in English."""
    found = {}
    by_name: dict[str, Field] = {}
    for field in fields.values():
        for name in (field.name, (english or {}).get(field.id, "")):
            by_name.setdefault(name.strip().lower(), field)
    for word, names in FIELD_NAMES.items():
        wanted = (named[word],) if word in named else names
        hits = (fields.get(n) or by_name.get(n.strip().lower()) for n in wanted if n)
        hit = next((h for h in hits if h), None)
        if hit:
            found[word] = hit
    return found
