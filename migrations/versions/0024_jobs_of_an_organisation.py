"""Jobs of an organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("core_job", sa.Column("organisation_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("core_job", "organisation_id")
