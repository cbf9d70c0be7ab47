"""Files and links of an issue, each there once however often it is told."""

from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from tfchange.change.request import Attachment, Link
from tfchange.errors import DeskError
from tfchange.jira.config import JiraConfig
from tfchange.jira.issue import IMAGINED
from tfchange.jira.site import ForbiddenError, RefusedError, Site, missing

if TYPE_CHECKING:
    from io import BufferedReader

Json = Any

FILES = "tfchange-files"
"""The property that tells which content each of our files has: name to id and digest."""

_TOO_LARGE = 413
_LONGEST_ID = 255
_TYPES = {"successor of": "Relates", "duplicate of": "Duplicate"}
_ANY_TYPE = "Relates"


class Files:
    """The files and links of one site's issues."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def attach(self, id_: str, file: Attachment) -> tuple[str, ...]:
        """The file hangs on the issue, and no older one of ours under its name; else a note."""
        if not file.data:
            return (f"{file.name} is not attached: it is empty.",)
        try:
            self._attach(id_, file)
        except ForbiddenError:
            return (f"{file.name} is not attached: Jira does not allow it to this user.",)
        except RefusedError as error:
            if error.status != _TOO_LARGE:
                raise
            size = len(file.data)
            return (f"{file.name} is not attached: Jira takes no file of {size} bytes.",)
        return ()

    def fetch(self, id_: str, name: str) -> bytes | None:
        """The newest file of ours of that name, whole; None where there is none.

        On Cloud the bytes are asked for directly: else Jira sends us on to another host.
        """
        known, there = self._files(id_)
        named = [f for f in there if f["filename"] == name]
        if not named:
            return None
        newest = max(named, key=lambda file: int(file["id"]))
        data, said = self._content(newest), known.get(name, [])
        other = newest["id"] in said and Attachment(name, "", data).digest not in said
        if other or len(data) != newest["size"]:
            raise DeskError(
                f"what came back is not {name} as it was attached", "Run the command again."
            )
        return data

    def _content(self, file: dict[str, Json]) -> bytes:
        if not self._site.cloud:
            return self._site.file(str(file["content"]))
        path = self._site.api(f"attachment/content/{file['id']}")
        return self._site.file(f"{self._site.url}/rest/{path}", redirect="false")

    def link(self, id_: str, key: str, link: Link) -> tuple[str, ...]:
        """The issue refers to it; where no type of link fits, by address, and a note says so."""
        if not link.ticket:
            self._page(id_, link)
            return ()
        type_ = self._type(link.relation)
        if type_ and self._issue(id_, key, link, type_):
            return ()
        self._page(id_, link)
        return (f"Jira draws no link for `{link.relation}`; {link.title} is linked as a page.",)

    def _attach(self, id_: str, file: Attachment) -> None:
        known, there = self._files(id_)
        same = [str(f["id"]) for f in there if f["filename"] == file.name]
        if known.get(file.name) not in [[each, file.digest] for each in same]:
            # First the new one, then the note of its content, then the old ones are taken away:
            # broken off anywhere, the next run begins again and no file is lost.
            # The package says `BufferedReader` and needs no more of it than to read and to seek.
            data = cast("BufferedReader", BytesIO(file.data))
            made = self._site.client.add_attachment(id_, data, file.name)
            known = {**known, file.name: [str(made.id), file.digest]}
            self._site.put(self._site.api(f"issue/{id_}/properties/{FILES}"), known)
        for old in same:
            if old != known[file.name][0]:
                self._forget(old)

    def _files(self, id_: str) -> tuple[dict[str, list[str]], list[dict[str, Json]]]:
        if id_ == IMAGINED:
            return {}, []
        told = self._site.get(self._site.api(f"issue/{id_}"), fields="attachment", properties=FILES)
        known = told.get("properties", {}).get(FILES)
        # What somebody else has hung up under the same name is theirs.
        there = [
            f for f in told["fields"].get("attachment", ()) if self._site.is_me(f.get("author"))
        ]
        return (known if isinstance(known, dict) else {}), there

    def _forget(self, attachment: str) -> None:
        try:
            self._site.client.delete_attachment(attachment)
        except RefusedError as error:
            if not missing(error):
                raise

    def _page(self, id_: str, link: Link) -> None:
        path = self._site.api(f"issue/{id_}/remotelink")
        body = {
            "globalId": _global_id(link),
            "relationship": link.relation,
            # What is left out of an update is emptied, so all of it is told each time.
            "object": {"url": link.url, "title": link.title},
        }
        if id_ != IMAGINED and any(_says(each, body) for each in self._site.get(path)):
            return
        self._site.post(path, body)

    def _issue(self, id_: str, key: str, link: Link, type_: str) -> bool:
        """Whether the two are linked; they are not where the other one cannot be seen any more."""
        if id_ != IMAGINED:
            told = self._site.get(self._site.api(f"issue/{id_}"), fields="issuelinks")
            if any(_refers(each, link, type_) for each in told["fields"].get("issuelinks", ())):
                return True
        body = {
            "type": {"name": type_},
            "inwardIssue": {"key": key},
            "outwardIssue": {"key": link.title},
        }
        try:
            # The package sends an empty comment along, which the site refuses.
            self._site.post(self._site.api("issueLink"), body)
        except RefusedError as error:
            if not missing(error):
                raise
            return False
        return True

    def _type(self, relation: str) -> str:
        offered = {str(t.name).lower(): str(t.name) for t in self._site.client.issue_link_types()}
        wanted = (link_type(relation, self._site.config), _ANY_TYPE)
        return next((offered[w.lower()] for w in wanted if w.lower() in offered), "")


def link_type(relation: str, config: JiraConfig) -> str:
    """The name of the type of link for a relation."""
    return config.links.get(relation) or _TYPES.get(relation, _ANY_TYPE)


def _global_id(link: Link) -> str:
    made = f"tfchange={link.relation}={link.url}"
    if len(made) <= _LONGEST_ID:
        return made
    return f"tfchange={sha256(made.encode()).hexdigest()}"


def _says(there: dict[str, Json], wanted: dict[str, Json]) -> bool:
    object_ = there.get("object", {})
    return (
        there.get("globalId") == wanted["globalId"]
        and there.get("relationship") == wanted["relationship"]
        and all(object_.get(k) == v for k, v in wanted["object"].items())
    )


def _refers(there: dict[str, Json], link: Link, type_: str) -> bool:
    other = there.get("outwardIssue") or there.get("inwardIssue") or {}
    return bool(there["type"]["name"] == type_ and other.get("key") == link.title)
