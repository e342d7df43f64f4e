"""Workloads that search: a million contacts with phones, e-mails, tax numbers and accounts, asked as people type."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import event, func, select, text

from app.company import actor_of
from app.importing import run_import
from app.search import fold
from app.search.index import text_columns
from app.search.trigrams import create_trigrams, drop_trigrams
from app.security import SYSTEM, Actor, User
from app.security.operations import add_user
from app.web.kit.tables import Query, fetch
from bench.company import OPENED, Subject
from bench.measuring import Result, by_turns
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact
from modules.contacts.search import ContactSearch
from modules.contacts.tables import contact_lookup, individuals

#: contacts, and of how many one is the salesperson's own
CONTACTS, QUICK_CONTACTS, OWN = 1_000_000, 1500, 500
#: rows that are imported, and contacts that are saved, once the million is there; of fewer a part
IMPORTED, SAVED = 20_000, 200

_FIRST = (
    "Anna Elena Ivan John Linda Maria Mary Olga Peter Robert Sergey Susan Анна Дмитрий Елена Иван Мария Ольга Пётр Сергей"
    " Nguyễn Trần Lê Phạm Hoàng Minh Lan Hương ООО Ltd GmbH Công"
)
_SOUNDS = "an bo ka ri to me lu vi so de ga no pe zi fa hu шо ми ра ко ве да ло ти не су ga ph tr kh nu il"

#: Written by the database itself, as a million records would take Python long; the index has what `rows_of` would say of them.
_WORDS = "CREATE TEMPORARY TABLE bench_{0} (place INTEGER PRIMARY KEY, said TEXT, folded TEXT)"
_PART = "(SELECT {0} FROM bench_{1} WHERE place = ({2}) % 32)"
_N = "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
_DOMAIN = "CASE i % 4 WHEN 0 THEN 'example.com' WHEN 1 THEN 'example.org' ELSE lower({0}) || '.example' END"


def _name(column: str) -> str:
    first = _PART.format(column, "first", "i * 7")
    return f"{first} || ' ' || {_word(column, 3, 5)} || ' ' || {_word(column, 4, 11)}"


def _word(column: str, sounds: int, step: int) -> str:
    return " || ".join(_PART.format(column, "sound", f"i * {step} / {13**k} + i") for k in range(sounds))


def _digits(count: int, step: int) -> str:
    """So many digits that differ from record to record."""
    return f"substr(CAST(1000000000000 + (CAST(i AS BIGINT) * {step}) % 100000000000 AS TEXT), {14 - count})"


_PHONE, _TAX, _ACCOUNT = (
    _digits(8, 7919113),
    _digits(9, 104729117),
    f"{_digits(10, 15485863)} || {_digits(10, 32452843)}",
)
_MAIL = f"{_word('folded', 2, 3)} || '.' || CAST(i AS TEXT) || '@' || {_DOMAIN.format(_word('folded', 2, 17))}"
_STREET = f"CAST(i % 300 AS TEXT) || ' ' || {_word('folded', 3, 7)} || ' street'"
_CONTACTS = (
    f"{_N} INSERT INTO contacts_contact (id, kind, form, code, code_order, name, name_order, folded, country, responsible_id,"
    " is_active, created_at, phone, email, address, tax_id, note, bank_account, version)"
    " SELECT i, CASE i % 3 WHEN 0 THEN 'legal_entity' ELSE 'individual' END,"
    " CASE i % 3 WHEN 0 THEN 'legal_entity' ELSE 'individual' END, 'B' || CAST(i AS TEXT), 'b' || CAST(i AS TEXT),"
    f" {_name('said')}, {_name('folded')}, '', 'GB', CASE i % {OWN} WHEN 1 THEN CAST(:seller AS BIGINT) ELSE 1 END, :yes,"
    " :moment,"
    f" '+4477' || {_PHONE}, {_MAIL}, {_STREET}, {_TAX}, '', 'GB' || {_ACCOUNT}, 1 FROM n"
)
_INDEX = (
    f"{_N} INSERT INTO contacts_contact_search (record_id, name, code, public, private, financial)"
    f" SELECT i, {_name('folded')}, 'b' || CAST(i AS TEXT), {_name('folded')} || :between || 'b' || CAST(i AS TEXT),"
    f" '+4477' || {_PHONE} || :between || '077' || {_PHONE} || :between || {_MAIL} || :between || {_TAX} || :between"
    f" || {_STREET}, 'gb' || {_ACCOUNT} FROM n"
)


def searches(engine: str, subject: Subject, count: int, *, rounds: int) -> Iterator[Result]:
    """What people type into a look-up and into the search box of the list, as an administrator and as a salesperson; then what
    it costs to keep what is found."""
    database = subject.company.database
    first = 1 + database.run(
        lambda session: session.scalars(select(func.max(Contact.id))).one(), actor=SYSTEM, write=False
    )
    begun = time.perf_counter()
    database.run(lambda session: _fill(session, subject, range(first, first + count)), actor=SYSTEM)
    print(f"{engine}: {count:,} contacts and their index in {time.perf_counter() - begun:.0f} s")
    database.learn_sizes()
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()
    seller = database.run(lambda session: _seller(session, subject), actor=SYSTEM, write=False)
    typed = database.run(lambda session: _typed(session, seller), actor=SYSTEM, write=False)
    for who, actor in (("administrator", subject.actor), ("salesperson", seller)):
        for work, said in typed.items():
            for where in ("look-up", "list"):
                yield _measured(engine, subject, f"{where}: {work}", actor, said, who, count, rounds)
    yield _saving(engine, subject, range(first, first + min(SAVED, count // 50)), count)
    yield _importing(engine, subject, min(IMPORTED, count // 5), count)


def _measured(
    engine: str, subject: Subject, work: str, actor: Actor, said: str, who: str, count: int, rounds: int
) -> Result:
    database, statements = subject.company.database, [0]

    def ask(session: Any) -> int:
        if work.startswith("look-up"):
            return len(contact_lookup.find(session, said, 12))
        return len(fetch(session, individuals, Query(text=said)).rows)

    def counted(*_arguments: Any) -> None:
        statements[0] += 1

    event.listen(database.engine, "before_cursor_execute", counted)
    found = database.run(ask, actor=actor, write=False)
    event.remove(database.engine, "before_cursor_execute", counted)
    ours, floor, ratio = by_turns(
        lambda: database.run(ask, actor=actor, write=False),
        lambda: _scan(subject, said, actor),
        rounds=rounds,
        acts=1,
    )
    note = f"{who}: {found} found, {statements[0]} statements"
    return Result(engine, work, count, ours * 1000, floor * 1000, ratio, note)


def _scan(subject: Subject, said: str, actor: Actor) -> None:
    """The floor: what such a search costs by hand without an index."""
    own = "" if actor is subject.actor else f" AND responsible_id = {actor.user_id}"
    sql = (
        "SELECT id, name, code FROM contacts_contact WHERE is_active AND (lower(name) LIKE ? OR phone LIKE ? OR email LIKE ?"
        f" OR tax_id LIKE ? OR bank_account LIKE ?){own} ORDER BY name_order LIMIT 12"
    )
    database = subject.company.database
    pooled = database.engine.raw_connection()
    try:
        cursor = pooled.cursor()
        cursor.execute(sql if database.is_sqlite else sql.replace("?", "%s"), (f"%{said.lower()}%",) * 5)
        cursor.fetchall()
    finally:
        pooled.close()


def _saving(engine: str, subject: Subject, contacts: range, count: int) -> Result:
    """Changing a contact's phone, one commit each; the floor: changing what nobody searches for."""

    def save(**fields: Any) -> None:
        for number in contacts:
            subject.write(lambda s, n=number: change_contact(s, SYSTEM, s.get(Contact, n), **fields))

    phones = iter(f"+4477000{n:05d}" for n in range(1000))
    limits = iter(map(Decimal, range(1000)))
    ours, floor, ratio = by_turns(
        lambda: save(phone=next(phones)), lambda: save(credit_limit=next(limits)), rounds=3, acts=len(contacts)
    )
    return Result(engine, "save a contact's phone", count, ours * 1000, floor * 1000, ratio, "floor: its credit limit")


def _importing(engine: str, subject: Subject, rows: int, count: int) -> Result:
    """Contacts from a file; milliseconds a row."""
    file = subject.company.config.data_dir / "contacts.csv"
    lines = (f"N{n},Новый {n} Ltd,GB,+4477{n:08d},new.{n}@example.com,{n % 97} High Street" for n in range(rows))
    file.write_text("\n".join(("code,name,country,phone,email,address", *lines)), encoding="utf-8-sig")
    begun = time.perf_counter()
    report = run_import(subject.company, SYSTEM, "contacts.contacts", [file])
    each = (time.perf_counter() - begun) / rows * 1000
    return Result(
        engine, f"import of {rows:,} contacts", count, each, each, 1, f"{sum(report.created.values()):,} created"
    )


def _fill(session: Any, subject: Subject, numbers: range) -> None:
    subject.company.refresh(session)
    password = "correct horse battery"
    add_user(session, SYSTEM, login="seller", name="Seller", password=password, roles=["salesperson"])
    seller = session.scalars(select(User.id).where(User.login == "seller")).one()
    connection = session.connection()
    for name, words in (("first", _FIRST), ("sound", _SOUNDS)):
        connection.execute(text(_WORDS.format(name)))
        rows = [{"i": i, "said": said, "folded": fold(said)} for i, said in enumerate(words.split())]
        connection.execute(text(f"INSERT INTO bench_{name} VALUES (:i, :said, :folded)"), rows)
    span = {"first": numbers.start, "last": numbers.stop - 1}
    moment = OPENED if connection.dialect.name == "postgresql" else OPENED.isoformat(" ", "microseconds")
    connection.execute(text(_CONTACTS), {**span, "seller": seller, "yes": True, "moment": moment})
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval('contacts_contact_id_seq', :last)"), {"last": numbers.stop})
    columns = [column.name for column in text_columns(ContactSearch).values()]
    drop_trigrams(connection, ContactSearch.__tablename__)
    connection.execute(text(_INDEX), {**span, "between": "\n"})
    create_trigrams(connection, ContactSearch.__tablename__, columns)


def _typed(session: Any, seller: Actor) -> dict[str, str]:
    """What is searched for, of a contact of the salesperson."""
    own = select(Contact).where(Contact.responsible_id == seller.user_id, Contact.kind == "individual")
    one = session.scalars(own.order_by(Contact.id).limit(1).offset(5)).first() or session.scalars(own).first()
    return {
        "phone": f"0{one.phone[3:7]} {one.phone[7:]}",
        "part of an e-mail": one.email[:14],
        "two words of a name": " ".join(one.name.split()[1:]),
        "Cyrillic": "весувеве",
        "a first name": "Иван",
        "account with blanks": " ".join(one.bank_account[i : i + 4] for i in range(0, 22, 4)),
        "nothing": "zzqxw",
        "two letters": "ан",
        "in a fourth of all": "example.com",
    }


def _seller(session: Any, subject: Subject) -> Actor:
    number = session.scalars(select(User.id).where(User.login == "seller")).one()
    actor = actor_of(session, number, frozenset(m.name for m in subject.company.enabled))
    assert actor is not None
    return actor
