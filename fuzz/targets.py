"""The parsers that read what strangers write, each as a function of bytes.

Such a function returns, whatever the bytes, or fails: with any error but those that tfchange would
show to its user, or because something that always holds does not.
"""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from tfchange.calendar.entry import Scope
from tfchange.calendar.feed import entries
from tfchange.catalogue.codeowners import parse
from tfchange.catalogue.load import load
from tfchange.catalogue.match import Owning
from tfchange.change import approved
from tfchange.change.apply_log import Lines, Listener
from tfchange.change.approved import PlanItems
from tfchange.change.compare import compare
from tfchange.change.fingerprint import Item
from tfchange.errors import PlanError, SettingsError, TfchangeError
from tfchange.health.openslo import read as read_openslo
from tfchange.plan.address import Address, block_of, module_steps
from tfchange.plan.attributes import readable
from tfchange.plan.decode import decode
from tfchange.plan.model import ResourceChange
from tfchange.settings import checked
from tfchange.source import hcl, json_syntax, scan, skim
from tfchange.source.references import gather

NOW = approved.approved([PlanItems("plan.json", (Item("aws_s3_bucket.b", "create"),))], "salt")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
_KEY = b"k" * 32
_LONGEST_BLOCK = 4_000
"""Characters; python-hcl2 is too slow for a fuzzer to wait for more."""


def plan(data: bytes) -> None:
    """A plan: decoded, every value of every change read, every address taken apart."""
    with suppress(PlanError):
        found = decode(data)
        for each in (*found.changes, *found.drift, *found.deferred):
            values(each)
            address(each.address.encode("utf-8", "surrogatepass"))


def values(change: ResourceChange) -> None:
    """All that comes out of a change: its values, what they are compared by, how it is shown."""
    _ = repr(change), change.id
    with suppress(PlanError):
        change.read.digests(_KEY, "plan")
    with suppress(PlanError):
        read = change.read()
        for version in filter(None, map(readable, (read.before, read.after))):
            for name in version:
                with suppress(PlanError):
                    _ = version[name]


def address(data: bytes) -> None:
    """An address: what it is read as is printed as what is read the same."""
    text = data.decode("utf-8", "replace")
    block_of(text)
    module_steps(text)
    with suppress(PlanError):
        found = Address.parse(text)
        assert Address.parse(str(found)) == found
        str(found).encode()


def source(data: bytes) -> None:
    """Terraform's source, HCL or JSON: its blocks, and what each refers to."""
    text = data.decode("utf-8-sig", "replace")
    skim.items(text)
    with suppress(scan.ScanError):
        if text.lstrip()[:1] in ("{", "["):
            for block in json_syntax.blocks(text):
                gather(block.kind, json_syntax.items(block.text), json_syntax.traversals)
        else:
            for block in scan.blocks(text):
                assert block.text in text
                if len(block.text) <= _LONGEST_BLOCK:
                    hcl.parse(block, _CACHE)


def apply_log(data: bytes) -> None:
    """The log of an apply: the same however it is cut, and what it tells can be written."""
    heard = []
    for size in (len(data) + 1, 7):
        lines, listener = Lines(), Listener()
        for start in range(0, len(data), size):
            for line in lines.feed(data[start : start + size]):
                listener.hear(line)
        for line in lines.rest():
            listener.hear(line)
        with suppress(TfchangeError):
            told = listener.applied()
            repr(told).encode()
            heard.append(told)
    assert len(set(map(repr, heard))) <= 1


def calendar(data: bytes) -> None:
    """A calendar: read and asked about a day."""
    with suppress(SettingsError):
        for entry in entries(data, "c.ics", UTC, Scope("freeze")):
            entry.pattern.between(NOON, NOON + timedelta(days=1))


def openslo(data: bytes) -> None:
    """A file of service level objectives."""
    with open(_FILE, "wb") as file:
        file.write(data)
    with suppress(SettingsError):
        read_openslo([_FILE], os.path.dirname(_FILE))


def settings(data: bytes) -> None:
    """A tfchange.yaml."""
    with suppress(SettingsError):
        checked(data, "tfchange.yaml")


def catalogue(data: bytes) -> None:
    """A service catalogue, or entities of Backstage: each address has its services, or none."""
    with open(_FILE, "wb") as file:
        file.write(data)
    with suppress(SettingsError):
        found = load((), _FILE)
        owning = Owning(found)
        for address in (a for service in found.services for a in service.addresses):
            assert owning.of(address.replace("*", ""), dict) is not None


def codeowners(data: bytes) -> None:
    """A CODEOWNERS file, at either forge: each file that it names has its owners, or none."""
    text = data.decode("utf-8", "replace")
    for gitlab in (False, True):
        found = parse(text, gitlab=gitlab)
        for line in text.split("\n")[:20]:
            assert all(each.owners for each in found.of(line.split(" ")[0].strip("/") or "a"))


def fingerprint(data: bytes) -> None:
    """What hangs on a change to compare plans with: compared with a plan."""
    if found := approved.read(data):
        told = compare(found, found.fingerprint, NOW)
        "\n".join((*told.new, *told.left_out)).encode()


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (
        plan,
        address,
        source,
        apply_log,
        calendar,
        openslo,
        settings,
        catalogue,
        codeowners,
        fingerprint,
    )
}
_FOLDER = tempfile.mkdtemp(prefix="tfchange-fuzz-")
_CACHE = _FOLDER
_FILE = os.path.join(_FOLDER, "slo.yaml")
