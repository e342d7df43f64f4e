"""A migration that goes up only adds: whatever would take rows, or a table with rows that refer to it, is refused."""

from pathlib import Path

import pytest

from app.company import CORE
from app.registry import Installed
from tests.contract.migrations import errors_of


def errors_in(folder: Path) -> dict[str, list[str]]:
    files = {path.name: errors_of(path.read_text("utf-8")) for path in sorted(folder.glob("[0-9]*.py"))}
    assert files, folder
    return {name: errors for name, errors in files.items() if errors}


def test_its_migrations_only_add(module: Installed) -> None:
    assert errors_in(module.folder / "migrations" / "versions") == {}


def test_the_cores_migrations_only_add() -> None:
    assert errors_in(CORE.folder) == {}


HEAD = "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0002'\n"


@pytest.mark.parametrize(
    "step",
    [
        "op.create_table('a_b', sa.Column('id', sa.Integer()), sa.PrimaryKeyConstraint('id', name=op.f('pk_a_b')))",
        "op.add_column('a_b', sa.Column('zone', sa.String(), server_default='', nullable=False))",
        "op.add_column('a_b', sa.Column('zone', sa.String(), nullable=True))",
        "op.execute('UPDATE a_b SET zone = 1')",
        "op.execute(sa.text('INSERT INTO a_b (id) SELECT id FROM a_c'))",
        "op.create_foreign_key(op.f('fk_a_b_c'), 'a_b', 'a_c', ['c'], ['id'])",
        "op.drop_index(op.f('ix_a_b_c'), table_name='a_b'); op.create_index('ix_a_b_c_d', 'a_b', ['c', 'd'])",
    ],
)
def test_what_adds_is_let_through(step: str) -> None:
    assert (
        errors_of(f"{HEAD}def upgrade() -> None:\n    {step}\ndef downgrade() -> None:\n    op.drop_table('a_b')\n")
        == []
    )


REMADE = "op.drop_table('a_b_total'); op.create_table('a_b_total', sa.Column('id', sa.Integer()))"


def test_a_projection_that_is_rebuilt_may_be_dropped() -> None:
    assert errors_of(f"{HEAD}PROJECTIONS = ('a.b',)\ndef upgrade() -> None:\n    {REMADE}\n") == []


MADE = "op.create_table('a_c', sa.Column('id', sa.Integer()))"


def test_a_table_of_which_another_takes_all_rows_may_be_dropped() -> None:
    step = f"{MADE}; op.execute('INSERT INTO a_c (id) SELECT id FROM a_b'); op.drop_table('a_b')"
    assert errors_of(f"{HEAD}def upgrade() -> None:\n    {step}\n") == []


@pytest.mark.parametrize(
    ("made", "taken", "dropped"),
    [
        (MADE, "SELECT id FROM a_b WHERE id > 1", "a_b"),
        (MADE, "SELECT id FROM a_b", "a_d"),
        ("pass", "SELECT id FROM a_b", "a_b"),
        (MADE, "SELECT id FROM contacts_contact", "contacts_contact"),  # others refer to it
    ],
)
def test_one_of_which_rows_would_be_lost_may_not(made: str, taken: str, dropped: str) -> None:
    step = f"{made}; op.execute('INSERT INTO a_c (id) {taken}'); op.drop_table('{dropped}')"
    assert errors_of(f"{HEAD}def upgrade() -> None:\n    {step}\n") == ["line 5: op.drop_table does more than add"]


@pytest.mark.parametrize(
    ("named", "step"),
    [
        ("()", REMADE),  # nobody would fill it
        ("('a.c',)", REMADE),
        ("('a.b',)", "op.drop_table('a_b_total')"),
        ("('a.b',)", "op.drop_table('a_b_entry'); op.create_table('a_b_entry', sa.Column('id', sa.Integer()))"),
    ],
)
def test_whatever_else_is_dropped_is_refused(named: str, step: str) -> None:
    source = f"{HEAD}PROJECTIONS = {named}\ndef upgrade() -> None:\n    {step}\n"
    assert errors_of(source) == ["line 6: op.drop_table does more than add"]


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("op.drop_table('a_b')", "line 5: op.drop_table does more than add"),
        ("op.drop_column('a_b', 'c')", "line 5: op.drop_column does more than add"),
        ("op.alter_column('a_b', 'c', nullable=False)", "line 5: op.alter_column does more than add"),
        ("op.rename_table('a_b', 'a_c')", "line 5: op.rename_table does more than add"),
        (
            "with op.batch_alter_table('a_b', recreate='always') as batch: batch.drop_column('c')",
            "line 5: op.batch_alter_table does more than add",
        ),
        ("op.get_bind().execute(sa.text('DROP TABLE a_b'))", "line 5: op.get_bind does more than add"),
        ("op.execute('drop table a_b')", "line 5: op.execute takes away: drop table a_b"),
        ("op.execute(sa.text('DELETE FROM a_b'))", "line 5: op.execute takes away: DELETE FROM a_b"),
        ("op.execute(f'{1} FROM a_b')", "line 5: op.execute of SQL that is made when it runs"),
        ("op.drop_index('ix_a_b_c', table_name='a_b')", "line 5: op.drop_index of an index that it does not replace"),
        (
            "op.drop_index('ix_a_b_c', table_name='a_b'); op.create_index('ix_a_c_c', 'a_c', ['c'])",
            "line 5: op.drop_index of an index that it does not replace",
        ),
        (
            "op.add_column('a_b', sa.Column('zone', sa.String(), nullable=False))",
            "line 5: op.add_column of a column that the rows there are can't have filled",
        ),
        ("drop = op.drop_table", "line 5: op.drop_table is handed about, so nobody can read what is done with it"),
        ("help_me(op)", "line 5: op is handed about, so nobody can read what is done with it"),
        ("import os", "line 5: it imports by “import os”"),
    ],
)
def test_what_takes_away_is_reported(step: str, why: str) -> None:
    assert errors_of(f"{HEAD}def upgrade() -> None:\n    {step}\n") == [why]


def test_a_function_beside_upgrade_hides_nothing() -> None:
    hidden = f"{HEAD}def _clean() -> None:\n    op.drop_table('a_b')\ndef upgrade() -> None:\n    _clean()\n"
    assert errors_of(hidden) == ["line 5: op.drop_table does more than add"]
