"""What is found elsewhere than at the beginning of a name: an index more on PostgreSQL."""

revision = "0032"
down_revision = "0031"

#: indexes of search that are filled, and get their trigrams, once the source is at its newest revision
SEARCHED = ("contacts_contact_search",)


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
