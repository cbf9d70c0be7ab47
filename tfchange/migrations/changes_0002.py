"""When the review of an emergency was held, and ways to find what is under way and unreviewed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Changes have a column for it, empty for all: a value would alter what entries vouch for."""
    op.add_column("changes", sa.Column("reviewed", sa.Text))
    op.create_index("changes_by_state", "changes", ["state"])
    op.create_index("reviews_by_category", "changes", ["category", "reviewed"])
