"""Of a posted document, whatever the same act says otherwise is other content: any field of any kind's draft, or of a line."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.documents import Document, Draft, Kind, SentBefore, post, save
from app.documents.kinds import OF_SAVING
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import ChargeDraft, OrderDraft, QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import (
    GoodsReceipt,
    Invoice,
    Purchase,
    PurchaseOrder,
    PurchaseReturn,
    Quote,
    Sale,
    SalesOrder,
    SalesReturn,
    SupplierInvoice,
)
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.operations import create_item, create_place

pytestmark = [pytest.mark.enterprise, pytest.mark.one_engine]  # rules, before anything is stored: no engine decides

AT, DUE = datetime(2026, 3, 2, 10), date(2026, 4, 1)
ANNA, WOOD, BILL = 1, 1, 1
TWO, THREE = Decimal(2), Decimal(3)
#: fields that nobody filled in, where they may still be said later: something that they could say
UNSAID = {
    "delivery": DUE,
    "supplier_number": "R 3",
    "supplier_day": DUE,
    "valid_until": DUE,
    "reserved_until": DUE,
    "due": DUE,
    "contract_id": 5,
    "source_id": 5,
    "target_id": 5,
    "price": TWO,
    "pricing": "x",
    "tax_code_id": 5,
    "origin": (1, 1),
    "custom": {"colour": "red"},
}


def trade(*origins: Any, due: date | None = None) -> TradeDraft:
    lines = [
        TradeLineDraft(WOOD, TWO, THREE, Decimal(5), Decimal(20), origin=origin) for origin in origins or (None, None)
    ]
    return TradeDraft(ANNA, lines, currency="GBP", due=due, moment=AT, note="n", operation_id="x")


def movement(price: Decimal | None = None, **ends: int) -> MovementDraft:
    lines = [MovementLineDraft(WOOD, TWO, price), MovementLineDraft(WOOD, THREE, price)]
    return MovementDraft(lines, **ends, moment=AT, note="n", operation_id="x")


def of(draft: type[TradeDraft], **more: Any) -> TradeDraft:
    """What a trade document says, as a draft of another kind."""
    said = trade()
    return draft(**{f.name: getattr(said, f.name) for f in fields(said)}, **more)


#: kind → drafts of it, made in a company where the sale 1 and the purchase 2 may be given back and there is a place `branch`
SAMPLES: dict[type[Document], Any] = {
    Quote: lambda branch: [of(QuoteDraft), of(QuoteDraft, valid_until=DUE)],
    SalesOrder: lambda branch: [
        of(SalesOrderDraft),
        of(SalesOrderDraft, delivery=DUE, priority=3, reserves=False, reserved_until=DUE),
    ],
    PurchaseOrder: lambda branch: [of(OrderDraft), of(OrderDraft, delivery=DUE)],
    Invoice: lambda branch: [trade(), trade(due=DUE)],
    Sale: lambda branch: [trade(), trade(due=DUE)],
    GoodsReceipt: lambda branch: [trade(), trade(due=DUE)],
    Purchase: lambda branch: [of(ChargeDraft), of(ChargeDraft, supplier_number="R 1", supplier_day=DUE)],
    SupplierInvoice: lambda branch: [of(ChargeDraft), of(ChargeDraft, supplier_number="R 2", supplier_day=DUE)],
    SalesReturn: lambda branch: [trade(), trade((3, 1), (3, 2), due=DUE)],
    PurchaseReturn: lambda branch: [trade(), trade((2, 1), (2, 2), due=DUE)],
    Receipt: lambda branch: [movement(THREE, target_id=FIRST_WAREHOUSE)],
    Opening: lambda branch: [movement(THREE, target_id=FIRST_WAREHOUSE)],
    Issue: lambda branch: [movement(source_id=FIRST_WAREHOUSE)],
    WriteOff: lambda branch: [movement(source_id=FIRST_WAREHOUSE)],
    Transfer: lambda branch: [movement(source_id=FIRST_WAREHOUSE, target_id=branch)],
    WorkOrder: lambda branch: [
        WorkOrderDraft(
            BILL,
            TWO,
            [ComponentDraft(WOOD, TWO), ComponentDraft(WOOD, THREE)],
            moment=AT,
            note="n",
            operation_id="x",
        )
    ],
}


def another(name: str, value: Any) -> Iterator[Any]:
    """Other things that a field could say."""
    if value is None:
        yield UNSAID[name]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | Decimal):
        yield value + 1
    elif isinstance(value, date):
        yield value + timedelta(days=1)
    elif isinstance(value, tuple):
        yield value[0] + 1, value[1]
        yield value[0], value[1] + 1
    else:
        yield f"{value}x"


def otherwise(said: Any) -> Iterator[tuple[str, Any]]:
    """Which field, and the same draft or line with something else there; with nothing, where nothing is a value too."""
    optional = getattr(said, "optional", frozenset())
    for name in (f.name for f in fields(said) if f.name not in OF_SAVING | {"lines"}):
        value = getattr(said, name)
        for other in another(name, value):
            yield name, replace(said, **{name: other})
        if name in ("due", "origin") and value is not None and name not in optional:
            yield f"no {name}", replace(said, **{name: None})


def other_contents(draft: Any) -> Iterator[tuple[str, Any]]:
    """The draft with one thing said otherwise, in every way; its lines too, each of them, fewer, more and in another order."""
    yield from otherwise(draft)
    for i, line in enumerate(draft.lines):
        for name, other in otherwise(line):
            yield f"{name} of line {i + 1}", replace(draft, lines=[*draft.lines[:i], other, *draft.lines[i + 1 :]])
    yield "one line less", replace(draft, lines=draft.lines[:-1])
    yield "one line more", replace(draft, lines=[*draft.lines, draft.lines[-1]])


def left_unsaid(draft: Any) -> Iterator[tuple[str, Any]]:
    """The draft without one of the things that may be left to the program."""
    for name in sorted(draft.optional):
        yield name, replace(draft, **{name: None})


@pytest.fixture
def branch(company: Any) -> int:
    """A second warehouse, where there are wood in the first, a bill of materials, a purchase (2) and a sale (3)."""

    def work(session: Any) -> int:
        create_contact(session, SYSTEM, kind="individual", name="Anna")
        wood, table = (create_item(session, SYSTEM, code=code, name=code) for code in ("W", "T"))
        stock = MovementDraft([MovementLineDraft(wood.id, Decimal(100), TWO)], target_id=FIRST_WAREHOUSE, moment=AT)
        post(session, SYSTEM, [save(session, SYSTEM, Opening, stock)])
        for model in (Purchase, Sale):
            post(session, SYSTEM, [save(session, SYSTEM, model, replace(trade(), operation_id=None))])
        save_bom(session, SYSTEM, BomDraft(table.id, [ComponentDraft(wood.id, Decimal(1))]))
        return create_place(session, SYSTEM, code="B", name="Branch").id

    return int(company.database.run(work, actor=SYSTEM))


def test_every_kind_that_is_drafted_is_tried_here(company: Any) -> None:
    assert company.installed  # all modules have declared their kinds
    drafted = {kind.model for kind in Kind.declared.values() if kind.draft is not Draft}
    assert drafted == set(SAMPLES)


@pytest.mark.parametrize("model", SAMPLES)
def test_anything_said_otherwise_is_other_content(company: Any, branch: int, model: type[Document]) -> None:
    def work(session: Any, n: int, draft: Any) -> None:
        draft = replace(draft, operation_id=f"act {n}")
        made = save(session, SYSTEM, model, draft)
        post(session, SYSTEM, [made])
        session.flush()
        session.expunge_all()  # what is compared is what was kept
        assert save(session, SYSTEM, model, draft).id == made.id
        for name, same in left_unsaid(draft):
            assert save(session, SYSTEM, model, same).id == made.id, name
        for name, other in other_contents(draft):
            with pytest.raises(SentBefore):
                raise AssertionError(f"{name}: {save(session, SYSTEM, model, other)}")

    for n, draft in enumerate(SAMPLES[model](branch)):
        company.database.run(lambda s, n=n, draft=draft: work(s, n, draft), actor=SYSTEM)
