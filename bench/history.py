"""Years of entries in seconds: a history written by bulk SQL, whose totals and turnovers are then rebuilt."""

from typing import Any

from sqlalchemy import text

from app import ledger
from app.security import SYSTEM
from bench.company import ITEMS, PARTNERS, Subject
from modules.contacts.models import INSTALMENTS

#: The history covers three years from here, evenly.
FIRST_YEAR, DAYS = 2023, 1096
_SECONDS = (DAYS - 1) * 86_400

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < :count - 1) "
DOCUMENTS = (
    "INSERT INTO core_document (id, kind, number, moment, is_dated, state, organisation_id, currency, amount, summary,"
    " note, created_at, version) "
    + NUMBERS
    + "SELECT {first} + i, 'trade.sale', 'H-' || ({first} + i), {moment}, {true}, 'posted', 1, 'GBP', 0, 'history',"
    " '', {moment}, 1 FROM n"
)
TRADE = (
    "INSERT INTO trade_document (id, contact_id, place_id, tax_included, rate, net, tax) "
    + NUMBERS
    + "SELECT {first} + i, {partner}, 100, {false}, 1000000000, 0, 0 FROM n"
)
# Every other movement comes in and the next goes out again, of the same item: nothing falls below zero. Both at what the
# item costs since it was opened (`company.price_of`), so that costs follow the dates.
_STOCK = (
    "INSERT INTO warehouse_stock_entry (organisation_id, document_id, line, moment, item_id, place_from_id, place_to_id,"
    " lot_from_id, lot_to_id, claim_from_id, claim_to_id, work_order_from_id, work_order_to_id, warehouse_from_id,"
    " warehouse_to_id, pool_from_id, pool_to_id, layer_from_id, layer_to_id, basis, happened, quantity, value) "
    + NUMBERS
    + "SELECT 1, {first} + i / 5, i % 5, {moment}, {item}, CASE i % 2 WHEN 0 THEN -1 ELSE 100 END,"
    " CASE i % 2 WHEN 0 THEN 100 ELSE -2 END, 0, 0, 0, 0, 0, 0, {inside_from}, {inside_to}, {inside_from}, {inside_to},"
    " 0, 0, CASE i % 2 WHEN 0 THEN 'own' ELSE 'carried' END, {moment}, 3000000, 30000 * (1 + {item} % 90) FROM n"
)
_OPEN_ITEMS = (
    "INSERT INTO contacts_open_item (id, document_id, contact_id, amount, base) "
    + NUMBERS
    + f"SELECT ({{first}} + i) * {INSTALMENTS}, {{first}} + i, {{partner}}, (1 - 2 * (i % 2)) * 2777500,"
    " (1 - 2 * (i % 2)) * 2777500 FROM n"
)
# Every other document makes a debt, by five entries, and the next pays it by as many.
_SETTLEMENTS = (
    "INSERT INTO contacts_settlements_entry (organisation_id, document_id, line, moment, side, contact_id, item_id,"
    " currency, amount, base) " + NUMBERS + "SELECT 1, {first} + i / 5, i % 5, {moment}, 1 - 2 * (i / 5 % 2), {debtor},"
    " ({first} + i / 5 - i / 5 % 2) * {items}, 'GBP', (1 - 2 * (i / 5 % 2)) * 555500, (1 - 2 * (i / 5 % 2)) * 555500 FROM n"
)


def write_history(subject: Subject, count: int) -> None:
    """`count` movements of goods and `count` entries of settlements, five to a document, spread over three years."""

    def work(session: Any) -> None:
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        first = connection.execute(text("SELECT max(id) + 1 FROM core_document")).scalar_one()
        documents = (count + 4) // 5

        def run(statement: str, rows: int, **more: object) -> None:
            moment = moment_of(f"(i * {_SECONDS} / {rows})", sqlite)
            false, true = ("0", "1") if sqlite else ("false", "true")
            names = {"first": first, "moment": moment, "false": false, "true": true, **more}
            connection.execute(text(statement.format(**names)), {"count": rows})

        partner = f"{subject.partners[0]} + (i / 2 * 7) % {PARTNERS}"
        item = f"({subject.items[0]} + (i / 2 * 7919) % {ITEMS})"
        run(DOCUMENTS, documents)
        run(TRADE, documents, partner=partner)
        run(_STOCK, count, item=item, inside_from="(i % 2) * 100", inside_to="(1 - i % 2) * 100")
        run(_OPEN_ITEMS, documents, partner=partner)
        run(_SETTLEMENTS, count, debtor=f"{subject.partners[0]} + (i / 10 * 7) % {PARTNERS}", items=INSTALMENTS)
        go_on_counting(connection, "core_document")  # ids were given by hand
        ledger.rebuild(session)

    subject.company.database.run(work, actor=SYSTEM)
    settle_down(subject)


def go_on_counting(connection: Any, table: str) -> None:
    """Let a table's own ids go on from the highest, after some were given by hand."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"))


def settle_down(subject: Subject) -> None:
    """Let the database look at what was written in bulk, as it does by itself in time."""
    database = subject.company.database
    database.learn_sizes()
    database.dispose()  # a connection of SQLite learns what was found when it is opened
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def moment_of(seconds: str, sqlite: bool) -> str:
    """The moment so many seconds, an expression, after the history begins."""
    if sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{FIRST_YEAR}-01-01', ({seconds}) || ' seconds')"
    return f"timestamp '{FIRST_YEAR}-01-01' + ({seconds}) * interval '1 second'"
