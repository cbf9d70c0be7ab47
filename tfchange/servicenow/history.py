"""What stands in a change already, so that nothing is said in it twice."""

from tfchange.change.request import Link
from tfchange.servicenow.api import NEW, Api
from tfchange.servicenow.client import Client
from tfchange.servicenow.fields import DUPLICATE, journal, line, words
from tfchange.servicenow.rows import Row, display, value


class History:
    """The texts and work notes of changes, as far as they were seen or can be read."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._described: dict[str, str] = {}
        self._imagined: Row = {}

    def remember(self, row: Row) -> None:
        """The record was just written or read."""
        self._described[value(row, "sys_id")] = value(row, "description")
        if value(row, "sys_id") == NEW:
            self._imagined = row

    def imagined(self, id_: str) -> Row | None:
        """The change of a rehearsal; None for one that is there."""
        return self._imagined if id_ == NEW else None

    def link(self, api: Api, id_: str, link: Link) -> tuple[str, ...]:
        """The change refers to it, once; says so where nobody can tell."""
        if link.ticket:
            return self._relate(api, id_, link)
        if link.url in words([self._described.get(id_, "")]):
            return ()
        row = self.imagined(id_) or api.get(id_)
        self.remember(row)
        if link.url in words([value(row, "description")]):
            return ()
        said = self.notes(row)
        if not said and id_ != NEW:
            # The first note is written when a change is opened, so there is one.
            return (f"{line(link)} was not added: the user cannot read work notes.",)
        if link.url not in words(said):
            api.patch(id_, {"work_notes": journal(line(link))})
        return ()

    def notes(self, row: Row) -> list[str]:
        """The work notes of a change, newest first, as one text or as several."""
        shown = display(row, "work_notes")
        if shown or value(row, "sys_id") == NEW:
            return [shown]
        id_ = value(row, "sys_id")
        query = f"element_id={id_}^element=work_notes^ORDERBYDESCsys_created_on"
        found = self._client.first("sys_journal_field", query, "element_id,element,value", 500)
        return [value(each, "value") for each in found if value(each, "element_id") == id_]

    def _relate(self, api: Api, id_: str, link: Link) -> tuple[str, ...]:
        row = self.imagined(id_) or api.get(id_)
        duplicate = link.relation == "duplicate of"
        fields = {"parent": link.ticket}
        if duplicate:
            fields["correlation_display"] = f"{DUPLICATE}{link.title}"
        if all(value(row, name) == wanted for name, wanted in fields.items()):
            return ()
        if duplicate:
            fields["work_notes"] = journal(f"Duplicate of {link.title}: {link.url}")
        reply = api.patch(id_, fields)
        got = reply.rows[0] if reply.rows else {}
        if "parent" in got and value(got, "parent") != link.ticket:
            return (f"ServiceNow does not keep {link.title} as the parent of this change.",)
        return ()
