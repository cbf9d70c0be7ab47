"""The names that a calendar may use: those that the policy has for environments and groups."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from tfchange.words import few, group_name


class Names(msgspec.Struct, frozen=True):
    """What the policy calls things; None where there is no policy to hold names to."""

    environments: Mapping[str, Iterable[str]] | None = None
    """Each environment and its other names."""
    groups: Collection[str] | None = None
    """The ids of groups."""

    def environment(self, said: str) -> str:
        """The policy's own name of the environment; `ValueError` where it has none such."""
        if self.environments is None:
            return said.strip()
        ways = {
            way.casefold(): own
            for own, others in self.environments.items()
            for way in (own, *others)
        }
        return _known(said, ways, "environment", list(self.environments))

    def group(self, said: str) -> str:
        """The id of the group, named by it or by its words; `ValueError` where there is none."""
        if self.groups is None:
            return said.strip()
        ways = {way.casefold(): own for own in self.groups for way in (group_name(own), own)}
        return _known(said, ways, "group", list(self.groups))


def _known(said: str, ways: Mapping[str, str], what: str, there: list[str]) -> str:
    found = ways.get(said.strip().casefold())
    if found is None:
        raise ValueError(
            f"names the {what} {said!r}, which the policy does not have; it has "
            f"{few(sorted(there), 20)}"
        )
    return found
