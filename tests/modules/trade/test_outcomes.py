"""What became of a request, a quote or an offer is shown in the place of its state: in the list and its filter, on the page, in
the chain, and by the figures of a period."""

from collections.abc import Callable
from typing import Any

from flask_babel import force_locale
from openpyxl import load_workbook
from sqlalchemy import select

from app.documents import Document, close, discard, locked, post, reverse, save
from app.documents.chain import chain_of
from app.documents.counting import documents_by_state
from app.documents.outcomes import state_shown
from app.documents.queries import latest_documents
from app.security import SYSTEM
from app.web.kit.tables import Query, everything, fetch
from app.web.kit.workbook import Workbook
from modules.contacts.models import Contact
from modules.trade.answers.links import give_link, reader_by_secret
from modules.trade.answers.operations import answer_quote
from modules.trade.drafts import OrderDraft, QuoteDraft, SalesOrderDraft
from modules.trade.making import order_of
from modules.trade.models import CustomerRequest, PurchaseOrder, Quote, Sale, SalesOrder, SupplierOffer
from modules.trade.pipeline.quotes import is_unanswered
from modules.trade.requests.kind import RequestDraft
from modules.trade.sourcing.comparing import order_offers
from modules.trade.sourcing.models import SupplierRequest
from modules.trade.sourcing.requests import ask_supplier
from modules.trade.tables import DOCUMENTS, documents_of, supplier_requests
from tests.modules.trade.test_buying import ANVIL, FREIGHT, HAMMER, answer, asked, offers_currency
from tests.modules.trade.test_buying import shop as shop
from tests.modules.trade.test_chain import lines, made, next_of

CUSTOMER, SUPPLIER = 1, 2


def shown(session: Any, document_id: int, actor: Any = SYSTEM) -> str:
    """What is shown of a document, which is the same wherever it is shown."""
    session.flush()
    document = session.get(Document, document_id)
    noun = document.kind.partition(".")[2]
    table = supplier_requests if noun == "supplier_request" else DOCUMENTS[noun]
    state = state_shown(session, document)
    (row,) = (row for row in fetch(session, table, Query(limit=500)).rows if row.id == document_id)
    assert (row.outcome, row.state) == (state, document.state)
    if noun != "supplier_request":
        of_contact = fetch(session, documents_of(document.contact_id), Query(limit=500)).rows
        assert {row.id: row.state for row in of_contact}[document_id] == state
    found = {
        s: {r.id for r in fetch(session, table, Query(filters={"outcome": s})).rows} for s in filter_of(session, table)
    }
    assert [s for s, ids in found.items() if document_id in ids] == [state]
    chained = {row.id: row.state for row in chain_of(session, document).documents}
    assert chained[document_id] == state
    assert {row.id: row.state for row in latest_documents(session, actor, 50)}[document_id] == state
    day = document.moment.date()
    counted = {c.state for c in documents_by_state(session, [document.kind], day, day)}
    assert state in counted
    return state


def filter_of(session: Any, table: Any) -> list[str]:
    (found,) = (f for f in table.filters if f.name == "outcome")
    return [value for value, _ in found.offered(session)]


def quoted(session: Any, request: int | None = None) -> int:
    return made(session, Quote, QuoteDraft(CUSTOMER, lines((1, 2, 10)), request_id=request))


def test_a_request_is_quoted_then_ordered_and_open_again_as_that_is_undone(shop: Callable[..., Any]) -> None:
    def work(session: Any) -> None:
        request = made(session, CustomerRequest, RequestDraft(contact_id=CUSTOMER, lines=[], asked="Anvils?"))
        assert shown(session, request) == "posted"
        quote = quoted(session, request)
        assert (shown(session, request), shown(session, quote)) == ("quoted", "posted")
        order = save(session, SYSTEM, SalesOrder, order_draft(session, quote))
        assert shown(session, quote) == "posted"  # a draft is nothing yet
        post(session, SYSTEM, [order])
        assert (shown(session, request), shown(session, quote)) == ("ordered", "ordered")
        assert not unordered(session, quote)
        reverse(session, SYSTEM, locked(session, SalesOrder, order.id))
        assert (shown(session, request), shown(session, quote)) == ("quoted", "posted")
        assert unordered(session, quote)
        close(session, SYSTEM, locked(session, Quote, quote))
        assert (shown(session, request), shown(session, quote)) == ("lost", "closed")
        reverse(session, SYSTEM, locked(session, Quote, quote))
        assert (shown(session, request), shown(session, quote)) == ("posted", "reversed")

    shop(work)


def unordered(session: Any, quote: int) -> bool:
    """Whether the quote is to be followed up."""
    session.flush()
    return quote in session.scalars(select(Quote.id).where(is_unanswered()))


def test_an_invoice_for_payment_orders_nothing_and_a_part_is_said_to_be_one(shop: Callable[..., Any]) -> None:
    def work(session: Any) -> None:
        quote = made(session, Quote, QuoteDraft(CUSTOMER, lines((ANVIL, 2, 10), (HAMMER, 3, 5))))
        next_of(session, quote, "trade.invoice")
        assert (shown(session, quote), unordered(session, quote)) == ("posted", True)
        first = next_of(session, quote, "trade.sales_order", {1: 2})
        assert (shown(session, quote), unordered(session, quote)) == ("partly", False)
        second = next_of(session, quote, "trade.sales_order", {2: 1})
        assert shown(session, quote) == "partly"
        third = next_of(session, quote, "trade.sales_order")
        assert shown(session, quote) == "ordered"
        for number in (first, second, third):
            reverse(session, SYSTEM, locked(session, SalesOrder, number))
        assert (shown(session, quote), unordered(session, quote)) == ("posted", True)

    shop(work)


def order_draft(session: Any, quote: int) -> Any:
    return order_of(session, session.get(Quote, quote))


def test_a_quote_is_accepted_in_the_version_that_its_customer_read(shop: Callable[..., Any]) -> None:
    def work(session: Any) -> None:
        quote = quoted(session)
        secret = give_link(session, SYSTEM, session.get(Quote, quote), language="en")
        session.flush()
        reader = reader_by_secret(session, secret)
        assert reader is not None
        answer_quote(session, reader, "accepted", name="Ann Lee", text="", address="192.0.2.7")
        assert shown(session, quote) == "accepted"
        document = locked(session, Quote, quote)
        document.version += 1
        assert shown(session, quote) == "posted"

    shop(work)


def test_an_order_tells_how_far_it_is_shipped_or_received(shop: Callable[..., Any]) -> None:
    """Across warehouses, with a service among its lines, and back as a delivery is reversed."""

    def work(session: Any) -> None:
        bought = made(session, PurchaseOrder, OrderDraft(SUPPLIER, lines((ANVIL, 5, 10), (FREIGHT, 1, 20))))
        assert shown(session, bought) == "posted"
        came = next_of(session, bought, "trade.receipt", {1: 5})
        assert shown(session, bought) == "partly"
        next_of(session, bought, "trade.receipt")
        assert shown(session, bought) == "delivered"
        sold = made(session, SalesOrder, SalesOrderDraft(CUSTOMER, lines((ANVIL, 2, 15), (ANVIL, 3, 14))))
        assert shown(session, sold) == "posted"
        next_of(session, sold, "trade.sale", {2: 1})
        assert shown(session, sold) == "partly"
        last = next_of(session, sold, "trade.sale")
        assert shown(session, sold) == "delivered"
        reverse(session, SYSTEM, locked(session, Sale, last))
        assert shown(session, sold) == "partly"
        close(session, SYSTEM, locked(session, SalesOrder, sold))
        assert shown(session, sold) == "closed"
        assert session.get(Document, came).state == "posted"

    shop(work)


def test_offers_and_their_request_tell_who_was_asked_who_answered_and_who_got_the_order(
    shop: Callable[..., Any],
) -> None:
    request, (first, second) = shop(asked)
    shop(lambda s: states(s, request, first, second, "asked", "posted", "posted"))
    shop(lambda s: answer(s, first, offers_currency(s, first), 10, 3))
    shop(lambda s: states(s, request, first, second, "answered", "answered", "posted"))
    shop(lambda s: answer(s, second, offers_currency(s, second), 11, 4))

    def order(session: Any) -> int:
        (drafted,) = order_offers(session, SYSTEM, session.get(SupplierRequest, request), first)
        post(session, SYSTEM, [locked(session, PurchaseOrder, drafted.id)])
        return int(drafted.id)

    ordered = shop(order)
    shop(lambda s: states(s, request, first, second, "ordered", "ordered", "lost"))
    shop(lambda s: reverse(s, SYSTEM, locked(s, PurchaseOrder, ordered)))
    shop(lambda s: states(s, request, first, second, "answered", "answered", "answered"))
    shop(lambda s: reverse(s, SYSTEM, locked(s, SupplierOffer, first)))
    shop(lambda s: states(s, request, first, second, "answered", "reversed", "answered"))


def test_an_offer_is_not_chosen_once_nothing_is_left_to_be_ordered(shop: Callable[..., Any]) -> None:
    """Of a split each offer has its order, as a draft too; an offer without one has lost when all is ordered."""

    def work(session: Any) -> None:
        request, (first, second) = asked(session)
        third = ask_supplier(session, SYSTEM, session.get(SupplierRequest, request), CUSTOMER).id
        for offer, *prices in ((first, 10, 4), (second, 11, 3), (third, 12, 5)):
            answer(session, offer, offers_currency(session, offer), *prices)
        drafts = order_offers(session, SYSTEM, session.get(SupplierRequest, request))
        assert [shown(session, n) for n in (first, second, third)] == ["answered"] * 3
        post(session, SYSTEM, [locked(session, PurchaseOrder, drafts[0].id)])
        assert [shown(session, n) for n in (first, second, third)] == ["ordered", "answered", "answered"]
        post(session, SYSTEM, [locked(session, PurchaseOrder, drafts[1].id)])
        assert [shown(session, n) for n in (first, second, third)] == ["ordered", "ordered", "lost"]
        reverse(session, SYSTEM, locked(session, PurchaseOrder, drafts[1].id))
        assert [shown(session, n) for n in (first, second, third)] == ["ordered", "answered", "answered"]

    shop(work)


def test_an_offer_of_which_an_order_is_drafted_is_not_passed_over(shop: Callable[..., Any]) -> None:
    def work(session: Any) -> None:
        request, (first, second) = asked(session)
        for offer in (first, second):
            answer(session, offer, offers_currency(session, offer), 10, 4)
        mine, other = (
            order_offers(session, SYSTEM, session.get(SupplierRequest, request), n)[0] for n in (first, second)
        )
        post(session, SYSTEM, [locked(session, PurchaseOrder, mine.id)])
        assert (shown(session, first), shown(session, second)) == ("ordered", "answered")
        discard(session, SYSTEM, locked(session, PurchaseOrder, other.id))
        assert (shown(session, first), shown(session, second)) == ("ordered", "lost")

    shop(work)


def states(session: Any, request: int, first: int, second: int, *said: str) -> None:
    assert tuple(shown(session, number) for number in (request, first, second)) == said


def test_what_follows_is_shown_as_far_as_it_is_open_to_whoever_asks(
    shop: Callable[..., Any],
    company: Any,
    employ: Callable[..., Any],
) -> None:
    sofia = employ("sofia", "salesperson")

    def work(session: Any) -> tuple[int, int]:
        session.get(Contact, CUSTOMER).responsible_id = sofia.user_id
        session.flush()
        said = RequestDraft(contact_id=CUSTOMER, lines=[], asked="Anvils?", responsible_id=sofia.user_id)
        request = made(session, CustomerRequest, said)
        return request, quoted(session, request)

    request, quote = shop(work)
    seen = company.database.run(lambda s: [shown(s, n, sofia) for n in (request, quote)], actor=sofia)
    assert seen == ["quoted", "posted"]
    bella = employ("bella", "buyer")
    shop(lambda s: made(s, SalesOrder, order_draft(s, quote)))
    seen = company.database.run(lambda s: [shown(s, n, sofia) for n in (request, quote)], actor=sofia)
    assert seen == ["ordered", "ordered"]
    request, (first, _) = shop(asked)
    assert company.database.run(lambda s: [shown(s, n, bella) for n in (request, first)], actor=bella) == [
        "asked",
        "posted",
    ]


def test_programs_and_saved_addresses_ask_by_the_stored_state(app: Any, shop: Callable[..., Any]) -> None:
    def work(session: Any) -> tuple[int, int, int]:
        said = RequestDraft(contact_id=CUSTOMER, lines=[], asked="Anvils?")
        waits, request = made(session, CustomerRequest, said), made(session, CustomerRequest, said)
        quote = quoted(session, request)
        made(session, SalesOrder, order_draft(session, quote))
        return waits, request, quote

    waits, request, quote = shop(work)
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})

    def asked(name: str, by: str) -> list[tuple[int, str, str]]:
        rows = client.get(f"/api/v1/lists/{name}?{by}").json["rows"]
        return [(row["id"], row["state"], row["outcome"]) for row in rows]

    assert asked("trade.quote", "state=posted") == [(quote, "posted", "ordered")]
    assert asked("trade.quote", "outcome=ordered") == [(quote, "posted", "ordered")]
    assert asked("trade.quote", "outcome=posted") == []
    assert asked("trade.customer_request", "answered=yes") == [(request, "posted", "ordered")]
    assert asked("trade.customer_request", "answered=no") == [(waits, "posted", "posted")]
    page = client.get("/trade/quotes?state=posted").text
    assert page.count('<span class="state state-') == 1
    assert '<span class="state state-ordered">Ordered</span>' in page
    assert 'name="outcome"' in page
    assert 'name="state"' not in page
    overview = client.get("/overview").text
    assert "/trade/quotes?" in overview
    assert "outcome=ordered" in overview


def test_lists_are_not_sorted_by_what_became_and_look_for_it_among_what_is_posted() -> None:
    for table in (DOCUMENTS["quote"], DOCUMENTS["customer_request"], DOCUMENTS["supplier_offer"], supplier_requests):
        assert {c.name: c.sortable for c in table.columns}["outcome"] is False
        (by,) = (f for f in table.filters if f.name == "outcome")
        for value, state in (("ordered", "posted"), ("posted", "posted"), ("closed", "closed")):
            said = str(by.criterion(value).compile(compile_kwargs={"literal_binds": True}))
            assert said.startswith(f"core_document.state = '{state}' AND ")
    assert {c.name: c.sortable for c in documents_of(CUSTOMER).columns}["state"] is False


def test_a_workbook_says_what_became_in_words_of_its_reader(app: Any, shop: Callable[..., Any]) -> None:
    shop(lambda s: made(s, SalesOrder, order_draft(s, quoted(s))))

    def written(session: Any) -> set[Any]:
        table = documents_of(CUSTOMER)
        book = Workbook("Documents", [c for c in table.columns if not c.hidden], "GBP")
        book.write(everything(session, table, Query()))
        head, *rows = load_workbook(book.finish()).active.values
        return {row[len(head) - 1] for row in rows}

    with app.test_request_context(), force_locale("vi"):
        assert shop(written) == {"Đã đặt", "Đã xác nhận"}
