"""The query layer gives an actor what is theirs, whatever way a query is written, and refuses what it can't hold."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, event, exists, func, literal_column, select, text, update
from sqlalchemy.orm import aliased, defer, joinedload, load_only, selectinload
from sqlalchemy.orm.util import LoaderCriteriaOption

from app import ledger
from app.documents import Document, reverse
from app.errors import Forbidden
from app.past_policy import Unheld
from app.security import MASKED, SYSTEM
from app.security.actor import SCOPES
from app.security.policy import _tables_with
from modules.contacts.models import Contact, LegalEntity
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.registers import Settlements
from modules.trade.models import Sale, TradeDocument, TradeLine
from modules.trade.registers import Sales
from modules.warehouse.models import Item, Movement, OpenLayer
from modules.warehouse.registers import Stock

CONTACTS, DOCUMENTS, MOVEMENTS = Contact.__table__, Document.__table__, Movement.__table__

#: Ways to find whose the contacts are that a query reaches.
REACHING_CONTACTS = {
    "entities": select(Contact),
    "a subclass": select(LegalEntity),
    "an alias": select(aliased(Contact)),
    "a relationship, later": select(Sale),
    "a relationship, joined": select(Sale).options(joinedload(Sale.contact)),
    "a relationship, beside": select(Sale).options(selectinload(Sale.contact)),
}
_others = Contact.responsible_id.is_distinct_from(bindparam("me"))
REACHING_OTHERS = {
    "columns": select(func.count(Contact.id)).where(_others),
    "a subquery": select(func.count()).select_from(select(Contact.id).where(_others).subquery()),
    "a CTE": select(func.count()).select_from(select(Contact.id).where(_others).cte()),
    "a scalar subquery": select(select(func.count(Contact.id)).where(_others).scalar_subquery()),
    "EXISTS": select(exists().where(_others)),
    "EXISTS within": select(func.count(Item.id)).where(exists().where(_others)),
    "a join": select(func.count(Sale.id)).join(Contact, Contact.id == Sale.contact_id).where(_others),
    "a relationship's join": select(func.count(Sale.id)).join(Sale.contact).where(_others),
    "a relationship's EXISTS": select(func.count(Sale.id)).where(Sale.contact.has(_others)),
    "a joined table's own columns": select(func.count(Sale.net)).where(
        Document.responsible_id.is_distinct_from(bindparam("me"))
    ),
    "lines": select(func.count())
    .select_from(TradeLine)
    .join(Sale, Sale.id == TradeLine.document_id)
    .where(Sale.responsible_id.is_distinct_from(bindparam("me"))),
}
UNHELD = {
    "a bare table": select(CONTACTS.c.name),
    "a bare table's alias": select(CONTACTS.alias().c.name),
    "a bare table within": select(func.count(Sale.id)).where(Sale.contact_id.in_(select(CONTACTS.c.id))),
    "a bare table whole": select(DOCUMENTS),
    "a subclass's bare table": select(func.sum(TradeDocument.__table__.c.net)),
    "bare lines": select(TradeLine.__table__.c.net),
    "a register's entries": select(Settlements.entries.c.document_id),
    "a register's totals": select(Settlements.balance.table.c.contact_id),
    "totals without turnovers": select(Settlements.open_items.table.c.item_id),
    "a register's turnovers": select(Settlements.balance.months.c.amount_in),
    "a register's sums": select(func.sum(Sales.results.table.c.revenue)),
    "SQL in words": text("SELECT name FROM contacts_contact"),
    "SQL in words, as entities": select(Contact).from_statement(text("SELECT * FROM contacts_contact")),
    "a column in words": select(literal_column("name")).select_from(Contact),
}
_movement = aliased(Movement)
COST = {
    "a column": select(Movement.value),
    "an alias's column": select(_movement.value),
    "a bare table's column": select(MOVEMENTS.c.value),
    "a bare alias's column": select(MOVEMENTS.alias().c.value),
    "a bare table whole": select(MOVEMENTS),
    "a subquery's column": select(select(MOVEMENTS.c.value).subquery().c.value),
    "a subquery whole": select(select(MOVEMENTS).subquery()),
    "a subquery of entities": select(select(Movement).subquery()),
    "a union of entities": select(Movement).union(select(Movement)),
    "sorting": select(Movement.id).order_by(Movement.value),
    "sorting entities by an alias": select(_movement).order_by(_movement.value),
    "filtering": select(Movement.id).where(Movement.value > 1),
    "an entry's column": select(Stock.entries.c.value),
    "summing": select(func.sum(Stock.worth.table.c.value)),
    "summing an alias": select(func.sum(aliased(Stock.worth.table).c.value)),
    "summing what a month took": select(func.sum(Stock.worth.months.c.value_out)),
    "summing what work orders hold": select(func.sum(Stock.wip.table.c.value)),
    "summing open layers": select(func.sum(OpenLayer.value)),
    "computing": select(Sales.results.table.c.revenue - Sales.results.table.c.cost).join(
        Contact, Contact.id == Sales.results.table.c.contact_id
    ),
    "grouping": select(func.count()).select_from(Movement).group_by(Movement.value),
}


def test_a_session_without_an_actor_selects_nothing(house: Any) -> None:
    for statement in (select(Item), select(Item.name), select(CONTACTS.c.name), text("SELECT 1")):
        with house.company.database.session(None) as session, pytest.raises(Forbidden):
            session.execute(statement)
    with house.company.database.session(None) as session, pytest.raises(Forbidden):
        session.get(Item, 1)


@pytest.mark.parametrize("way", REACHING_CONTACTS)
def test_a_salesperson_reaches_only_their_own_contacts(way: str, ask: Any, actor: Any) -> None:
    def owners(session: Any) -> set[Any]:
        found = session.scalars(REACHING_CONTACTS[way]).all()
        contacts = [f if isinstance(f, Contact) else f.contact for f in found]
        return {c.responsible_id for c in contacts if c is not None}

    assert ask("sam", owners) == {actor("sam").user_id}
    assert len(ask(None, owners)) > 1


@pytest.mark.parametrize("way", REACHING_OTHERS)
def test_no_column_query_reaches_what_is_others(way: str, ask: Any, actor: Any) -> None:
    me = {"me": actor("sam").user_id}
    assert not ask("sam", lambda session: session.execute(REACHING_OTHERS[way], me).scalar())
    assert ask(None, lambda session: session.execute(REACHING_OTHERS[way], me).scalar())


@pytest.mark.parametrize("way", UNHELD)
def test_what_no_scope_reaches_is_refused(way: str, ask: Any) -> None:
    with pytest.raises(Unheld):
        ask("sam", lambda session: session.execute(UNHELD[way]).all())
    assert ask(None, lambda session: session.execute(UNHELD[way]).all())


def test_only_the_criteria_of_tables_that_it_brings_are_added_to_a_statement(ask: Any) -> None:
    """Each costs, also where it says nothing; a line loads its item along, so a criterion of items would come with lines."""

    def criteria(session: Any, statement: Any) -> set[Any]:
        added: list[Any] = []
        event.listen(session, "do_orm_execute", lambda state: added.append(state.statement._with_options))
        session.execute(statement)
        added_criteria = (option for option in added[0] if isinstance(option, LoaderCriteriaOption))
        return {option.root_entity or option.entity.entity for option in added_criteria}

    assert ask("sam", lambda session: criteria(session, select(Item))) == set()
    assert ask("sam", lambda session: criteria(session, select(LegalEntity))) == {Contact}
    assert ask("sam", lambda session: criteria(session, select(Sale).join(Sale.contact))) == {Contact, Document}
    assert ask("sam", lambda session: len(criteria(session, select(Sale).options(joinedload(Sale.contact))))) > 2
    assert {Item.__table__, TradeLine.__table__} <= _tables_with(Item)
    assert CONTACTS not in _tables_with(Item)


def test_get_gives_nobody_what_is_others(ask: Any, actor: Any) -> None:
    everyone = ask(None, lambda s: {c.id: c.responsible_id for c in s.scalars(select(Contact))})
    got = ask("sam", lambda s: {i for i in everyone if s.get(Contact, i) is not None})
    assert got == {i for i, owner in everyone.items() if owner == actor("sam").user_id}


@pytest.mark.parametrize("scope", [*SCOPES, "of a later version"])
def test_each_scope_reaches_so_far_and_no_further(scope: str, house: Any, ask: Any, actor: Any) -> None:
    sam, sofia = actor("sam"), actor("sofia").user_id
    reach = {"own": {sam.user_id}, "team": {sam.user_id, sofia}, "all": {sam.user_id, sofia, None}}.get(scope, set())
    held = replace(sam, team=(sam.user_id, sofia), scopes={"contacts.contact": scope})

    def seen(session: Any) -> tuple[set[int], set[int]]:
        contacts = {c.id for c in session.scalars(select(Contact))}
        return contacts, {f.key[0] for f in ledger.now(session, Settlements.balance, by=("contact",))}

    owners = ask(None, lambda s: {c.id: c.responsible_id for c in s.scalars(select(Contact))})
    owing = ask(None, seen)[1]
    theirs = {i for i, owner in owners.items() if owner in reach or scope == "all"}
    assert scope not in reach or theirs
    with house.company.database.session(held) as session:
        assert seen(session) == (theirs, theirs & owing)


def test_updates_and_deletes_reach_only_what_is_ones_own(ask: Any) -> None:
    mine = ask("sam", lambda s: s.scalar(select(func.count(Contact.id))))
    assert ask("sam", lambda s: s.execute(update(Contact).values(is_active=True)).rowcount) == mine
    condition = Contact.name == "nobody"
    assert ask("sam", lambda s: s.execute(delete(Contact).where(condition)).rowcount) == 0


@pytest.mark.parametrize("way", COST)
def test_cost_is_refused_to_a_salesperson_in_every_clause(way: str, ask: Any) -> None:
    with pytest.raises(Forbidden, match=r"warehouse\.cost"):
        ask("sam", lambda session: session.execute(COST[way]).all())
    assert ask(None, lambda session: session.execute(COST[way]).all())


@pytest.mark.parametrize("options", [(), (load_only(Contact.name),), (defer(Contact.phone),)])
def test_closed_fields_come_back_masked(options: tuple[Any, ...], ask: Any) -> None:
    def phones(session: Any) -> set[Any]:
        return {(c.phone, c.bank_account, c.credit_limit) for c in session.scalars(select(Contact).options(*options))}

    assert ask("steve", phones) == {(MASKED, MASKED, MASKED)}
    assert str(MASKED) == f"{MASKED}" == "•••"
    assert MASKED not in {value for row in ask("anna", phones) for value in row}


def test_refreshing_expiring_and_merging_unmask_nothing(ask: Any) -> None:
    def phones(session: Any) -> list[Any]:
        contact = session.scalars(select(Contact)).first()
        seen = [contact.phone]
        session.refresh(contact)
        seen.append(contact.phone)
        session.expire(contact)
        seen.append(contact.phone)
        return [*seen, session.merge(contact, load=False).phone]

    assert ask("steve", phones) == [MASKED] * 4


def test_a_rate_is_read_after_its_document_was_written(company: Any) -> None:
    """What is put together of columns isn't a row that was loaded: nothing is to be masked in it."""

    def rate(session: Any) -> Any:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Ada").id
        payment = record_payment(session, SYSTEM, contact_id=contact, direction="in", amount=Decimal(5))
        reverse(session, SYSTEM, payment)
        return payment.rate.number

    assert company.database.run(rate, actor=SYSTEM) == 1


def test_leaving_the_scope_is_in_the_audit(house: Any, actor: Any) -> None:
    from app.audit import AuditLine
    from app.security import unrestricted

    def look(session: Any) -> int:
        with unrestricted(session, "a test looks"):
            return session.scalar(select(func.count(Contact.id)))

    assert house.company.database.run(look, actor=actor("sam")) > 5
    lines = select(AuditLine.actor).where(AuditLine.summary == "a test looks")
    from app.security import SYSTEM

    assert house.company.database.run(lambda s: s.scalars(lines).all(), actor=SYSTEM, write=False) == ["Sam Okafor"]
