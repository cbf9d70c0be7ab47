"""What the rules say of the changes and of what drifted."""

from collections.abc import Iterable
from posixpath import normpath

from tfchange.plan.address import block_of
from tfchange.plan.configuration import Source
from tfchange.risk.assessment import Finding, Level, Location, Waived
from tfchange.rulebook.judge import Hit


class Finder:
    """Turns hits into findings, with the file and line they come from."""

    def __init__(self, source: Source | None) -> None:
        self._source = source
        self._places: dict[str, Location | None] = {}

    def finding(self, id_: str, address: str, hit: Hit) -> Finding:
        """One hit of one rule on the change `id_`."""
        rule, waiver = hit.rule, hit.waived
        return Finding(
            rule=rule.id,
            severity=Level(rule.severity),
            points=rule.points,
            address=id_,
            message=hit.message,
            path=hit.path,
            approvers=rule.approvers,
            location=self.location(address),
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
