"""Only the ledger and the system get past the policy: by a bare connection, a table by its name, a question in a write."""

from typing import Any

import pytest
from sqlalchemy import (
    DDL,
    column,
    delete,
    exists,
    extract,
    func,
    insert,
    lambda_stmt,
    literal,
    literal_column,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from app.errors import Forbidden
from app.past_policy import Unheld
from app.security import MASKED, User
from modules.contacts.models import Contact
from modules.contacts.registers import Settlements
from modules.trade.models import Sale
from modules.warehouse.models import ItemGroup, Movement

CONTACTS, GROUPS = Contact.__table__, ItemGroup.__table__
_again, _contact = CONTACTS.alias(), aliased(Contact)
_named = table("contacts_contact", column("id"), column("name"), column("phone"))
_others = Contact.responsible_id.is_distinct_from(select(User.id).where(User.login == "sam").scalar_subquery())
_name_of_others = func.coalesce(select(func.max(Contact.name)).where(_others).scalar_subquery(), "nobody")
_both = select(literal(1)).select_from(CONTACTS, GROUPS).where(CONTACTS.c.id != GROUPS.c.id)

#: The same where the table stands for the model's own row: the answer is of one's own.
CORRELATED = {
    "by itself": select(Contact.id).where(exists(_both)),
    "as is said": select(Contact.id).where(exists(_both.correlate(CONTACTS))),
    "with all but another": select(Contact.id).where(exists(_both.correlate_except(GROUPS))),
}
#: Words that say nothing.
HARMLESS = {
    "all": select(func.count(text("*"))).select_from(ItemGroup),
    "a place": select(ItemGroup.id).order_by(text("1")),
    "a number": select(literal_column("1")).select_from(ItemGroup),
    "a text": select(literal_column("'a'")).select_from(ItemGroup),
}

#: Questions that no model stands behind.
BY_NAME = {
    "a table by its name": select(_named.c.name),
    "an alias of one": select(_named.alias().c.name),
    "one that is only counted": select(func.count()).select_from(_named),
    "one in a subquery": select(ItemGroup.id).where(ItemGroup.id.in_(select(_named.c.id))),
    "one in a CTE": select(select(_named.c.name).cte().c.name),
    "one beside a model": select(ItemGroup.name).join(_named, _named.c.id == ItemGroup.id),
    "one in a union": select(ItemGroup.name).union_all(select(_named.c.name)),
    "one as entities": select(Contact).from_statement(select(_named)),
    "one in a lambda": lambda_stmt(lambda: select(_named.c.name)),
    "words": text("SELECT name FROM contacts_contact"),
    "words that write": text("UPDATE contacts_contact SET note = ''"),
    "words that delete": text("DELETE FROM contacts_contact WHERE id < 0"),
    "words as a table": select(text("name")).select_from(text("contacts_contact")),
    "words in a condition": select(ItemGroup.id).where(text("EXISTS (SELECT 1 FROM contacts_contact)")),
    "words before it": select(literal(1)).prefix_with("(SELECT max(name) FROM contacts_contact),"),
    "words after it": select(literal("")).suffix_with("UNION SELECT name FROM contacts_contact"),
    "words as a hint": select(literal(1)).with_statement_hint("UNION SELECT name FROM contacts_contact"),
    "words before a write": insert(ItemGroup).values(name="x").prefix_with("SELECT 1;"),
    "words as a part of a date": select(
        extract("year FROM now()), (SELECT max(name) FROM contacts_contact) --", func.now())
    ),
    "words as an operator": select(literal(1).op("+ (SELECT count(*) FROM contacts_contact) +")(literal(1))),
    "a function that takes words": select(func.query_to_xml("SELECT * FROM contacts_contact", True, True, "")),
    "a table function that takes words": select(func.ts_stat("SELECT to_tsvector(name) FROM contacts_contact")),
    "a rewriting function that takes words": select(
        func.ts_rewrite("a", "SELECT 'a'::tsquery, name::tsquery FROM contacts_contact")
    ),
    "a column by its bare name": select(column("name")).select_from(ItemGroup),
    "an order by a bare name": select(ItemGroup.id).order_by("name"),
    "DDL": DDL("CREATE TABLE mine AS SELECT * FROM contacts_contact"),
}

#: Questions of a bare table beside whose model nothing holds it.
BESIDE = {
    "as entities": select(Contact).from_statement(select(CONTACTS)),
    "in a lambda": lambda_stmt(lambda: select(CONTACTS.c.name)),
    "an alias beside the model": select(Contact.id, _again.c.name).where(Contact.id != _again.c.id),
    "an alias within the model's query": select(Contact.id, select(func.max(_again.c.name)).scalar_subquery()),
    "an alias beside another of the model": select(_contact.id, _again.c.name).where(_contact.id != _again.c.id),
    "the table beside an alias of the model": select(_contact.id, CONTACTS.c.name).where(_contact.id != CONTACTS.c.id),
    "the table in a subquery of the model's query": select(Contact.id).join(
        select(CONTACTS.c.id.label("other"), GROUPS.c.id).where(CONTACTS.c.id != GROUPS.c.id).subquery("s"),
        literal(True),
    ),
    "the table alone within the model's query": select(Contact.id).where(
        Contact.id.in_(select(CONTACTS.c.id).correlate(None))
    ),
    "the table alone, which is correlated with nothing": select(Contact.id).where(
        Contact.id.in_(select(CONTACTS.c.id))
    ),
    "the table, where only another is correlated": select(Contact.id, GROUPS.c.id).where(
        exists(_both.correlate(GROUPS)), Contact.id != GROUPS.c.id
    ),
    "the table, where all but it is correlated": select(Contact.id).where(exists(_both.correlate_except(CONTACTS))),
    "the table beside another, correlated with nothing": select(Contact.id).where(exists(_both.correlate(None))),
    "the table within the model's query": select(Contact.id).where(
        exists(select(literal(1)).select_from(CONTACTS.join(GROUPS, CONTACTS.c.id != GROUPS.c.id)))
    ),
}

#: Writes that ask for others' contacts: they find nobody.
FINDING_NOBODY = {
    "an INSERT from columns": insert(ItemGroup).from_select(["name"], select(Contact.name).where(_others)),
    "an INSERT into a table": insert(GROUPS).from_select(["name"], select(Contact.name).where(_others)),
    "an INSERT from a CTE": insert(ItemGroup).from_select(
        ["name"], select(select(Contact.name).where(_others).cte().c.name)
    ),
    "an INSERT from a subquery": insert(ItemGroup).from_select(
        ["name"], select(select(Contact.name).where(_others).subquery().c.name)
    ),
    "an UPDATE where they exist": update(ItemGroup).values(name="found").where(exists().where(_others)),
    "an UPDATE of a table": update(GROUPS).values(name="found").where(exists().where(_others)),
    "an UPDATE where one is": update(ItemGroup)
    .values(name="found")
    .where(literal(1).in_(select(literal(1)).select_from(Contact).where(_others))),
    "a DELETE where they exist": delete(ItemGroup).where(exists().where(_others), ItemGroup.name == "of a test"),
    "a DELETE of a table": delete(GROUPS).where(exists().where(_others), GROUPS.c.name == "of a test"),
}

#: Writes that would keep their names.
KEEPING = {
    "INSERT": insert(ItemGroup).values(name=_name_of_others),
    "INSERT into a table": insert(GROUPS).values(name=_name_of_others),
    "INSERT of several": insert(GROUPS).values([{"name": _name_of_others}, {"name": _name_of_others}]),
    "UPDATE": update(ItemGroup).values(name=_name_of_others),
    "UPDATE of a table": update(GROUPS).values(name=_name_of_others),
    "a conflict": upsert(GROUPS)
    .values(id=1, name="one")
    .on_conflict_do_update(index_elements=["id"], set_={"name": _name_of_others}),
}

#: Writes that no criterion reaches.
UNHELD_WRITES = {
    "an INSERT from a bare table": insert(ItemGroup).from_select(["name"], select(CONTACTS.c.name)),
    "an INSERT from a table by its name": insert(ItemGroup).from_select(["name"], select(_named.c.name)),
    "an UPDATE by a bare table": update(ItemGroup).values(name=select(func.max(CONTACTS.c.name)).scalar_subquery()),
    "an UPDATE by a table by its name": update(ItemGroup).where(exists(select(_named.c.id))).values(name="x"),
    "a DELETE by a bare table": delete(ItemGroup).where(exists(select(CONTACTS.c.id)), ItemGroup.id < 0),
    "an UPDATE of a scoped table": update(CONTACTS).values(note="x"),
    "a DELETE of a scoped table": delete(CONTACTS).where(CONTACTS.c.id < 0),
    "an UPDATE of what inherits": update(Sale).values(net=0),
    "an UPDATE of a register": update(Settlements.entries).values(amount=0),
    "an UPDATE of a table by its name": update(_named).values(name="x"),
    "a DELETE of a table by its name": delete(_named).where(_named.c.id < 0),
    "an UPDATE from another model": update(ItemGroup).values(name=Contact.name).where(ItemGroup.id == Contact.id),
    "an UPDATE from another table": update(ItemGroup).values(name=CONTACTS.c.name).where(ItemGroup.id == CONTACTS.c.id),
    "a conflict by a bare table": upsert(GROUPS)
    .values(id=1, name="one")
    .on_conflict_do_update(index_elements=["id"], set_={"name": select(func.max(CONTACTS.c.name)).scalar_subquery()}),
    "words in an UPDATE": update(ItemGroup).values(name=text("(SELECT max(name) FROM contacts_contact)")),
    "of a row by an alias of the same table": update(Contact)
    .where(Contact.id == 1, _contact.id == 2)
    .values(note=_contact.name),
    "of rows beside an alias of their table": delete(Contact).where(Contact.code == _contact.note),
}

#: Writes that would tell a cost.
COSTS = {
    "an INSERT from a column": insert(ItemGroup).from_select(["parent_id"], select(Movement.value)),
    "an INSERT from a bare column": insert(ItemGroup).from_select(["parent_id"], select(Movement.__table__.c.value)),
    "a value": insert(ItemGroup).values(name=select(func.max(Movement.value)).scalar_subquery()),
    "a value of an UPDATE": update(ItemGroup).values(name=select(func.max(Movement.value)).scalar_subquery()),
    "a condition": delete(ItemGroup).where(exists(select(Movement.id).where(Movement.value > 1)), ItemGroup.id < 0),
    "RETURNING": update(Movement).where(Movement.id < 0).values(note="x").returning(Movement.value),
    "RETURNING of a table": insert(Movement.__table__).values(id=-1, value=0).returning(Movement.__table__.c.value),
}


def groups(session: Any) -> list[str]:
    return sorted(session.scalars(select(ItemGroup.name)))


def test_a_bare_connection_is_the_ledgers_alone(ask: Any) -> None:
    for work in (
        lambda session: session.connection().execute(select(CONTACTS.c.name)).all(),
        lambda session: session.connection().connection.cursor(),
        lambda session: session.connection().exec_driver_sql("SELECT name FROM contacts_contact").all(),
        lambda session: session.bulk_update_mappings(Contact, [{"id": 1, "note": "x"}]),
        lambda session: session.bulk_save_objects(session.scalars(select(Contact)).all()),
    ):
        with pytest.raises(Unheld):
            ask("sam", work)
    assert ask(None, lambda session: session.connection().execute(select(CONTACTS.c.name)).all())


def test_nobody_without_an_actor_has_a_connection(house: Any) -> None:
    with house.company.database.session(None) as session, pytest.raises(Forbidden):
        session.connection()


@pytest.mark.parametrize("way", BY_NAME)
def test_what_no_model_stands_behind_is_refused(way: str, ask: Any) -> None:
    for login in ("sam", "maria"):
        with pytest.raises(Unheld):
            ask(login, lambda session: session.execute(BY_NAME[way]))


@pytest.mark.parametrize("way", BESIDE)
def test_a_model_holds_nothing_but_its_own_rows(way: str, ask: Any) -> None:
    with pytest.raises(Unheld):
        ask("sam", lambda session: session.execute(BESIDE[way]).all())
    assert ask(None, lambda session: session.execute(BESIDE[way]).all())


@pytest.mark.parametrize("way", FINDING_NOBODY)
def test_a_write_that_asks_for_others_finds_nobody(way: str, ask: Any) -> None:
    def changes(session: Any) -> bool:
        session.add(ItemGroup(name="of a test"))
        session.flush()
        before = groups(session)
        session.execute(FINDING_NOBODY[way], execution_options={"synchronize_session": False})
        return groups(session) != before

    assert not ask("sam", changes)
    assert ask(None, changes)


@pytest.mark.parametrize("way", KEEPING)
def test_a_write_keeps_nothing_of_others(way: str, ask: Any) -> None:
    def found(session: Any) -> set[str]:
        if session.get(ItemGroup, 1) is None:
            session.execute(insert(GROUPS).values(id=1, name="one"))
        before = groups(session)
        session.execute(KEEPING[way], execution_options={"synchronize_session": False})
        return set(groups(session)) - set(before)

    assert ask("sam", found) == {"nobody"}
    assert "nobody" not in ask(None, found)


@pytest.mark.parametrize("way", UNHELD_WRITES)
def test_a_write_that_no_criterion_reaches_is_refused(way: str, ask: Any) -> None:
    def write(session: Any) -> None:
        session.execute(UNHELD_WRITES[way], execution_options={"synchronize_session": False})

    with pytest.raises(Unheld):
        ask("sam", write)


@pytest.mark.parametrize("way", COSTS)
def test_a_write_tells_no_cost(way: str, ask: Any) -> None:
    def write(session: Any) -> None:
        session.execute(COSTS[way], execution_options={"synchronize_session": False})

    with pytest.raises(Forbidden, match=r"warehouse\.cost"):
        ask("sam", write)


def test_many_rows_by_their_keys_are_not_written_past_the_scope(ask: Any, actor: Any) -> None:
    own = actor("sam").user_id
    foreign = ask(None, lambda s: s.scalars(select(Contact.id).where(Contact.responsible_id != own)).first())
    with pytest.raises(Unheld):
        ask("sam", lambda s: s.execute(update(Contact), [{"id": foreign, "note": "mine now"}]))


def test_what_is_written_comes_back_masked(ask: Any) -> None:
    def phones(session: Any) -> set[Any]:
        written = update(Contact).values(is_active=True).returning(Contact)
        return {c.phone for c in session.scalars(written, execution_options={"synchronize_session": False})}

    assert ask("steve", phones) == {MASKED}


def test_a_bare_table_that_stands_for_the_row_around_is_held_by_its_model(ask: Any, actor: Any) -> None:
    mine = exists(select(literal(1)).select_from(Sale).where(Sale.contact_id == CONTACTS.c.id))
    asked = select(Contact.responsible_id).where(mine)
    assert set(ask("sam", lambda session: session.scalars(asked).all())) == {actor("sam").user_id}


def test_a_sale_is_still_found_by_ones_own_customers(ask: Any) -> None:
    asked = select(func.count(Sale.id)).where(Sale.contact_id.in_(select(Contact.id)))
    assert ask("sam", lambda session: session.scalar(asked))


@pytest.mark.parametrize("way", CORRELATED)
def test_a_table_that_stands_for_the_models_row_gives_ones_own(way: str, ask: Any) -> None:
    mine = ask("sam", lambda session: {*session.scalars(select(Contact.id))})
    assert ask("sam", lambda session: {*session.scalars(CORRELATED[way])}) == mine
    assert mine < ask(None, lambda session: {*session.scalars(CORRELATED[way])})


@pytest.mark.parametrize("way", HARMLESS)
def test_words_that_say_nothing_are_let_through(way: str, ask: Any) -> None:
    answer = ask(None, lambda session: session.execute(HARMLESS[way]).all())
    assert answer
    assert ask("sam", lambda session: session.execute(HARMLESS[way]).all()) == answer
