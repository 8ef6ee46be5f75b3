"""Leases that a change of the clock does not touch."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the machine's start and the end of the lease in seconds since then."""
    op.add_column("jobs", sa.Column("lease_boot", sa.String(40), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("lease_end", sa.Float))


def downgrade() -> None:
    """Remove them."""
    op.drop_column("jobs", "lease_end")
    op.drop_column("jobs", "lease_boot")
