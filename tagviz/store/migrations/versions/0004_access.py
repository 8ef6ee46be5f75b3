"""Who submitted a job, named access tokens, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column and the tables."""
    op.add_column("jobs", sa.Column("submitted_by", sa.String(120), nullable=False, server_default=""))
    op.create_table(
        "access_tokens",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("expires", sa.Float),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("person", sa.String(120), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("corpus", sa.String(80), nullable=False, server_default=""),
        sa.Column("details", sa.Text, nullable=False, server_default="{}"),
        sa.Column("failed", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("audit_log_person", "audit_log", ["person", "id"])
    op.create_index("audit_log_corpus", "audit_log", ["corpus", "id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("audit_log")
    op.drop_table("access_tokens")
    op.drop_column("jobs", "submitted_by")
