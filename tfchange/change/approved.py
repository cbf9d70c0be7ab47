"""What was filed for approval, item by item, as it is kept at the desk to be compared later."""

import hmac
from collections.abc import Sequence

import msgspec

from tfchange.change.fingerprint import Item, of_items, of_several
from tfchange.change.request import Attachment

NAME = "fingerprint.json"
"""Of the file that hangs on the change."""
VERSION = "1.0"


class PlanItems(msgspec.Struct, frozen=True):
    """One plan and all that it does."""

    path: str
    items: tuple[Item, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Of this plan alone."""
        return of_items(self.items)


class Approved(msgspec.Struct, frozen=True):
    """What the plans of a change do."""

    fingerprint: str
    """Of all of them together; the record of the change has the same."""
    plans: tuple[PlanItems, ...]
    salt: str = ""
    """Known again by 16 hex digits; digests of another salt cannot be compared."""
    secret: bool = False
    """Whether the salt is a secret."""
    environment: str = ""
    """That it was assessed for."""
    schema_version: str = VERSION

    @property
    def whole(self) -> bool:
        """Whether the items are those of the fingerprint; they are not where digests are withheld
        or somebody has altered them."""
        return self.fingerprint == of_several(plan.fingerprint for plan in self.plans)

    @property
    def withheld(self) -> bool:
        """Whether the digest of any secret is not in here."""
        values = (value for plan in self.plans for item in plan.items for value in item.values)
        return any(value.secret and not value.value for value in values)

    def trusted(self, fingerprint: str, *, secret: bool) -> bool:
        """Whether this is what the record with that fingerprint was made of.

        With a secret salt nothing was withheld, and every item is held against the fingerprint.
        """
        return self.fingerprint == fingerprint and (self.whole or (self.withheld and not secret))


def approved(
    plans: Sequence[PlanItems], salt: str, *, secret: bool = False, environment: str = ""
) -> Approved:
    """What these plans do together."""
    together = of_several(plan.fingerprint for plan in plans)
    return Approved(together, tuple(plans), mark(salt), secret, environment)


def mark(salt: str) -> str:
    """16 hex digits that are equal where the salt is."""
    return hmac.new(salt.encode(), b"tfchange fingerprint", "sha256").hexdigest()[:16]


def attachment(some: Approved) -> Attachment:
    """The file to hang on the change.

    Where the salt is no secret, whoever sees the file could try out what a short secret may have
    been; then the digests of secrets are withheld.
    """
    kept = some if some.secret else _withheld(some)
    return Attachment(NAME, "application/json", msgspec.json.encode(kept))


def read(data: bytes) -> Approved | None:
    """What such a file says; None where it is something else."""
    try:
        found = msgspec.json.decode(data, type=Approved)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if found.schema_version.startswith("1.") else None


def _withheld(some: Approved) -> Approved:
    plans = tuple(
        msgspec.structs.replace(plan, items=tuple(_without_secrets(item) for item in plan.items))
        for plan in some.plans
    )
    return msgspec.structs.replace(some, plans=plans)


def _without_secrets(item: Item) -> Item:
    values = tuple(
        msgspec.structs.replace(value, value="") if value.secret else value for value in item.values
    )
    return msgspec.structs.replace(item, values=values)
