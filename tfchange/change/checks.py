"""Test plan: how to see that the change did what it should, by what it touches and no more."""

from collections.abc import Iterator

from tfchange.change.blocks import paragraph, steps
from tfchange.change.lines import names, unchanged
from tfchange.change.request import Commit, Text
from tfchange.plan.model import QUIET, Action
from tfchange.risk.assessment import Assessment, Category, Change
from tfchange.words import few

CHECKS = {
    "database": "{names}: applications can connect, read and write.",
    "database-node": "{names}: the node is in service in its cluster.",
    "database-settings": "The databases that use {names} are reachable and need no restart.",
    "cache": "{names}: applications can connect, and the hit rate recovers.",
    "cache-settings": "The caches that use {names} are reachable.",
    "storage": "{names}: applications can read and write, and nobody else can.",
    "storage-settings": "{names}: access, encryption and lifecycle are as the plan says.",
    "backup": "{names}: the next backup runs and can be restored.",
    "encryption": "What {names} encrypts can still be read and written.",
    "encryption-key": "What was encrypted with {names} can still be read.",
    "secret": "Whoever uses {names} still gets the secret, and its new value where it has one.",
    "secret-settings": "Whoever uses the secret of {names} still gets it, and nobody else does.",
    "identity": "{names}: those who need access have it, and those who must not have it do not.",
    "security-group": (
        "{names}: every connection that the rules of the plan allow works, from the internet only "
        "where they open it, and every other is refused."
    ),
    "firewall": "{names}: wanted traffic passes, all other is refused.",
    "network": "{names}: hosts in it reach each other and what they need outside.",
    "network-path": "{names}: traffic takes this way in both directions.",
    "network-address": "{names}: the address answers, and nobody still uses an old one.",
    "load-balancing": "{names}: targets are healthy, and requests get answers.",
    "entry-point": "{names}: users reach the service from outside.",
    "cdn": "{names}: pages are delivered from the edge, without old content.",
    "dns-zone": "{names}: names in the zone resolve from inside and outside.",
    "dns-record": "{names}: the name resolves to what the plan says, also once caches expire.",
    "dns": "{names}: names resolve from inside and outside.",
    "certificate": "{names}: the certificate is issued, valid and in use.",
    "compute": "{names}: instances run, pass their health checks and serve requests.",
    "compute-settings": "What is started from {names} runs and passes its health checks.",
    "scaling": "{names}: the number of instances is as the plan says, all of them healthy.",
    "container": "{names}: tasks or pods run in the wanted number and are healthy.",
    "function": "{names}: call it once and look at its log.",
    "api": "{names}: a known request gets the known answer.",
    "messaging": "{names}: a message sent arrives, and no queue fills up.",
    "messaging-settings": "{names}: a message sent arrives, and no queue fills up.",
    "communication": "{names}: a call or message gets through in both directions.",
    "analytics": "{names}: the next run ends well and gives the usual amount of data.",
    "machine-learning": "{names}: a known question gets a sensible answer.",
    "deployment": "{names}: the next build or delivery ends well.",
    "governance": "{names}: those who work in it still find and may do what they need.",
    "observability": "{names}: new data arrives, and alarms are in their usual state.",
    "audit": "{names}: new entries are recorded.",
}
"""By trait, in the order in which they are to be looked at."""
GONE = {
    "database": "Applications that used {names} work without it, and log no failed connections.",
    "cache": "Applications that used {names} work without it, and are as fast as they must be.",
    "security-group": (
        "Connections that {names} allowed and that are still needed are allowed elsewhere."
    ),
    "firewall": "What {names} kept out is kept out elsewhere, and wanted traffic still passes.",
    "entry-point": (
        "What was reached through {names} is reached another way, or is meant to be out of reach: "
        "send a request from outside to each service behind it."
    ),
    "load-balancing": (
        "The services behind {names} are still reached, or are meant to be out of reach: send a "
        "request to each of them."
    ),
    "cdn": "What {names} delivered is delivered another way: fetch a page from outside.",
    "network-path": (
        "Hosts whose traffic went through {names} still reach what they need, inside and out to "
        "the internet, and are still reached."
    ),
    "network-address": "Nobody still sends to the addresses of {names}, nor allows them.",
    "network": "Nothing that still runs was in {names}, and its neighbours reach what they need.",
    "dns-zone": "Names of {names} that are still needed resolve from another zone.",
    "dns-record": "Nobody still asks for the names of {names}, or they resolve from elsewhere.",
    "dns": "Names that {names} answered for and that are still needed resolve another way.",
    "certificate": "No endpoint still presents the certificates of {names}.",
    "identity": "Whoever lost access with {names} is meant to; all others still do their work.",
    "compute": "What ran on {names} runs elsewhere, or is meant to have stopped.",
    "scaling": "What {names} scaled still bears the load.",
    "container": "What ran in {names} runs elsewhere, or is meant to have stopped.",
    "function": "What called {names} is answered another way, or is meant to stay without.",
    "api": "What called {names} is answered another way, or is meant to stay without.",
    "messaging": "Nobody still sends to or waits for messages of {names}.",
}
"""What is to be seen once they are destroyed, by trait, in the same order."""


def test_text(assessment: Assessment, commit: Commit) -> Text:
    """The steps in their order."""
    a = assessment
    if a.category is Category.NONE and not a.changes and not a.summary.outputs:
        return paragraph("Nothing changes, so there is nothing to test.")
    return steps(
        [
            _plan_again(commit),
            *_checks(a),
            *_gone(a),
            *_moved(a),
            *_reached(a),
            *_watch(a),
        ]
    )


def _watch(a: Assessment) -> Iterator[str]:
    if not all(c.cosmetic or c.action in QUIET for c in a.changes):
        yield "Watch alarms and error rates of the service until they have been quiet for a while."


def _plan_again(commit: Commit) -> str:
    several = len(commit.workspaces) > 1
    where = " in each workspace" if several else ""
    return f"Run terraform plan again{where}: it must show no changes."


def _checks(a: Assessment) -> Iterator[str]:
    touched: dict[str, list[Change]] = {}
    for change in a.changes:
        if change.action not in QUIET and change.action not in _AWAY and not change.cosmetic:
            trait = next((t for t in CHECKS if t in change.traits.traits), "")
            touched.setdefault(trait, []).append(change)
    for trait, check in CHECKS.items():
        if trait in touched:
            yield check.format(names=names(touched[trait]))
    others = touched.get("", [])
    if others:
        yield f"{names(others)}: they are as the plan says and do their work."
    quiet = [c for c in a.changes if c.cosmetic]
    if quiet:
        yield f"Tags, descriptions and the like are as the plan says: {names(quiet)}."


def _gone(a: Assessment) -> Iterator[str]:
    deleted = [c for c in a.changes if c.action is Action.DELETE]
    if deleted:
        yield f"Nothing still uses what was destroyed: {names(deleted)}."
    for trait, check in GONE.items():
        missed = [c for c in deleted if gone_trait(c) == trait]
        if missed:
            yield check.format(names=names(missed))
    forgotten = [c for c in a.changes if c.action is Action.FORGET]
    if forgotten:
        yield f"What Terraform no longer manages is still there: {names(forgotten)}."


def gone_trait(change: Change) -> str:
    """What is missed of it once it is destroyed; `""` where nothing is known to be."""
    if change.deposed:
        return ""
    return next((trait for trait in GONE if trait in change.traits.traits), "")


def _moved(a: Assessment) -> Iterator[str]:
    quiet = [c for c in a.changes if c.action in QUIET]
    if quiet:
        yield f"The state holds them under their new addresses: {names(quiet)}."


def _reached(a: Assessment) -> Iterator[str]:
    addresses = [r.address for r in unchanged(a)]
    if addresses and not all(c.cosmetic for c in a.changes):
        yield f"What depends on the changes still works: {few(addresses, 15)}."


_AWAY = frozenset({Action.DELETE, Action.FORGET})
