"""What a module does to the database: migrations there and back, and no hold on rows that are not its own."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import inspect, select

from app.api.reference import Unit
from app.company import Company
from app.migrations import current, head, upgrade
from app.migrations.autogenerate import differences
from app.registry import Installed
from app.registry.lifecycle import disable
from app.security import SYSTEM, User
from app.security.models import Team


def test_its_migrations_go_up_and_down_and_up_and_its_models_agree(module: Installed, bare: Company) -> None:
    source = bare.source_of(module.name)

    def tables(connection: Any) -> set[str]:
        names = inspect(connection).get_table_names()
        return {name for name in names if name.startswith(f"{module.name}_") and name != source.version_table}

    def work(session: Any) -> None:
        connection = session.connection()
        assert tables(connection) == set()
        upgrade(connection, source)
        assert current(connection, source) == head(source)
        assert differences(connection, source) == []
        there = tables(connection)
        upgrade(connection, source, "base")
        assert tables(connection) == set()
        upgrade(connection, source)
        assert tables(connection) == there
        assert differences(connection, source) == []

    bare.database.run(work, actor=SYSTEM)


def _delete_rows_of_the_core(company: Company) -> None:
    def work(session: Any) -> None:
        user = User(login="passing", name="Passing", password_hash="x")
        unit, team = Unit(code="XX", name="thing", digits=0), Team(name="Passing team")
        session.add_all([user, unit, team])
        session.flush()
        session.expire_all()
        for row in (user, unit, team):
            session.delete(row)
        session.flush()
        assert session.scalars(select(User).where(User.login == "passing")).first() is None

    company.database.run(work, actor=SYSTEM)


def test_rows_of_the_core_can_be_deleted_while_it_has_never_been_on(module: Installed, bare: Company) -> None:
    _delete_rows_of_the_core(bare)


def test_rows_of_the_core_can_be_deleted_while_it_is_on_and_after(
    module: Installed, bare: Company, switch: Callable[[], list[str]]
) -> None:
    switch()
    _delete_rows_of_the_core(bare)
    bare.database.run(lambda session: disable(session, SYSTEM, bare, module.name), actor=SYSTEM)
    _delete_rows_of_the_core(bare)
