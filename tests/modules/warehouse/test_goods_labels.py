"""Labels of goods without prices: of items, a lot, and what a document brings, for whoever sees items."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from pypdf import PdfReader

from app.documents import post, reverse, save
from app.errors import Forbidden, Invalid, NotFound
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.drafts import OrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseOrder
from modules.trade.shipping.operations import receive
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.labels.choosing import Asked, GoodsLabel, labels_of
from modules.warehouse.labels.printing import GoodsLabels, goods_label_data
from modules.warehouse.labels.sizes import BARS, QR
from modules.warehouse.lots.queries import lots_called
from modules.warehouse.models import Assembly, Issue, Item, Receipt, Transfer
from modules.warehouse.operations import create_item, create_place

MILK, SAW, SAND, BOLT = 1, 2, 3, 4
MAIN, SHOP = 100, 101
EAN, DAY = "4012345001235", date(2049, 12, 31)


@pytest.fixture
def run(company: Any, proved: Any) -> Any:
    """Do something where milk has lots, saws have serial numbers, sand is weighed, and there is a shop beside the warehouse."""

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="MILK", name="Milk", tracking="lot", barcode=EAN)
        create_item(session, SYSTEM, code="SAW", name="Saw", tracking="serial")
        create_item(session, SYSTEM, code="SAND", name="Sand", unit="KGM")
        create_item(session, SYSTEM, code="BOLT", name="Bolt")
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS")

    company.database.run(prepare, actor=SYSTEM)
    return proved


def move(session: Any, kind: Any, *lines: MovementLineDraft, is_posted: bool = True, **ends: Any) -> int:
    document = save(session, SYSTEM, kind, MovementDraft(list(lines), **ends))
    session.flush()
    if is_posted:
        post(session, SYSTEM, [document])
    return int(document.id)


def line(item: int, quantity: Any, lots: str = "", price: Any = 1, expires: date | None = None) -> MovementLineDraft:
    return MovementLineDraft(item, D(quantity), D(price), lots=lots, expires=expires)


def chosen(session: Any, **asked: Any) -> list[tuple[str, str, date | None, int]]:
    return [(x.item.code, x.lot, x.expires, x.count) for x in labels_of(session, Asked(**asked))[0]]


def test_what_came_is_offered_by_lots_with_a_label_for_each_piece(run: Any) -> None:
    lines = (
        line(MILK, 5, "L1: 3, L2: 2", expires=DAY),
        line(SAW, 2, "S1, S2"),
        line(SAND, "7.5"),
        line(BOLT, 900),
        line(MILK, 1, "L1"),
    )
    wanted = [
        ("MILK", "L1", DAY, 4),
        ("MILK", "L2", DAY, 2),
        ("SAW", "S1", None, 1),
        ("SAW", "S2", None, 1),
        ("SAND", "", None, 1),
        ("BOLT", "", None, 500),
    ]
    draft = run(lambda s: move(s, Receipt, *lines, is_posted=False, target_id=MAIN))
    assert run(lambda s: chosen(s, document_id=draft)) == wanted
    posted = run(lambda s: move(s, Receipt, *lines, target_id=MAIN))
    assert run(lambda s: chosen(s, document_id=posted)) == wanted
    assert run(lambda s: chosen(s, document_id=posted, text="milk l2")) == [("MILK", "L2", DAY, 2)]
    # what leaves brings nothing, what was reversed brought nothing
    issued = run(lambda s: move(s, Issue, line(BOLT, 3), source_id=MAIN))
    assert run(lambda s: chosen(s, document_id=issued)) == []
    kit = run(lambda s: move(s, Assembly, line(BOLT, 3), source_id=MAIN, kit_id=SAND, kit_quantity=D(2)))
    assert run(lambda s: chosen(s, document_id=kit)) == [("SAND", "", None, 1)]
    again = run(lambda s: move(s, Receipt, line(BOLT, 2), target_id=MAIN))

    def undo(session: Any) -> None:
        reverse(session, SYSTEM, session.get(Receipt, again))

    run(undo)
    assert run(lambda s: chosen(s, document_id=again)) == []


def test_a_storekeeper_labels_what_a_purchase_brought_and_sees_no_purchase(company: Any, employ: Any, run: Any) -> None:
    steve = employ("steve", "storekeeper")

    def buy(session: Any, *, is_posted: bool = True) -> int:
        bought = TradeLineDraft(MILK, D(3), D("77.77"), tax_rate=D(0), lots="L9", expires=DAY)
        document = save(session, SYSTEM, Purchase, TradeDraft(1, [bought], place_id=MAIN))
        session.flush()
        if is_posted:
            post(session, SYSTEM, [document])
        return int(document.id)

    def ordered(session: Any) -> int:
        document = save(
            session, SYSTEM, PurchaseOrder, OrderDraft(1, [TradeLineDraft(BOLT, D(4), D(5), tax_rate=D(0))])
        )
        post(session, SYSTEM, [document])
        return int(document.id)

    def asked(actor: Any, **said: Any) -> Any:
        return company.database.run(lambda s: chosen(s, **said), actor=actor, write=False)

    bought, draft, order = run(buy), run(lambda s: buy(s, is_posted=False)), run(ordered)
    came = company.database.run(lambda s: int(receive(s, steve, order, {1: D(4)}).id), actor=steve)
    assert asked(steve, document_id=bought) == [("MILK", "L9", DAY, 3)]
    assert asked(steve, document_id=came) == [("BOLT", "", None, 4)]
    lot = run(lambda s: s.scalars(lots_called(s, "L9")).one().id)
    assert asked(steve, lot_id=lot) == [("MILK", "L9", DAY, 1)]
    for said in ({"document_id": draft}, {"document_id": 10**6}, {"lot_id": 10**6}, {"item_id": 10**6}):
        with pytest.raises(NotFound):
            asked(steve, **said)
    assert run(lambda s: chosen(s, document_id=draft)) == [("MILK", "L9", DAY, 3)]
    # of another warehouse nothing is said to whoever is limited to this one
    there = replace(steve, limits={"warehouse.place": frozenset({SHOP})})
    for said in ({"document_id": bought}, {"document_id": came}, {"lot_id": lot}):
        with pytest.raises(NotFound):
            asked(there, **said)
    sent = run(lambda s: move(s, Transfer, line(MILK, 2, "L9"), source_id=MAIN, target_id=SHOP))
    assert asked(there, document_id=sent) == [("MILK", "L9", DAY, 2)]
    assert asked(replace(steve, limits={"warehouse.place": frozenset({MAIN})}), document_id=sent) == []
    blind = replace(steve, permissions=steve.permissions - {"warehouse.stock.view"})
    for said in ({"document_id": bought}, {"lot_id": lot}):
        with pytest.raises(Forbidden):
            asked(blind, **said)


_ITEM = Item(id=1, code="MILK", name="Milk", barcode=EAN, tracking="lot")
_SAW = Item(id=2, code="SAW", name="Saw", barcode=EAN, tracking="serial")
_OWN = Item(id=3, code="OWN", name="Own", barcode="OUR-1", tracking="lot")


@pytest.mark.parametrize(
    ("item", "lot", "code", "size", "text"),
    [
        (_ITEM, "L7", BARS, "3x8", f"(01)0{EAN}(17)491231(10)L7"),
        (_SAW, "S7", QR, "43x25", f"(01)0{EAN}(17)491231(21)S7"),
        (_ITEM, "", BARS, "3x8", EAN),
        (_ITEM, "Партия 7", BARS, "3x8", EAN),
        (_ITEM, "X" * 20, BARS, "30x20", EAN),  # bars would be too narrow
        (_ITEM, "X" * 20, QR, "30x20", f"(01)0{EAN}(17)491231(10){'X' * 20}"),
        (_OWN, "L7", BARS, "3x8", "OUR-1"),
    ],
)
@pytest.mark.one_engine
def test_the_code_says_the_lot_where_gs1_can_and_it_fits(
    house: Any, item: Item, lot: str, code: str, size: str, text: str
) -> None:
    with house.test_request_context():
        data = goods_label_data(None, GoodsLabels([(GoodsLabel(item, lot, DAY if lot else None), 1)], size, code))  # type: ignore[arg-type]
    (said,) = data["labels"]
    assert said["text"] == text
    assert said["is_long"] == text.startswith("(")
    assert lot in said["lot"], "in words as well"
    assert "price" not in said


@pytest.mark.parametrize(
    ("counts", "said", "words"),
    [
        ((0,), {}, "Say how many labels of at least one item."),
        ((501,), {}, "From 0 to 500 labels of an item."),
        ((500,) * 5, {}, "At most 2,000 labels go into one PDF"),
        ((1,), {"skipped": 24}, "A sheet has only 24 labels."),
        ((1,), {"size": "9x9"}, "“9x9” is none of the choices."),
        ((1,), {"code": "runes"}, "“runes” is none of the choices."),
    ],
)
@pytest.mark.one_engine
def test_what_can_not_be_printed_is_refused(house: Any, counts: Any, said: dict[str, Any], words: str) -> None:
    with house.test_request_context(), pytest.raises(Invalid) as refused:
        goods_label_data(None, GoodsLabels([(GoodsLabel(_ITEM), n) for n in counts], **said))  # type: ignore[arg-type]
    assert words.replace(",", "") in str(refused.value).replace(",", "")


@pytest.mark.one_engine
def test_steve_prints_what_a_purchase_of_the_sample_brought_and_reads_no_price(house: Any, sign_in: Any) -> None:
    def work(session: Any) -> tuple[int, int, str]:
        bought = session.query(Purchase).filter_by(state="posted").order_by(Purchase.id).first()
        goods = next(x for x in bought.lines if x.item.kind == "goods" and x.lots == "")
        goods.item.price = D("4321.09")
        return bought.id, goods.item_id, goods.item.name

    with house.test_request_context():
        document, item, name = house.company.database.run(work, actor=SYSTEM)
    steve, address = sign_in("steve"), f"/warehouse/labels?document={document}"
    page = steve.get(address)
    assert page.status_code == 200
    assert name in page.text
    assert "Price" not in page.text.split("<main")[1]
    sent = {"size": "58x40", "code": "bars", f"pieces_{item}": "2"}
    pdf = steve.post(address, data=sent)
    assert pdf.data[:5] == b"%PDF-"
    read = [each.extract_text() for each in PdfReader(io.BytesIO(pdf.data)).pages]
    assert len(read) == 2
    assert all("4321" not in each and "4 321" not in each and "4,321" not in each for each in read)
    assert sum(" ".join(each.split()).count(name[:15]) for each in read) == 2
    # refused with words, on the page
    for typed, words in (
        ("two", "isn&#39;t a number of labels"),
        ("0", "Say how many labels"),
        ("501", "From 0 to 500"),
    ):
        refused = steve.post(address, data={**sent, f"pieces_{item}": typed})
        assert words in refused.text
    assert "A sheet has only 24 labels." in steve.post(address, data={**sent, "size": "3x8", "skipped": "24"}).text
    # and where one comes from
    assert f'href="/warehouse/labels?item={item}"' in steve.get(f"/warehouse/items/{item}").text
    assert f'name="pieces_{item}" value="1"' in steve.get(f"/warehouse/labels?item={item}").text
    assert name in steve.get("/warehouse/labels", query_string={"text": name}).text
    assert "No goods fit." in steve.get("/warehouse/labels?text=nosuchthing").text
    for wrong in ("document=999999999", "lot=999999999", "item=999999999"):
        assert steve.get(f"/warehouse/labels?{wrong}").status_code == 404
    assert f'href="/warehouse/labels?document={document}"' in sign_in("maria").get(f"/trade/purchases/{document}").text
