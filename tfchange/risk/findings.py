"""What the rules say of the changes and of what drifted."""

from collections.abc import Iterable
from posixpath import normpath

from tfchange.plan.address import block_of
from tfchange.plan.configuration import Bump, Source
from tfchange.plan.model import Action
from tfchange.risk.assessment import Finding, Level, Location, Waived
from tfchange.risk.facts import Facts
from tfchange.rulebook.judge import Hit


class Finder:
    """Turns hits into findings, with the file and line they come from."""

    def __init__(self, source: Source | None) -> None:
        self._source = source
        self._places: dict[str, Location | None] = {}

    def finding(self, id_: str, address: str, hit: Hit) -> Finding:
        """One hit of one rule on the change `id_`."""
        return self._told(id_, hit, self.location(address))

    def of_bump(self, bump: Bump, hit: Hit) -> Finding:
        """One hit of one rule on a module or a provider whose version changes."""
        place = Location(self._seen_from_outside(bump.file), bump.line) if bump.file else None
        return self._told(bump.address, hit, place)

    def _told(self, id_: str, hit: Hit, place: Location | None) -> Finding:
        rule, waiver = hit.rule, hit.waived
        return Finding(
            rule=rule.id,
            severity=Level(rule.severity),
            points=rule.points,
            address=id_,
            message=hit.message,
            path=hit.path,
            approvers=rule.approvers,
            location=place,
            waived=Waived(waiver.ticket, waiver.owner, waiver.expires) if waiver else None,
        )

    def location(self, address: str) -> Location | None:
        """Where the configuration of a resource begins, if its source was read."""
        if self._source is None:
            return None
        block = block_of(address)
        if block not in self._places:
            found = self._source.block(block)
            place = Location(self._seen_from_outside(found.file), found.line) if found else None
            self._places[block] = place
        return self._places[block]

    def _seen_from_outside(self, file: str) -> str:
        # Code scanning looks for files from where the run began, not from the source's own root.
        root = self._source.root.replace("\\", "/") if self._source else ""
        return normpath(f"{root}/{file}" if root else file)


def losses(facts: Iterable[Facts]) -> int:
    """How many resources the plan takes away, or replaces so that something or someone feels it.

    What exists in Terraform alone does not count, nor do leftovers of earlier replacements.
    """
    return sum(_is_lost(f) for f in facts if not f.change.deposed)


def _is_lost(f: Facts) -> bool:
    if "glue" in f.traits.traits:
        return False
    known = bool(f.traits.traits)
    felt = f.traits.stateful or f.traits.loses_data or f.traits.interrupts or not known
    return f.change.action is Action.DELETE or (f.change.action is Action.REPLACE and felt)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The weightiest first; those that are waived last."""
    return tuple(sorted(findings, key=_weight))


def counted(findings: Iterable[Finding]) -> list[Finding]:
    """Those that no waiver takes out of the score."""
    return [f for f in findings if f.waived is None]


def _weight(f: Finding) -> tuple[bool, int, int, str, str, str, str]:
    return (
        f.waived is not None,
        -f.severity.rank,
        -f.points,
        f.rule,
        f.address,
        f.path or "",
        f.message,
    )
