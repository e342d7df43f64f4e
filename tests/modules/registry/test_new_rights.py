"""Rights that a newer program brings reach the shipped roles when it starts; those taken away stay away."""

from typing import Any

from sqlalchemy import delete, select

from app.security import SYSTEM, Grant, Role
from app.security.models import Offered
from app.setup import migrate


def holders(company: Any, permission: str) -> set[str]:
    query = select(Role.name).join(Grant, Grant.role_id == Role.id).where(Grant.name == permission)
    return set(company.database.run(lambda s: s.scalars(query).all(), actor=SYSTEM, write=False))


def test_a_right_that_no_role_knows_yet_goes_to_those_it_is_meant_for(company: Any) -> None:
    before = {name: holders(company, name) for name in ("core.audit.view", "trade.sale.post")}
    for name in before:
        for model in (Grant, Offered):
            query = delete(model).where(model.name == name)
            company.database.run(lambda s, query=query: s.execute(query), actor=SYSTEM)
    migrate(company.database, company)
    assert {name: holders(company, name) for name in before} == before
    assert "manager" in before["core.audit.view"]


def test_a_right_that_was_taken_from_one_role_is_not_given_back(company: Any) -> None:
    managers = select(Role.id).where(Role.name == "manager").scalar_subquery()
    taken = delete(Grant).where(Grant.name == "trade.sale.post", Grant.role_id == managers)
    company.database.run(lambda s: s.execute(taken), actor=SYSTEM)
    migrate(company.database, company)
    assert "manager" not in holders(company, "trade.sale.post")


def test_a_right_that_was_taken_from_every_role_is_not_given_back(company: Any) -> None:
    taken = delete(Grant).where(Grant.name == "core.import.run")
    company.database.run(lambda s: s.execute(taken), actor=SYSTEM)
    migrate(company.database, company)
    assert holders(company, "core.import.run") == set()
