"""The queue of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table of jobs."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("phase", sa.Text, nullable=False, server_default=""),
        sa.Column("fraction", sa.Float),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("curve", sa.Text, nullable=False, server_default="[]"),
        sa.Column("log", sa.Text, nullable=False, server_default=""),
        sa.Column("result", sa.Text, nullable=False, server_default="{}"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("cancelling", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("owner", sa.String(120), nullable=False, server_default=""),
        sa.Column("lease_until", sa.Float),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("started", sa.Float),
        sa.Column("finished", sa.Float),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("jobs_state", "jobs", ["state", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("jobs")
