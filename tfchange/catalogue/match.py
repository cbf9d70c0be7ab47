"""Which services a resource belongs to: by its address, else its tags, else its module's name."""

from collections.abc import Callable, Mapping

from tfchange.catalogue.model import Catalogue, Service
from tfchange.catalogue.patterns import keyed, rank
from tfchange.plan.address import block_of
from tfchange.rulebook.match import Test, glob

CUSTOMARY = ("service", "app", "application", "app.kubernetes.io/name", "app.kubernetes.io/part-of")
"""Tags that name the service where its entry names no tags of its own; in any case of letters."""

Tags = Mapping[str, str]
_Pattern = tuple[bool, Test, Service]


class Owning:
    """Tells the services of resources, by one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        found = [(pattern, s) for s in catalogue.services for pattern in s.addresses]
        found.sort(key=lambda each: rank(each[0]), reverse=True)
        self._patterns: list[_Pattern] = [(keyed(p), glob(p), s) for p, s in found]
        self._keyed = any(by_key for by_key, _, _ in self._patterns)
        self._tagged = [s for s in catalogue.services if s.tags]
        self._named = {s.name.casefold(): s for s in catalogue.services if not s.tags}
        self._by_name = {s.name: s for s in catalogue.services}
        self._known: dict[str, Service | None] = {}

    def of(self, address: str, tags: Callable[[], Tags]) -> tuple[Service, ...]:
        """Its services, by name; `tags` is asked for only where its address tells nothing.

        There is one, but where tags of the same number name several; or none.
        """
        found = self._by_address(address)
        if found:
            return (found,)
        tagged = self._by_tags(tags()) if self._tagged or self._named else ()
        if tagged:
            return tagged
        module = self._by_module(address)
        return (module,) if module else ()

    def _by_address(self, address: str) -> Service | None:
        """That of the most specific pattern; the catalogue has no two that are equally so."""
        at = address if self._keyed else block_of(address)
        if at not in self._known:
            block = block_of(address)
            matching = (s for key, test, s in self._patterns if test(address if key else block))
            self._known[at] = next(matching, None)
        return self._known[at]

    def _by_tags(self, tags: Tags) -> tuple[Service, ...]:
        held = [
            s for s in self._tagged if all(tags.get(name) == is_ for name, is_ in s.tags.items())
        ]
        most = max((len(s.tags) for s in held), default=0)
        found = [s for s in held if len(s.tags) == most]
        if most < 2:
            # An entry's own tag is worth as much as a customary one.
            names = {v.casefold() for name, v in tags.items() if name.casefold() in CUSTOMARY}
            found += [self._named[name] for name in names if name in self._named]
        return tuple(sorted(found, key=lambda s: s.name))

    def _by_module(self, address: str) -> Service | None:
        """That of the innermost module call that is named as a service is."""
        steps, calls = block_of(address).split("."), list[str]()
        while steps[0] == "module" and len(steps) > 2:
            calls.insert(0, steps[1])
            steps = steps[2:]
        return next((self._by_name[call] for call in calls if call in self._by_name), None)
