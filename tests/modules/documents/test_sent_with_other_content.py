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
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact, create_contact
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.commission.kinds import CommissionMoveDraft, CommissionReportDraft
from modules.trade.commission.models import GIVE, GIVEN_BACK, TAKE, TAKEN, AgentReport, CommissionMove, PrincipalReport
from modules.trade.commission.places import place_of
from modules.trade.complaints.kinds import ComplaintDraft, ComplaintLineDraft
from modules.trade.complaints.models import Complaint
from modules.trade.drafts import (
    AgreementDraft,
    ChargeDraft,
    ImportTaxDraft,
    LandedDraft,
    OfferDraft,
    OrderDraft,
    QuoteDraft,
    ReceiptReturnDraft,
    SaleDraft,
    SalesOrderDraft,
    TradeDraft,
    TradeLineDraft,
)
from modules.trade.models import (
    CustomerRequest,
    GoodsReceipt,
    ImportTax,
    Invoice,
    LandedCost,
    Purchase,
    PurchaseAgreement,
    PurchaseOrder,
    PurchaseReturn,
    Quote,
    ReceiptReturn,
    Sale,
    SalesAgreement,
    SalesOrder,
    SalesReturn,
    SupplierInvoice,
    SupplierOffer,
)
from modules.trade.pricing.policy import create_rule
from modules.trade.requests import kind as customers
from modules.trade.sourcing import requests as suppliers
from modules.trade.sourcing.models import SupplierRequest
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.counting.kinds import CountDraft, CountLineDraft
from modules.warehouse.counting.models import StockCount
from modules.warehouse.counting.operations import Tallied, tally
from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft
from modules.warehouse.holds.models import Hold, HoldRelease
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.logistic_units.kinds import RepackingDraft, RepackingLineDraft
from modules.warehouse.logistic_units.models import Repacking
from modules.warehouse.logistic_units.operations import create_units
from modules.warehouse.models import (
    FIRST_WAREHOUSE,
    Assembly,
    Disassembly,
    Issue,
    Opening,
    Receipt,
    Surplus,
    Transfer,
    TransferReceipt,
    WriteOff,
)
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.requisitions.kinds import RequisitionDraft, RequisitionLineDraft
from modules.warehouse.requisitions.models import Requisition

pytestmark = [pytest.mark.enterprise, pytest.mark.one_engine]  # rules, before anything is stored: no engine decides

AT, DUE = datetime(2026, 3, 2, 10), date(2026, 4, 1)
ANNA, WOOD, TABLE, FREIGHT, BILL = 1, 1, 2, 3, 1
#: posted before, in this order
OPENED, BOUGHT, SOLD, RECEIVED, ASKED, WANTED, SENT, HELD = 1, 2, 3, 4, 5, 6, 7, 8
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
    "request_id": 5,
    "answer_by": DUE,
    "wanted": DUE,
    "supplier_request_id": 5,
    "answered": DUE,
    "delivery_days": 5,
    "in_charge_id": 5,
    "reason_id": 5,
    "place_id": 5,
    "packing_id": 5,
    "second": TWO,
    "expires": DUE,
    "group_id": 5,
    "kit_id": 5,
    "kit_quantity": TWO,
    "share": TWO,
}


def trade(*origins: Any, due: date | None = None) -> TradeDraft:
    lines = [
        TradeLineDraft(WOOD, TWO, THREE, Decimal(5), Decimal(20), origin=origin) for origin in origins or (None, None)
    ]
    return TradeDraft(ANNA, lines, currency="GBP", due=due, moment=AT, note="n", operation_id="x")


def movement(price: Decimal | None = None, **ends: Any) -> MovementDraft:
    lines = [MovementLineDraft(WOOD, TWO, price), MovementLineDraft(WOOD, THREE, price)]
    return MovementDraft(lines, **ends, moment=AT, note="n", operation_id="x")


def arriving() -> list[MovementLineDraft]:
    """What was sent in two steps."""
    return [MovementLineDraft(WOOD, TWO, origin=(SENT, 1)), MovementLineDraft(WOOD, THREE, origin=(SENT, 2))]


def held(reason: str, *origins: Any) -> HoldDraft:
    lines = [HoldLineDraft(WOOD, n, origin=origin) for n, origin in zip((TWO, THREE), origins, strict=True)]
    return HoldDraft(place_id=FIRST_WAREHOUSE, lines=lines, reason=reason, moment=AT, note="n", operation_id="x")


def of(draft: type[TradeDraft], **more: Any) -> TradeDraft:
    """What a trade document says, as a draft of another kind."""
    said = trade()
    return draft(**{**{f.name: getattr(said, f.name) for f in fields(said)}, **more})


def cost(**more: Any) -> LandedDraft:
    """A service, on the goods of the purchase B-1."""
    said = of(LandedDraft, **{"receipts": "B-1", **more})
    assert isinstance(said, LandedDraft)
    return replace(said, lines=[replace(line, item_id=FREIGHT) for line in said.lines])


def report(commission: Decimal = Decimal(0), **more: Any) -> CommissionReportDraft:
    """What was sold of goods on commission; they lie where they lie."""
    said = trade(**more)
    values = {f.name: getattr(said, f.name) for f in fields(said) if f.name != "place_id"}
    return CommissionReportDraft(**{**values, "lines": [replace(line, commission=commission) for line in said.lines]})


def asked(**more: Any) -> customers.RequestDraft:
    lines = [customers.AskedLineDraft(WOOD, TWO), customers.AskedLineDraft(WOOD, THREE)]
    return customers.RequestDraft(ANNA, lines, **more, moment=AT, note="n", operation_id="x")


def wanted(**more: Any) -> suppliers.RequestDraft:
    lines = [suppliers.RequestLineDraft(WOOD, TWO), suppliers.RequestLineDraft(TABLE, THREE)]
    return suppliers.RequestDraft(lines, **more, moment=AT, note="n", operation_id="x")


def imported(**more: Any) -> ImportTaxDraft:
    """Tax at customs."""
    said = of(ImportTaxDraft, **{"receipts": "B-1", **more})
    assert isinstance(said, ImportTaxDraft)
    return said


def complaint(*lines: ComplaintLineDraft, **more: Any) -> ComplaintDraft:
    return ComplaintDraft(ANNA, lines, **more, moment=AT, note="n", operation_id="x")


#: kind → drafts of it, made in the company of the fixture `branch`
SAMPLES: dict[type[Document], Any] = {
    Quote: lambda branch: [
        of(QuoteDraft),
        of(QuoteDraft, valid_until=DUE, makes_order=True, request_id=ASKED, carrier="own"),
    ],
    SalesOrder: lambda branch: [
        of(SalesOrderDraft),
        of(SalesOrderDraft, delivery=DUE, priority=3, reserves=False, reserved_until=DUE, carrier="own"),
    ],
    PurchaseOrder: lambda branch: [of(OrderDraft), of(OrderDraft, delivery=DUE, ship_to="Quay 7")],
    Invoice: lambda branch: [trade(), trade(due=DUE)],
    Sale: lambda branch: [trade(), trade(due=DUE), of(SaleDraft, carrier="own")],
    GoodsReceipt: lambda branch: [trade(), trade(due=DUE)],
    Purchase: lambda branch: [of(ChargeDraft), of(ChargeDraft, supplier_number="R 1", supplier_day=DUE)],
    SupplierInvoice: lambda branch: [of(ChargeDraft), of(ChargeDraft, supplier_number="R 2", supplier_day=DUE)],
    SalesReturn: lambda branch: [trade(), trade((SOLD, 1), (SOLD, 2), due=DUE)],
    PurchaseReturn: lambda branch: [trade(), trade((BOUGHT, 1), (BOUGHT, 2), due=DUE)],
    ReceiptReturn: lambda branch: [
        of(ReceiptReturnDraft, lines=trade((RECEIVED, 1), (RECEIVED, 2)).lines),
    ],
    ImportTax: lambda branch: [
        imported(),
        imported(receipts="B-1, B-2", supplier_number="R 4", supplier_day=DUE),
    ],
    LandedCost: lambda branch: [
        cost(),
        cost(basis="quantity", receipts="B-1, B-2", supplier_number="R 3", supplier_day=DUE),
    ],
    CustomerRequest: lambda branch: [asked(), asked(asked="Oak?", channel="phone", answer_by=DUE)],
    SalesAgreement: lambda branch: [of(AgreementDraft), of(AgreementDraft, valid_until=DUE)],
    PurchaseAgreement: lambda branch: [of(AgreementDraft), of(AgreementDraft, valid_until=DUE)],
    SupplierRequest: lambda branch: [wanted(), wanted(place_id=branch, wanted=DUE)],
    SupplierOffer: lambda branch: [
        of(OfferDraft),
        of(OfferDraft, valid_until=DUE, supplier_request_id=WANTED, answered=DUE, delivery_days=7),
    ],
    CommissionMove: lambda branch: [of(CommissionMoveDraft, way=way) for way in (GIVE, GIVEN_BACK, TAKE)],
    AgentReport: lambda branch: [report(), report(due=DUE, commission=TWO)],
    PrincipalReport: lambda branch: [report(), report(due=DUE, commission=TWO)],
    Complaint: lambda branch: [
        complaint(ComplaintLineDraft(WOOD, TWO), ComplaintLineDraft(WOOD, THREE)),
        complaint(
            *(ComplaintLineDraft(WOOD, TWO, reason_id=1, origin=(SOLD, line)) for line in (1, 2)),
            wish="money",
            problem="Warped",
            due=DUE,
            in_charge_id=1,
        ),
    ],
    Receipt: lambda branch: [movement(THREE, target_id=FIRST_WAREHOUSE)],
    Opening: lambda branch: [movement(THREE, target_id=FIRST_WAREHOUSE)],
    Issue: lambda branch: [movement(source_id=FIRST_WAREHOUSE)],
    WriteOff: lambda branch: [movement(source_id=FIRST_WAREHOUSE)],
    Transfer: lambda branch: [movement(source_id=FIRST_WAREHOUSE, target_id=branch)],
    Surplus: lambda branch: [movement(THREE, target_id=FIRST_WAREHOUSE)],
    TransferReceipt: lambda branch: [replace(movement(target_id=branch), lines=arriving())],
    Assembly: lambda branch: [movement(source_id=FIRST_WAREHOUSE, kit_id=TABLE, kit_quantity=TWO)],
    Disassembly: lambda branch: [movement(target_id=FIRST_WAREHOUSE, kit_id=TABLE, kit_quantity=TWO)],
    Repacking: lambda branch: [
        RepackingDraft(
            place_id=FIRST_WAREHOUSE,
            lines=[RepackingLineDraft(WOOD, TWO), RepackingLineDraft(WOOD, THREE)],
            to_unit="LU-000001",
            moment=AT,
            note="n",
            operation_id="x",
        )
    ],
    BinMove: lambda branch: [
        BinMoveDraft(
            place_id=FIRST_WAREHOUSE,
            lines=[BinMoveLineDraft(WOOD, TWO, to_bin="A-1"), BinMoveLineDraft(WOOD, THREE, to_bin="A-2")],
            moment=AT,
            note="n",
            operation_id="x",
        )
    ],
    Hold: lambda branch: [held("damaged", None, None)],
    Requisition: lambda branch: [
        RequisitionDraft(
            place_id=FIRST_WAREHOUSE,
            source_id=branch,
            lines=[RequisitionLineDraft(WOOD, TWO), RequisitionLineDraft(TABLE, THREE)],
            due=DUE,
            moment=AT,
            note="n",
            operation_id="x",
        )
    ],
    HoldRelease: lambda branch: [held("", (HELD, 1), (HELD, 2))],
    StockCount: lambda branch: [
        CountDraft(
            FIRST_WAREHOUSE, [CountLineDraft(WOOD), CountLineDraft(TABLE)], moment=AT, note="n", operation_id="x"
        ),
        CountDraft(
            FIRST_WAREHOUSE, [CountLineDraft(TABLE)], moment=AT, is_by_bin=True, bins="A-1, -", operation_id="x"
        ),
    ],
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
    """A second warehouse, in a company with wood in the first and on commission both ways, a bill of materials, and a document
    of each kind that others name."""

    def work(session: Any) -> int:
        create_contact(session, SYSTEM, kind="individual", name="Anna")
        wood, table = (create_item(session, SYSTEM, code=code, name=code) for code in ("W", "T"))
        create_item(session, SYSTEM, code="F", name="F", kind="service")
        branch = create_place(session, SYSTEM, code="B", name="Branch").id
        create_bins(session, SYSTEM, place_id=FIRST_WAREHOUSE, codes="A-1, A-2")
        create_units(session, SYSTEM, place_id=FIRST_WAREHOUSE, kind="box", count=2)
        goods = [MovementLineDraft(item.id, Decimal(100), TWO) for item in (wood, table)]
        stock = MovementDraft(goods, target_id=FIRST_WAREHOUSE, moment=AT)
        sent = replace(movement(source_id=FIRST_WAREHOUSE, target_id=branch), in_two_steps=True)
        ours, theirs = (of(CommissionMoveDraft, way=way) for way in (GIVE, TAKE))
        named = (
            (Opening, stock),
            (Purchase, replace(trade(), number="B-1")),
            (Sale, trade()),
            (GoodsReceipt, replace(trade(), number="B-2")),
            (CustomerRequest, asked()),
            (SupplierRequest, wanted()),
            (Transfer, sent),
            (Hold, held("damaged", None, None)),
            *((CommissionMove, draft) for draft in (ours, ours, theirs, theirs)),
        )
        made = [_posted(session, model, draft) for model, draft in named]
        assert made[:8] == [OPENED, BOUGHT, SOLD, RECEIVED, ASKED, WANTED, SENT, HELD]
        for _twice in range(2):  # a report to a principal says what was sold before
            _posted(session, Sale, replace(trade(), place_id=place_of(session, ANNA, TAKEN)))
        save_bom(session, SYSTEM, BomDraft(table.id, [ComponentDraft(wood.id, Decimal(1))]))
        return branch

    return int(company.database.run(work, actor=SYSTEM))


def _posted(session: Any, model: type[Document], draft: Any) -> int:
    document = save(session, SYSTEM, model, replace(draft, operation_id=None))
    post(session, SYSTEM, [document])
    return document.id


def test_every_kind_that_is_drafted_is_tried_here(company: Any) -> None:
    assert company.installed  # all modules have declared their kinds
    drafted = {kind.model for kind in Kind.declared.values() if kind.draft is not Draft}
    assert drafted == set(SAMPLES)


@pytest.mark.parametrize("model", SAMPLES)
def test_anything_said_otherwise_is_other_content(company: Any, branch: int, model: type[Document]) -> None:
    def work(session: Any, n: int, draft: Any) -> None:
        draft = replace(draft, operation_id=f"act {n}")
        made = save(session, SYSTEM, model, draft)
        if isinstance(made, StockCount):
            session.flush()
            tally(session, SYSTEM, made.id, [Tallied(TABLE, Decimal(0), f"act {n}")])
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


#: kind and draft → what the program makes of it, and what it must not be taken for
FILLED_IN: list[tuple[type[Document], Any, dict[str, Any], dict[str, Any]]] = [
    (Sale, trade(), {"due": DUE}, {"due": AT.date()}),
    (Purchase, of(ChargeDraft), {"due": DUE}, {"due": AT.date()}),
    (AgentReport, report(), {"due": DUE}, {"due": AT.date()}),
    (PrincipalReport, report(), {"due": DUE}, {"due": AT.date()}),
    (Sale, trade(due=AT.date()), {"due": AT.date()}, {"due": None}),
    (Invoice, trade(), {"due": None}, {"due": DUE}),
    (Sale, replace(trade(), coupon=" spring"), {"coupon": "SPRING"}, {"coupon": ""}),
    (LandedCost, cost(receipts="B-2;B-1 B-2"), {"receipts": "B-1, B-2"}, {"receipts": "B-2"}),
    (Complaint, complaint(ComplaintLineDraft(WOOD, TWO)), {"in_charge_id": 1}, {"in_charge_id": 2}),
]


@pytest.mark.parametrize(("model", "draft", "kept", "other"), FILLED_IN)
def test_what_the_program_fills_in_is_no_other_content(
    company: Any, branch: int, model: type[Document], draft: Any, kept: dict[str, Any], other: dict[str, Any]
) -> None:
    """By the terms of a contact, by whose it is, or as the program writes what somebody types."""

    def work(session: Any) -> None:
        anna = session.get(Contact, ANNA)
        change_contact(session, SYSTEM, anna, payment_terms="days", payment_days=30, responsible_id=1)
        create_rule(session, SYSTEM, name="Spring", percent=TWO, coupon="SPRING")
        made = save(session, SYSTEM, model, draft)
        post(session, SYSTEM, [made])
        session.flush()
        session.expunge_all()
        stored: Any = session.get(model, made.id)
        assert {name: getattr(stored, name) for name in kept} == kept
        for same in (draft, replace(draft, **kept)):
            assert save(session, SYSTEM, model, same).id == made.id
        with pytest.raises(SentBefore):
            save(session, SYSTEM, model, replace(draft, **other))

    company.database.run(work, actor=SYSTEM)
