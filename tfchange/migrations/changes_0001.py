"""Changes with approvals, transitions, links and files, and an audit trail that only grows."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

LIVE = sa.text("state NOT IN ('closed', 'cancelled')")
APPEND_ONLY = ("audit", "transitions")


def upgrade() -> None:
    """The tables are there, and the trail is empty."""
    _changes()
    _approvals()
    _trail()
    _links_and_files()
    for table in APPEND_ONLY:
        _guard(table)


def _changes() -> None:
    needed = (
        *("number", "key", "repository", "subject", "category", "level", "state", "title"),
        *("fingerprint", "author", "created", "updated", "record", "told"),
    )
    optional = ("envelope", "closed", "result", "result_notes", "successor_of")
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in needed),
        *(sa.Column(name, sa.Text) for name in optional),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "one_live_change_per_key",
        "changes",
        ["key"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index("changes_by_key", "changes", ["key"])
    op.create_index("runs_by_envelope", "changes", ["envelope", "closed"])


def _approvals() -> None:
    op.create_table(
        "approvals",
        _change(),
        sa.Column("group_name", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        *(_text(name) for name in ("reason", "decision", "decided_by", "comment", "fingerprint")),
        sa.Column("decided", sa.Text),
    )


def _trail() -> None:
    columns = ("at", "actor", "change", "action", "details", "previous", "hash")
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *(_text(name) for name in columns),
    )
    op.create_index("audit_by_change", "audit", ["change"])
    head = op.create_table(
        "head",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        _text("hash"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])
    op.create_table(
        "transitions",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("change", sa.Integer, sa.ForeignKey("changes.id"), nullable=False),
        *(_text(name) for name in ("from_state", "to_state", "at")),
    )


def _links_and_files() -> None:
    op.create_table(
        "links",
        _change(),
        sa.Column("relation", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        *(_text(name) for name in ("title", "url", "ticket")),
        sa.Column("added", sa.Integer, nullable=False),
    )
    op.create_table(
        "files",
        _change(),
        sa.Column("name", sa.Text, primary_key=True),
        *(_text(name) for name in ("media_type", "sha256")),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _guard(table: str) -> None:
    """Rows of the table can be added, and neither changed nor deleted."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )


def _change() -> sa.Column[int]:
    return sa.Column("change", sa.Integer, sa.ForeignKey("changes.id"), primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)
