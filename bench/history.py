"""Years of entries in seconds: a history written by bulk SQL, whose totals and turnovers are then rebuilt."""

from typing import Any

from sqlalchemy import text

from app import ledger
from app.security import SYSTEM
from bench.company import ITEMS, PARTNERS, Subject

#: The history covers three years from here, evenly.
FIRST_YEAR, DAYS = 2023, 1096
_SECONDS = (DAYS - 1) * 86_400

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < :count - 1) "
_DOCUMENTS = (
    "INSERT INTO core_document (id, kind, number, moment, state, organisation_id, currency, amount, summary, note,"
    " created_at) "
    + _NUMBERS
    + "SELECT {first} + i, 'trade.sale', 'H-' || ({first} + i), {moment}, 'posted', 1, 'GBP', 0, 'history',"
    " '', {moment} FROM n"
)
_TRADE = (
    "INSERT INTO trade_document (id, contact_id, place_id, tax_included, rate, net, tax) "
    + _NUMBERS
    + "SELECT {first} + i, {partner}, 100, {false}, 1000000000, 0, 0 FROM n"
)
# Every other movement comes in and the next goes out again, of the same item: nothing falls below nought.
_STOCK = (
    "INSERT INTO warehouse_stock_entry (document_id, line, moment, item_id, place_id, quantity, value) "
    + _NUMBERS
    + "SELECT {first} + i / 5, i % 5, {moment}, {item}, {place}, {sign} * (1 - 2 * (i % 2)) * 3000000,"
    " {sign} * (1 - 2 * (i % 2)) * 123400 FROM n"
)
_SETTLEMENTS = (
    "INSERT INTO contacts_settlements_entry (document_id, line, moment, contact_id, currency, amount) "
    + _NUMBERS
    + "SELECT {first} + i / 5, i % 5, {moment}, {partner}, 'GBP', (1 - 2 * (i % 2)) * 555500 FROM n"
)


def write_history(subject: Subject, count: int) -> None:
    """`count` movements of goods and `count` entries of settlements, five to a document, spread over three years."""

    def work(session: Any) -> None:
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        first = connection.execute(text("SELECT max(id) + 1 FROM core_document")).scalar_one()
        documents = (count + 4) // 5

        def run(statement: str, rows: int, **more: object) -> None:
            moment = _moment(f"(i * {_SECONDS} / {rows})", sqlite)
            names = {"first": first, "moment": moment, "false": "0" if sqlite else "false", **more}
            connection.execute(text(statement.format(**names)), {"count": rows})

        partner = f"{subject.partners[0]} + (i / 2 * 7) % {PARTNERS}"
        item = f"{subject.items[0]} + (i / 2 * 7919) % {ITEMS}"
        run(_DOCUMENTS, documents)
        run(_TRADE, documents, partner=partner)
        run(_STOCK, count, item=item, place=100, sign=1)
        run(_STOCK, count, item=item, place=1, sign=-1)
        run(_SETTLEMENTS, count, partner=partner)
        if not sqlite:  # ids were given by hand
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('core_document', 'id'), max(id)) FROM core_document")
            )
        ledger.rebuild(session)

    subject.company.database.run(work, actor=SYSTEM)
    database = subject.company.database
    database.learn_sizes()
    database.dispose()  # a connection of SQLite learns what was found when it is opened
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _moment(seconds: str, sqlite: bool) -> str:
    if sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{FIRST_YEAR}-01-01', ({seconds}) || ' seconds')"
    return f"timestamp '{FIRST_YEAR}-01-01' + ({seconds}) * interval '1 second'"
