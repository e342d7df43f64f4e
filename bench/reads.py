"""Workloads that read: figures at a past date, a statement, a page of a list."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from bench.company import Subject
from modules.contacts.queries import statement_of
from modules.warehouse.queries import stock_on_hand

PAST = date(2025, 6, 17)
SINCE, UNTIL = date(2025, 6, 1), date(2025, 6, 30)

# The warehouse is a pool of its own, so the worth says how much there is as well.
_STOCK_FLOOR = (
    "SELECT item_id, sum(q), sum(v) FROM ("
    " SELECT item_id, quantity_in - quantity_out AS q, value_in - value_out AS v FROM warehouse_stock_worth_turnover"
    " WHERE organisation_id = 1 AND pool_id = 100 AND month < 202506 UNION ALL"
    " SELECT item_id, CASE pool_to_id WHEN 100 THEN quantity ELSE -quantity END,"
    " CASE pool_to_id WHEN 100 THEN value ELSE -value END FROM warehouse_stock_entry WHERE organisation_id = 1"
    " AND moment >= ? AND moment < ? AND (pool_from_id = 100) <> (pool_to_id = 100)) AS moved GROUP BY item_id"
)
OPENING_FLOOR = (
    "SELECT coalesce(sum(amount_in - amount_out), 0), coalesce(sum(base_in - base_out), 0)"
    " FROM contacts_settlements_balance_turnover"
    " WHERE organisation_id = 1 AND contact_id = ? AND currency = 'GBP' AND month < 202506"
)
LINES_FLOOR = (
    "SELECT e.moment, e.document_id, d.kind, d.number, d.summary, e.amount, e.base FROM contacts_settlements_entry e"
    " JOIN core_document d ON d.id = e.document_id WHERE e.organisation_id = 1 AND e.contact_id = ?"
    " AND e.currency = 'GBP' AND e.moment >= ? AND e.moment < ? ORDER BY e.moment, e.id"
)
_LIST_FLOOR = (
    "SELECT d.id, d.number, d.moment, d.state, d.currency, d.amount, c.name FROM core_document d"
    " JOIN trade_document t ON t.id = d.id JOIN contacts_contact c ON c.id = t.contact_id"
    " WHERE d.kind = 'trade.sale' ORDER BY d.moment DESC, d.id DESC LIMIT 50"
)
Question = Callable[[], Any]


def stock_at(subject: Subject) -> tuple[Question, Question]:
    """Quantity and value of every item in the warehouse at the end of a day in the middle of a month."""
    span = (datetime(2025, 6, 1), datetime(2025, 6, 18))
    return (
        lambda: subject.read(lambda session: stock_on_hand(session, PAST)),
        lambda: ask(subject, (_STOCK_FLOOR, span)),
    )


def statement(subject: Subject) -> tuple[Question, Question]:
    """One partner's statement of a month in the third year."""
    partner = subject.partners[len(subject.partners) // 2]
    return (
        lambda: subject.read(lambda session: statement_of(session, partner, SINCE, UNTIL)),
        lambda: ask(
            subject,
            (OPENING_FLOOR, (partner,)),
            (LINES_FLOOR, (partner, datetime(2025, 6, 1), datetime(2025, 7, 1))),
        ),
    )


def sales_page(subject: Subject) -> tuple[Question, Question] | str:
    """The list of sales over HTTP, 50 to a page, without a network; or why that can't be measured yet."""
    from app import create_app
    from bench.company import LOGIN, PASSWORD

    app = create_app(subject.company.config)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    if "trade.sale_list" not in app.view_functions:
        return "there is no list of sales yet"
    client = app.test_client()
    client.post("/login", data={"login": LOGIN, "password": PASSWORD})
    with app.test_request_context():
        address = app.url_for("trade.sale_list")
    answer = client.get(address)
    if answer.status_code != 200 or (b"S-0" not in answer.data and b"H-" not in answer.data):
        return f"the list answers {answer.status}, without sales"
    return lambda: client.get(address).data, lambda: ask(subject, (_LIST_FLOOR, ()))


def ask(subject: Subject, *questions: tuple[str, tuple[Any, ...]]) -> list[Any]:
    """The floor: the bare driver, a prepared statement, all rows fetched."""
    database = subject.company.database
    pooled = database.engine.raw_connection()
    try:
        cursor = pooled.cursor()
        answers = []
        for statement_, values in questions:
            if database.is_sqlite:
                values = tuple(v.isoformat(" ", "microseconds") if isinstance(v, datetime) else v for v in values)
                cursor.execute(statement_, values)
            else:
                cursor.execute(statement_.replace("?", "%s"), values, prepare=True)  # type: ignore[call-arg]
            answers.append(cursor.fetchall())
        return answers
    finally:
        pooled.close()
