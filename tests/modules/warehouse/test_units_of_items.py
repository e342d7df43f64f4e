"""How finely goods are counted: a unit's digits hold in every document, and a unit doesn't change what stands in the books."""

from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import correct, kind_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.reference.models import Unit
from app.reference.operations import save_unit
from app.registry.lifecycle import enable
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.production.kinds import WorkOrderDraft
from modules.production.models import WorkOrder
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseReturn, Sale, SalesReturn
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Item, Opening, Receipt, Transfer, WriteOff
from modules.warehouse.operations import change_item, create_item, create_place
from modules.warehouse.queries import stock_on_hand
from modules.warehouse.references import referred_to
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # rules, before anything is stored: no engine decides

DAY = datetime(2026, 1, 5)


def unit(session: Any, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def count(session: Any, code: str, digits: int) -> None:
    row = unit(session, code)
    save_unit(session, SYSTEM, row, code=code, name=row.name, digits=digits)


def opened(session: Any, item: Item, quantity: str) -> Opening:
    draft = MovementDraft([MovementLineDraft(item.id, D(quantity), D(1))], target_id=FIRST_WAREHOUSE, moment=DAY)
    document = save(session, SYSTEM, Opening, draft)
    post(session, SYSTEM, [document])
    return document


@pytest.fixture
def bolts(company: Any) -> int:
    """Ten bolts, counted in pieces."""

    def work(session: Any) -> int:
        item = create_item(session, SYSTEM, code="BOLT", name="Bolt")
        opened(session, item, "10")
        return item.id

    return company.database.run(work, actor=SYSTEM)


def moved(kind: Any, **ends: int) -> Any:
    return lambda s, item, q: save(s, SYSTEM, kind, MovementDraft([MovementLineDraft(item, q)], moment=DAY, **ends))


def traded(kind: Any) -> Any:
    def work(session: Any, item: int, quantity: D) -> Any:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Mill")
        return save(session, SYSTEM, kind, TradeDraft(contact.id, [TradeLineDraft(item, quantity, D(1))], moment=DAY))

    return work


def transferred(session: Any, item: int, quantity: D) -> Any:
    place = create_place(session, SYSTEM, code="B", name="Barn")
    return moved(Transfer, source_id=FIRST_WAREHOUSE, target_id=place.id)(session, item, quantity)


DOCUMENTS = {
    "sale": traded(Sale),
    "purchase": traded(Purchase),
    "sales return": traded(SalesReturn),
    "purchase return": traded(PurchaseReturn),
    "receipt": moved(Receipt, target_id=FIRST_WAREHOUSE),
    "opening": moved(Opening, target_id=FIRST_WAREHOUSE),
    "issue": moved(Issue, source_id=FIRST_WAREHOUSE),
    "write-off": moved(WriteOff, source_id=FIRST_WAREHOUSE),
    "transfer": transferred,
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_third_of_a_piece_is_refused_in_every_document(refused: Any, bolts: int, document: str) -> None:
    words = refused(lambda s: DOCUMENTS[document](s, bolts, D("0.333333")), Invalid, field="lines")
    assert words == "Line 1: “Bolt” is counted in whole units (pc)."


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_a_unit_can_count_is_taken_in_every_document(company: Any, bolts: int, document: str) -> None:
    saved = company.database.run(lambda s: DOCUMENTS[document](s, bolts, D("3.000")), actor=SYSTEM)
    assert saved.state == "draft"


def test_the_words_say_how_many_digits_a_unit_has(company: Any, refused: Any) -> None:
    item = company.database.run(lambda s: create_item(s, SYSTEM, code="GLUE", name="Glue", unit="KGM").id, actor=SYSTEM)
    words = refused(lambda s: DOCUMENTS["receipt"](s, item, D("0.0001")), Invalid, field="lines")
    assert words == "Line 1: “Glue” is counted in kg to 3 digits after the point."


@pytest.mark.enterprise
def test_bills_and_orders_are_counted_too(company: Any, refused: Any, bolts: int) -> None:
    def prepare(session: Any) -> tuple[int, int, int]:
        table = create_item(session, SYSTEM, code="T", name="Table")
        bom = save_bom(session, SYSTEM, BomDraft(table.id, [ComponentDraft(bolts, D(1))], output=D(3)))
        return table.id, bom.id, create_item(session, SYSTEM, code="X", name="Box").id

    _, bom, box = company.database.run(prepare, actor=SYSTEM)

    def order(quantity: str, used: str | None) -> Any:
        lines = None if used is None else [ComponentDraft(bolts, D(used))]
        return lambda s: save(s, SYSTEM, WorkOrder, WorkOrderDraft(bom, D(quantity), lines))

    assert refused(order("0.5", None), Invalid, field="quantity") == "“Table” is counted in whole units (pc)."
    assert refused(order("1", "0.5"), Invalid, field="lines") == "Line 1: “Bolt” is counted in whole units (pc)."
    half = BomDraft(box, [ComponentDraft(bolts, D("0.5"))])
    assert refused(lambda s: save_bom(s, SYSTEM, half), Invalid, field="lines").startswith("Line 1: “Bolt”")
    broken = BomDraft(box, [ComponentDraft(bolts, D(1))], output=D("1.5"))
    refused(lambda s: save_bom(s, SYSTEM, broken), Invalid, field="output")
    lines = company.database.run(lambda s: [line.quantity for line in order("1", None)(s).lines], actor=SYSTEM)
    assert lines == [1]  # a third of a bolt is a bolt


def test_a_unit_that_goods_have_moved_in_stays(company: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        item = create_item(session, SYSTEM, code="GLUE", name="Glue", unit="KGM")
        opened(session, item, "10.5")
        return item.id

    item = company.database.run(prepare, actor=SYSTEM)
    words = refused(
        lambda s: change_item(s, SYSTEM, s.get(Item, item), unit_id=unit(s, "C62").id), Conflict, field="unit_id"
    )
    assert "“Glue” has stock or history in kg" in words
    assert "Make a new item" in words


def test_a_unit_stays_once_a_service_was_sold_by_it_and_after_a_reversal(company: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        item = create_item(session, SYSTEM, code="H", name="Help", kind="service", unit="HUR")
        sale = DOCUMENTS["sale"](session, item.id, D("1.5"))
        post(session, SYSTEM, [sale])
        reverse(session, SYSTEM, sale)
        return item.id

    item = company.database.run(prepare, actor=SYSTEM)
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, item), unit="C62"), Conflict, field="unit_id")


def test_a_draft_alone_lets_the_unit_change_and_is_checked_again_when_it_is_posted(company: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        item = create_item(session, SYSTEM, code="GLUE", name="Glue", unit="KGM")
        draft = DOCUMENTS["receipt"](session, item.id, D("10.5"))
        change_item(session, SYSTEM, item, unit="C62")
        return draft.id

    draft = company.database.run(prepare, actor=SYSTEM)
    words = refused(lambda s: post(s, SYSTEM, [s.get(Receipt, draft)]), Invalid, field="lines")
    assert words == "Line 1: “Glue” is counted in whole units (pc)."


@pytest.mark.enterprise
def test_a_bill_keeps_the_unit_of_its_components(company: Any, refused: Any) -> None:
    def prepare(session: Any) -> int:
        glue = create_item(session, SYSTEM, code="GLUE", name="Glue", unit="KGM")
        table = create_item(session, SYSTEM, code="T", name="Table")
        save_bom(session, SYSTEM, BomDraft(table.id, [ComponentDraft(glue.id, D("0.5"))]))
        return glue.id

    item = company.database.run(prepare, actor=SYSTEM)
    refused(lambda s: change_item(s, SYSTEM, s.get(Item, item), unit="C62"), Conflict, field="unit_id")


def test_a_unit_is_counted_no_more_coarsely_than_its_goods_stand(company: Any, refused: Any) -> None:
    def prepare(session: Any) -> None:
        opened(session, create_item(session, SYSTEM, code="GLUE", name="Glue", unit="KGM"), "10.5")

    company.database.run(prepare, actor=SYSTEM)
    words = refused(lambda s: count(s, "KGM", 0), Conflict, field="digits")
    assert words == "“Glue” stands in the books with smaller parts of kg than this, so the unit keeps its digits."
    company.database.run(lambda s: count(s, "KGM", 1), actor=SYSTEM)
    company.database.run(lambda s: count(s, "LTR", 0), actor=SYSTEM)  # nothing stands in litres


def with_thirds(session: Any) -> tuple[int, int, int]:
    """Pieces that an earlier version sold by the third: what is left of them is finer than they are counted."""
    count(session, "C62", 6)
    item = create_item(session, SYSTEM, code="BOLT", name="Bolt")
    opening = opened(session, item, "10")
    sale = DOCUMENTS["sale"](session, item.id, D("0.333333"))
    post(session, SYSTEM, [sale])
    unit(session, "C62").digits = 0  # as it was before digits were obeyed
    session.flush()
    return item.id, opening.id, sale.id


def test_what_stands_finer_in_the_books_is_corrected_returned_and_written_off(company: Any, proved: Any) -> None:
    item, _, sale_id = company.database.run(with_thirds, actor=SYSTEM)

    def mend(session: Any) -> list[D]:
        sale = session.get(Sale, sale_id)
        draft = kind_of(sale).draft_of(sale)
        draft.note = "said otherwise"
        correct(session, SYSTEM, sale, draft)
        left = save(
            session,
            SYSTEM,
            WriteOff,
            MovementDraft([MovementLineDraft(item, D("0.666667"))], source_id=FIRST_WAREHOUSE),
        )
        post(session, SYSTEM, [left])
        back = next(m for m in kind_of(sale).makes).draft(session, sale)
        post(session, SYSTEM, [save(session, SYSTEM, SalesReturn, back)])
        return [f.amounts["quantity"] for f in stock_on_hand(session, items=[item])]

    assert proved(mend) == [D("9.333333")]


def test_what_stands_finer_is_not_sold_that_way_again(company: Any, refused: Any) -> None:
    item, _, sale_id = company.database.run(with_thirds, actor=SYSTEM)
    refused(lambda s: DOCUMENTS["sale"](s, item, D("0.333333")), Invalid, field="lines")
    refused(lambda s: DOCUMENTS["write-off"](s, item, D("0.5")), Invalid, field="lines")  # leaves 9.166667

    def more(session: Any) -> None:
        sale = session.get(Sale, sale_id)
        draft = kind_of(sale).draft_of(sale)
        draft.lines[0].quantity = D("0.5")
        correct(session, SYSTEM, sale, draft)

    refused(more, Invalid, field="lines")


def test_a_rest_is_written_off_by_what_lies_there_now_whatever_is_dated_ahead(company: Any) -> None:
    item, _, _ = company.database.run(with_thirds, actor=SYSTEM)

    def work(session: Any) -> list[D]:
        ahead = MovementDraft(
            [MovementLineDraft(item, D("0.666667"))],
            source_id=FIRST_WAREHOUSE,
            moment=wall_clock() + timedelta(days=300),
        )
        later = save(session, SYSTEM, WriteOff, ahead)
        post(session, SYSTEM, [later])
        now = MovementDraft([MovementLineDraft(item, D("1.666667"))], source_id=FIRST_WAREHOUSE)
        post(session, SYSTEM, [save(session, SYSTEM, WriteOff, now)])
        return [f.amounts["quantity"] for f in stock_on_hand(session, items=[item])]

    assert company.database.run(work, actor=SYSTEM) == [D(8)]


def test_another_unit_is_asked_of_thirty_items_by_as_many_statements_as_of_three(company: Any, refused: Any) -> None:
    def work(session: Any) -> list[int]:
        asked = []
        for many in (3, 30):
            items = [create_item(session, SYSTEM, code=f"U{many}-{n}", name="X") for n in range(many)]
            with counted(session) as sent:
                assert referred_to(session, items, beyond_drafts=True) == set()
            asked.append(len(sent))
        opened(session, items[-1], "5")
        assert referred_to(session, items, beyond_drafts=True) == {items[-1].id}
        return asked

    few, many = company.database.run(work, actor=SYSTEM)
    assert few == many


def test_production_guards_units_though_it_was_never_switched_on(company: Any) -> None:
    company.database.run(lambda s: count(s, "KGM", 1), actor=SYSTEM)
    company.database.run(lambda s: enable(s, SYSTEM, company, "production"), actor=SYSTEM)
    company.database.run(lambda s: count(s, "KGM", 0), actor=SYSTEM)
