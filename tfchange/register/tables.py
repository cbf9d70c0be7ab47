"""The tables of the register as they are in its newest version; migrations lead to them.

Times are text, ISO 8601 in UTC, and structures are JSON, so that both databases store the same and
a digest of a row is the same on both.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData()
LIVE = text("state NOT IN ('closed', 'cancelled')")

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False, unique=True),
    Column("key", Text, nullable=False),
    Column("repository", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("envelope", Text),
    Column("author", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("updated", Text, nullable=False),
    Column("closed", Text),
    Column("result", Text),
    Column("result_notes", Text),
    Column("record", Text, nullable=False),
    Column("told", Text, nullable=False),  # the request, all of it but its links and files
    Column("successor_of", Text),
    # When the review of an emergency was held; what was declared stands in `told`.
    Column("reviewed", Text),
)
# What makes two changes of one key impossible, whoever writes and however many at once.
Index(
    "one_live_change_per_key",
    changes.c.key,
    unique=True,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
Index("changes_by_key", changes.c.key)
Index("runs_by_envelope", changes.c.envelope, changes.c.closed)
Index("changes_by_state", changes.c.state)
Index("reviews_by_category", changes.c.category, changes.c.reviewed)

approvals = Table(
    "approvals",
    metadata,
    Column("change", ForeignKey("changes.id"), primary_key=True),
    Column("group_name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("decided", Text),
    Column("fingerprint", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
Index("audit_by_change", audit.c.change)

head = Table(
    "head",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)

# `seq` is that of the entry that tells of it, which is written after the row it vouches for.
transitions = Table(
    "transitions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("change", ForeignKey("changes.id"), nullable=False),
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("at", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("change", ForeignKey("changes.id"), primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("added", Integer, nullable=False),  # the entry of the trail that tells of it
)

files = Table(
    "files",
    metadata,
    Column("change", ForeignKey("changes.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

CHILDREN = (approvals, transitions, links, files)
