"""What an instance would answer to a write, for rehearsals."""

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import msgspec

from tfchange.servicenow.api import CHANGE, NEW
from tfchange.servicenow.files import ATTACHMENTS

if TYPE_CHECKING:
    import requests

CREATED = {"number": NEW, "state": "-5", "approval": "not requested", "type": "normal"}


def pretend(request: "requests.PreparedRequest") -> tuple[int, object]:
    """The reply to a write that is not sent: everything is taken as it was told."""
    path = unquote(urlsplit(request.url or "").path)
    if request.method == "DELETE":
        return 204, None
    if path.startswith(ATTACHMENTS):
        return 201, {"result": {"sys_id": NEW}}
    if path.endswith(("/ci", "/first_available")):
        return 202, {"result": {"worker": {"sysId": NEW}, "state": {"value": 3}}}
    if path.endswith("/conflict"):
        return 200, {"result": NEW}
    told = _told(request)
    if request.method == "PATCH":
        return 200, {"result": {"sys_id": path.rpartition("/")[2], **told}}
    kind = path.removeprefix(CHANGE).strip("/").partition("/")[0]
    known = {"type": kind} if kind in ("normal", "standard", "emergency") else {}
    return 200, {"result": {"sys_id": NEW, **CREATED, **known, **told}}


def _told(request: "requests.PreparedRequest") -> dict[str, object]:
    try:
        told = msgspec.json.decode(request.body or b"{}")
    except msgspec.DecodeError:
        return {}
    return told if isinstance(told, dict) else {}
