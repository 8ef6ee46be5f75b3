"""Reviewers, their verdicts on recommended items, and experts' decisions about the vocabulary."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of reviewers, verdicts and decisions."""
    op.create_table(
        "reviewers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("reviewer", sa.Integer, sa.ForeignKey("reviewers.id"), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("corpus", sa.String(80), nullable=False),
        sa.Column("corpus_fingerprint", sa.String(80), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("model_fingerprint", sa.String(80), nullable=False),
        sa.Column("versus", sa.String(200), nullable=False, server_default=""),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("answer", sa.String(20), nullable=False),
        sa.Column("instead", sa.Text, nullable=False, server_default=""),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("verdicts_subject", "verdicts", ["subject", "id"])
    op.create_index("verdicts_corpus", "verdicts", ["corpus", "id"])
    op.create_index("verdicts_reviewer", "verdicts", ["reviewer", "id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("corpus", sa.String(80), nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False, server_default=""),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("digest", sa.String(20), nullable=False),
    )
    op.create_index("decisions_corpus", "decisions", ["corpus", "id"])


def downgrade() -> None:
    """Drop them."""
    for table in ("decisions", "verdicts", "reviewers"):
        op.drop_table(table)
