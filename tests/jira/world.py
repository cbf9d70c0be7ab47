"""People at a fake Jira, and a desk that speaks to it."""

from typing import Any

from requests.adapters import BaseAdapter

from tests.change.requests import request
from tests.contracts.desk import never
from tests.jira.fake import TOKEN, USER, JiraFake
from tests.jira.shop import DONE, Shop, cloud
from tfchange.change.desk import Ticket
from tfchange.change.file import file
from tfchange.jira.desk import JiraConfig, JiraDesk, connect

APPROVERS = {"Database team": ("ann",)}


def config(shop: Shop, url: str = "http://127.0.0.1", **given: Any) -> JiraConfig:
    """The settings for a fake."""
    told: dict[str, Any] = {
        "url": url,
        "project": "CHG",
        "user": USER if shop.cloud else "",
        "token": TOKEN,
        "approvers": APPROVERS,
    }
    return JiraConfig(**{**told, **given})


def world(shop: Shop | None = None, **given: Any) -> "JiraWorld":
    """People at a fresh site."""
    return JiraWorld(JiraFake(shop or cloud()), **given)


class JiraWorld:
    """What people see and do at the site, without tfchange."""

    def __init__(self, fake: JiraFake, transport: BaseAdapter | None = None, **given: Any) -> None:
        self.fake = fake
        self.config = config(fake.shop, **given)
        self.pauses: list[float] = []
        self.desk: JiraDesk = connect(
            self.config, transport=transport or fake, pause=self.pauses.append
        )

    def approve(self, ticket: Ticket) -> None:
        """By the approval of the service desk, else by a button."""
        self._decide(ticket, "approved", "Approve")

    def reject(self, ticket: Ticket) -> None:
        """By the approval of the service desk, else by a button."""
        self._decide(ticket, "declined", "Reject")

    def texts(self, ticket: Ticket) -> str:
        """All texts of all fields and comments."""
        issue = self.issue(ticket)
        texts = [shown(v) for v in issue.fields.values()]
        return "\n".join([*texts, *(shown(c["body"]) for c in issue.comments)])

    def files(self, ticket: Ticket) -> dict[str, bytes]:
        """By name."""
        files = self.issue(ticket).files
        names = [f["filename"] for f in files]
        assert len(names) == len(set(names)), names
        return {f["filename"]: self.fake.contents[f["id"]] for f in files}

    def links(self, ticket: Ticket) -> list[str]:
        """Pages, and the issues at the other end."""
        issue = self.issue(ticket)
        ends = [(e["from"], e["to"]) for e in self.fake.store.links]
        others = [b.key for a, b in ends if a is issue] + [a.key for a, b in ends if b is issue]
        return [p["object"]["url"] for p in issue.pages] + others

    def declare(self, id_: str, *, open_: bool) -> None:
        """In another project; nothing can be called otherwise than by a key of one."""
        statuses = self.fake.shop.workflow.statuses
        if "-" in id_ and not self.fake.store.find(id_):
            wanted = next(name for name in statuses if (statuses[name] == DONE) is not open_)
            self.fake.store.declare(id_, wanted)

    def issue(self, ticket: Ticket) -> Any:
        """What the site has."""
        return self.fake.store.find(ticket.id)

    def _decide(self, ticket: Ticket, decision: str, button: str) -> None:
        issue = self.issue(ticket)
        if self.fake.shop.service_desk:
            if issue.approvals and issue.status == self.fake.shop.workflow.approval:
                self.fake.store.decide(issue, decision)
        elif any(s.name == button for s in self.fake.store.steps(issue)):
            self.fake.store.step(issue, button)


def shown(value: Any) -> str:
    """The text that people see of a value, whatever its markup."""
    if isinstance(value, dict):
        own = str(value.get("text") or value.get("value") or value.get("name") or "")
        inner = [shown(each) for each in value.get("content", ())]
        mark = "\n" if value.get("type") in ("paragraph", "heading") else ""
        return own + "".join(inner) + mark
    if isinstance(value, list):
        return "\n".join(shown(each) for each in value)
    return rendered(str(value))


def rendered(wiki: str) -> str:
    """The text that wiki markup shows, without its marks for headings and lists."""
    import html
    import re

    lines = [re.sub(r"^(h3\. |\* |# )", "", line) for line in wiki.splitlines()]
    plain = re.sub(r"\\([!\[\]^~+?%{}()*_\-|@])", r"\1", "\n".join(lines))
    return html.unescape(plain)


def moved(some: JiraWorld, id_: str, status: str) -> None:
    """Somebody moves an issue, whatever its workflow offers."""
    issue = some.fake.store.find(id_)
    assert issue
    some.fake.store.move(issue, status)


def put(some: JiraWorld, **given: Any) -> Ticket:
    """A change, filed."""
    return file(some.desk, request(**given), pause=never).ticket
