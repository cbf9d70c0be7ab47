"""What a service desk is told: the change request and its parts, as frozen values."""

from collections.abc import Iterable
from hashlib import sha256
from time import gmtime, strftime

import msgspec

from tfchange.change.people import together
from tfchange.risk.assessment import Approval, Category, Emergency, Level


class Key(msgspec.Struct, frozen=True):
    """Which piece of work a change request is for; there is one request per key."""

    repository: str
    """`owner/name`."""
    workspaces: tuple[str, ...]
    subject: str
    """`#12` for a pull request, else the full ref, such as `refs/heads/main`."""

    def __str__(self) -> str:
        mark = "" if self.subject.startswith("#") else ":"
        return f"{self.repository}@{'+'.join(sorted(self.workspaces))}{mark}{self.subject}"

    @property
    def digest(self) -> str:
        """32 hex digits that every desk can store and search for; case of the name is ignored."""
        parts = (self.repository.lower(), *sorted(set(self.workspaces)), self.subject)
        return sha256("\0".join(parts).encode()).hexdigest()[:32]


class Commit(msgspec.Struct, frozen=True):
    """Where the plan comes from."""

    repository: str
    sha: str = ""
    ref: str = ""
    """The full ref, such as `refs/heads/main` or `refs/tags/v1`."""
    pull_request: int | None = None
    workspaces: tuple[str, ...] = ("default",)
    time: int = 0
    """When the commit was made, in seconds since 1970; 0 where it is not known."""
    author: str = ""
    server: str = ""
    """The address of the forge, such as `https://github.com`; `""` where there is none."""
    commit_url: str = ""
    ref_url: str = ""
    pull_request_url: str = ""
    run_url: str = ""

    @property
    def key(self) -> Key:
        """The key of the change request this commit belongs to."""
        subject = f"#{self.pull_request}" if self.pull_request is not None else self.ref
        return Key(self.repository, self.workspaces, subject)


class Stamp(msgspec.Struct, frozen=True):
    """When a run stands in the order of runs, so that an older one never overwrites a newer."""

    committed: int
    """The time of the commit, 0 where it is not known."""
    planned: int
    """The time of the plan, or of the run where the plan does not say."""

    def older_than(self, other: "Stamp") -> bool:
        """Whether the other run is newer: by commit where both know theirs, else by plan."""
        if self.committed and other.committed and self.committed != other.committed:
            return self.committed < other.committed
        return self.planned < other.planned


class Record(msgspec.Struct, frozen=True):
    """What tfchange itself keeps in a ticket, to know it again and to tell what was filed."""

    category: Category
    level: Level
    stamp: Stamp
    digest: str
    """Of all that was filed, 16 hex digits: equal means that nothing has to be written."""
    fingerprint: str
    """Of what the plan does, 32 hex digits; approvals are for this."""

    def to_text(self) -> str:
        """One line of at most 100 characters, for desks without a place for more."""
        stamp = f"{self.stamp.committed:x}.{self.stamp.planned:x}"
        parts = ("tfchange1", self.category, self.level, stamp, self.digest, self.fingerprint)
        return " ".join(part or "-" for part in parts)

    @classmethod
    def parse(cls, text: str) -> "Record | None":
        """The record in such a line; None where the line is something else."""
        try:
            mark, category, level, stamp, digest, fingerprint = text.split(" ")
            committed, planned = (int(part, 16) for part in stamp.split("."))
            kept = (Category(category), Level(level), Stamp(committed, planned))
        except ValueError:
            return None
        plain = (part if part != "-" else "" for part in (digest, fingerprint))
        return cls(*kept, *plain) if mark == "tfchange1" else None


class Block(msgspec.Struct, frozen=True):
    """A piece of text that makes sense on its own; each desk writes it in its own markup."""

    kind: str
    """`heading` and `paragraph` (one line each), `items` and `steps` (a line per entry)."""
    lines: tuple[str, ...]


Text = tuple[Block, ...]


class Texts(msgspec.Struct, frozen=True):
    """The texts of a change request, each the whole truth; desks cut them to their limits."""

    description: Text = ()
    risk: Text = ()
    """Risk and impact analysis."""
    implementation: Text = ()
    test: Text = ()
    backout: Text = ()


class Link(msgspec.Struct, frozen=True):
    """Something the change refers to: a page, or another change at the same desk."""

    relation: str
    """`commit`, `tag`, `branch`, `pull request`, `run`; `successor of`, `duplicate of`."""
    title: str
    url: str = ""
    ticket: str = ""
    """The id of the other change; then there is no url."""


class Attachment(msgspec.Struct, frozen=True):
    """A file to hang onto the change; a newer one of the same name replaces it."""

    name: str
    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """16 hex digits of the content."""
        return sha256(self.data).hexdigest()[:16]


class Window(msgspec.Struct, frozen=True):
    """When the change is planned to be done; times as ISO 8601 in UTC, `2026-11-23T10:00:00Z`."""

    start: str
    end: str
    proposed: bool = False
    """Whether it is only the earliest that is lawful: later is as good, and people may set another.
    """

    def meets(self, other: "Window | None") -> bool:
        """Whether both are planned for some of the same time; what is only proposed is not."""
        if other is None or self.proposed or other.proposed:
            return False
        return self.start < other.end and other.start < self.end


class ChangeRequest(msgspec.Struct, frozen=True):
    """Everything a desk is told about a change."""

    commit: Commit
    category: Category
    level: Level
    impact: Level
    likelihood: Level
    score: int
    stamp: Stamp
    title: str
    """One line of at most 160 characters."""
    texts: Texts = Texts()
    environment: str = ""
    fingerprint: str = ""
    envelope: str | None = None
    """The envelope that it fits into, by its id; a normal change only would, had it been earned."""
    emergency: Emergency | None = None
    approvals: tuple[Approval, ...] = ()
    lead_time: str = ""
    window: Window | None = None
    services: tuple[str, ...] = ()
    """Affected services by name."""
    items: tuple[str, ...] = ()
    """Affected configuration items (CIs) by name."""
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    successor_of: str | None = None
    """The number of the closed change that this one follows."""
    before: tuple[str, ...] = ()
    """Who wrote the commits that the change was filed for before this one."""

    @property
    def authors(self) -> tuple[str, ...]:
        """All who wrote a commit that the change was filed for."""
        return together(*self.before, self.commit.author)

    @property
    def key(self) -> Key:
        """The key under which it is found again."""
        return self.commit.key

    @property
    def record(self) -> Record:
        """What is kept in the ticket."""
        return Record(self.category, self.level, self.stamp, self.digest, self.fingerprint)

    def after(self, authors: Iterable[str]) -> "ChangeRequest":
        """The request for a change that was filed for these authors before."""
        others = (each for each in (*authors, *self.before) if each != self.commit.author)
        return msgspec.structs.replace(self, before=together(*others))

    def agreeing(
        self, kept: Record | None, window: Window | None, declared: Emergency | None
    ) -> "ChangeRequest":
        """The request with what was settled when its change was filed before.

        That is when the review of the same emergency is due, and a window that was proposed for
        the same plan, or that people have set since, unless it was over when this plan was made.
        """
        same, told = kept is not None and kept.fingerprint == self.fingerprint, self
        if declared and self.emergency and declared.incident == self.emergency.incident:
            told = msgspec.structs.replace(told, emergency=declared)
        proposed = self.window is not None and self.window.proposed
        if proposed and same and window and window.end > _iso(self.stamp.planned):
            told = msgspec.structs.replace(told, window=window)
        return told

    @property
    def digest(self) -> str:
        """Of all that is told, save which run tells it and when, as 16 hex digits."""
        commit = msgspec.structs.replace(self.commit, run_url="")
        links = tuple(link for link in self.links if link.relation != "run" and not link.ticket)
        names = tuple((a.name, a.digest) for a in self.attachments)
        told = msgspec.structs.replace(
            self,
            commit=commit,
            emergency=self.emergency and self.emergency.incident,
            links=links,
            attachments=(),
            stamp=Stamp(0, 0),
            successor_of=None,
            before=(),
        )
        return sha256(msgspec.json.encode((told, names))).hexdigest()[:16]


def _iso(seconds: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(seconds))


class Result(msgspec.Struct, frozen=True):
    """How a change ended, for its closing."""

    outcome: str
    """`successful`, `partly` or `failed`."""
    notes: Text = ()
    """What was done and what was not."""
    attachments: tuple[Attachment, ...] = ()
    proven: bool = False
    """Whether more than a word speaks for it: the whole log, or the gate that it went through."""
