"""The same act sent twice: what it made is given, changed or, with other content once posted, refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app import ledger
from app.documents import SentBefore, post, save
from app.errors import NotFound
from app.security import SYSTEM
from modules.contacts.models import Payment
from modules.contacts.operations import create_contact, record_payment
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item

pytestmark = pytest.mark.enterprise

AT = datetime(2026, 3, 2, 10)
TWO, THREE = Decimal(2), Decimal(3)

SALE = TradeDraft(1, [TradeLineDraft(1, TWO, THREE)], moment=AT, note="n", operation_id="x")
RECEIPT = MovementDraft([MovementLineDraft(1, TWO, THREE)], target_id=100, moment=AT, operation_id="x")
ORDER = WorkOrderDraft(1, TWO, [ComponentDraft(1, TWO)], moment=AT, operation_id="x")

#: kind, what writes it, what posts it, what was sent, and what else may be sent by the same act
KINDS = {
    "sale": (
        Sale,
        lambda s, a, d: save(s, a, Sale, d),
        post,
        SALE,
        [
            replace(SALE, contact_id=2),
            replace(SALE, lines=[TradeLineDraft(1, TWO, TWO)]),
            replace(SALE, lines=[TradeLineDraft(1, THREE, THREE)]),
            replace(SALE, lines=[*SALE.lines, *SALE.lines]),
            replace(SALE, currency="EUR"),
            replace(SALE, note="other"),
            replace(SALE, moment=datetime(2026, 3, 3)),
        ],
    ),
    "receipt": (
        Receipt,
        lambda s, a, d: save(s, a, Receipt, d),
        post,
        RECEIPT,
        [
            replace(RECEIPT, lines=[MovementLineDraft(1, TWO, TWO)]),
            replace(RECEIPT, lines=[MovementLineDraft(1, THREE, THREE)]),
            replace(RECEIPT, note="other"),
        ],
    ),
    "work order": (
        WorkOrder,
        lambda s, a, d: save(s, a, WorkOrder, d),
        post,
        ORDER,
        [replace(ORDER, quantity=THREE), replace(ORDER, lines=[ComponentDraft(1, THREE)])],
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: Any, company: Any) -> Any:
    """A kind of document; wood in stock, a bill, two contacts."""

    def work(session: Any) -> None:
        wood, table = (create_item(session, SYSTEM, code=code, name=code) for code in ("W", "T"))
        for name in ("Anna", "Bert"):
            create_contact(session, SYSTEM, kind="individual", name=name)
        stock = MovementDraft([MovementLineDraft(wood.id, Decimal(100), Decimal(1))], target_id=100, moment=AT)
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, stock)])
        save_bom(session, SYSTEM, BomDraft(table.id, [ComponentDraft(wood.id, Decimal(1))]))

    company.database.run(work, actor=SYSTEM)
    return KINDS[request.param]


def test_a_posted_document_is_given_again_and_refused_with_other_content(company: Any, kind: Any) -> None:
    model, write, post_all, draft, others = kind

    def send(session: Any) -> int:
        document = write(session, SYSTEM, draft)
        post_all(session, SYSTEM, [document])
        session.flush()
        return int(document.id)

    def count(session: Any) -> Any:
        return session.query(model).count(), ledger.totals_of(session)

    made = company.database.run(send, actor=SYSTEM)
    before = company.database.run(count, actor=SYSTEM, write=False)
    assert company.database.run(lambda s: write(s, SYSTEM, draft).id, actor=SYSTEM) == made
    for other in others:
        with pytest.raises(SentBefore, match=r"-00000[12], which can't be changed"):
            company.database.run(lambda s, other=other: write(s, SYSTEM, other), actor=SYSTEM)
    assert company.database.run(count, actor=SYSTEM, write=False) == before


def test_a_draft_is_changed_to_what_was_sent_last(company: Any, kind: Any) -> None:
    model, write, _post, draft, others = kind
    made = company.database.run(lambda s: _flushed(s, write(s, SYSTEM, draft)), actor=SYSTEM)
    for other in (o for o in others if getattr(o, "currency", None) is None):
        assert company.database.run(lambda s, other=other: _flushed(s, write(s, SYSTEM, other)), actor=SYSTEM) == made

        def quantities(session: Any) -> list[Decimal]:
            return [line.quantity for line in session.get(model, made).lines]

        assert company.database.run(quantities, actor=SYSTEM) == [line.quantity for line in other.lines]


def _flushed(session: Any, document: Any) -> int:
    session.flush()
    return int(document.id)


def test_what_is_not_open_to_the_actor_is_not_given(company: Any, employ: Callable[..., Any]) -> None:
    sam = employ("sam", "salesperson")
    sam = replace(
        sam, scopes={**sam.scopes, "contacts.contact": "all"}
    )  # to whom the contact is open, but not its sale

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="A", name="Anvil", kind="service")
        create_contact(session, SYSTEM, kind="individual", name="Anna")
        post(session, SYSTEM, [save(session, SYSTEM, Sale, replace(SALE, responsible_id=1))])

    company.database.run(prepare, actor=SYSTEM)
    with pytest.raises(NotFound):
        company.database.run(lambda s: save(s, sam, Sale, SALE), actor=sam)
    with pytest.raises(NotFound):  # of another kind
        company.database.run(lambda s: save(s, SYSTEM, Receipt, RECEIPT), actor=SYSTEM)


PAYMENT = {"contact_id": 1, "direction": "in", "amount": TWO, "note": "n", "operation_id": "x"}


@pytest.mark.parametrize(
    "other",
    [
        {"amount": THREE},
        {"direction": "out"},
        {"note": ""},
        {"method": "cash"},
        {"currency": "EUR"},
        {"contact_id": 2},
        {"moment": AT},
        {"pays": [(1, TWO)]},
        {"custom": {"colour": "red"}},
    ],
    ids=str,
)
def test_a_payment_sent_again_is_given_or_refused(company: Any, other: dict[str, Any]) -> None:
    def send(session: Any, **fields: Any) -> int:
        return record_payment(session, SYSTEM, **{**PAYMENT, **fields}).id

    for name in ("Anna", "Bert"):
        company.database.run(lambda s, name=name: create_contact(s, SYSTEM, kind="individual", name=name), actor=SYSTEM)
    made = company.database.run(send, actor=SYSTEM)
    assert company.database.run(send, actor=SYSTEM) == made
    with pytest.raises(SentBefore, match="P-000001"):
        company.database.run(lambda s: send(s, **other), actor=SYSTEM)
    assert company.database.run(lambda s: [p.amount for p in s.query(Payment)], actor=SYSTEM) == [TWO]
