"""A user limited to warehouses sees nothing of the others, wherever they look: every page and list of the sample is asked."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal as D
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app import ledger
from app.clock import wall_clock
from app.db import Base
from app.documents import Document, post, reverse, save
from app.documents.previews import preview
from app.errors import Conflict, Invalid, NotFound
from app.ledger import moved_between, moved_in_period
from app.notifications.declaring import NotificationKind
from app.notifications.operations import notify_users
from app.past_policy import Unheld
from app.security import SYSTEM, User
from app.security.operations import add_user, change_user
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact
from modules.trade.commission.kinds import CommissionMoveDraft
from modules.trade.commission.models import CommissionMove
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, PurchaseOrder, Quote, Sale, SalesOrder
from modules.trade.registers import Sales
from modules.warehouse.bins.kinds import BinMoveDraft, BinMoveLineDraft
from modules.warehouse.bins.models import BinMove
from modules.warehouse.bins.operations import add_bins
from modules.warehouse.counting.kinds import CountDraft
from modules.warehouse.counting.models import StockCount
from modules.warehouse.explaining.queries import explained
from modules.warehouse.holds.kinds import HoldDraft, HoldLineDraft
from modules.warehouse.holds.models import Hold
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Issue, Item, Opening, Place, Receipt, Transfer, WriteOff
from modules.warehouse.operations import create_item, create_place, set_pool
from modules.warehouse.planning.operations import add_rule
from modules.warehouse.queries import stock_on_hand
from modules.warehouse.registers import Stock
from modules.warehouse.requisitions.kinds import RequisitionDraft, RequisitionLineDraft
from modules.warehouse.requisitions.models import Requisition

#: what nothing of the hidden warehouse may be found by: its name, its documents' numbers and notes, and how much lies there. So
#: much that it shows in every sum: beside it everything else of the sample is a rounding error
NAME, NUMBER, NOTE, QUANTITY = "Zanzibar quay", "ZNZ", "zanzibarnote", 77_777_000
#: of one, in what is bought and sold: 888,991,110,000 together
PRICE = 11_430
SEPARATOR = r"[.,\s\u00a0\u202f]?"


def sums_of(amount: int, others: int) -> str:
    """A pattern of the first digits of an amount and its multiples, however they are written: those that what else is summed,
    which has so many digits and commas, doesn't change."""
    first = (f"{amount * n:,}"[:-others].replace(",", SEPARATOR) for n in range(1, 7))
    return "|".join(rf"(?<![\d.,]){each}" for each in first)


TELLING = re.compile(rf"{NAME}|{NUMBER}-|{NOTE}|{sums_of(QUANTITY, len(',000'))}")
#: what it sold and bought for; what contacts owe of that is the company's, and open
AMOUNT = re.compile(sums_of(QUANTITY * PRICE, len("1,110,000")))
#: which pages say what contacts owe, what taxes are due and what points there are: they are of no warehouse
MONEY = {
    "/api/vN/lists/contacts.analysis",
    "/api/vN/lists/trade.points",
    "/api/vN/lists/trade.tax",
    "/contacts/N/statement",
    "/reports/contacts.analysis",
    "/trade/contacts/N/contact-points",
    "/trade/taxes",
}
#: addresses that end the session, are files or the same lists on paper, or say nothing of the company
ENDING = re.compile(r"/logout|/static/|/healthz|\?as=|&as=|/help|/print/|/admin/sample")


@pytest.fixture
def hidden(house: Any) -> dict[str, int]:
    """Goods and documents of every kind in a warehouse that isn't open to Maria: by kind, the number of one."""

    def work(session: Any) -> dict[str, int]:
        quay, other, feeder = (
            create_place(session, SYSTEM, code=code, name=name).id
            for code, name in (("znz", NAME), ("znz2", f"{NAME} two"), ("feed", "Feeder"))
        )
        add_bins(session, SYSTEM, quay, [{"code": "ZNZ-BIN", "zone": "", "position": 1}])
        item = session.scalars(select(Item).where(Item.code == "FA-0204")).one()
        contact = session.scalars(select(Contact.id).where(Contact.name.like("%a%"))).first()
        made: dict[str, int] = {}

        def keep(model: Any, draft: Any, is_posted: bool = True) -> Any:
            draft.note, draft.number = NOTE, f"{NUMBER}-{len(made)}"
            document = save(session, SYSTEM, model, draft)
            if is_posted:
                post(session, SYSTEM, [document])
            made[document.kind] = document.id
            return document

        def move(model: Any, quantity: int, source: Any = None, target: Any = None, in_two_steps: bool = False) -> None:
            price = D(1) if model.is_priced else None
            lines = [MovementLineDraft(item.id, D(quantity), price)]
            keep(model, MovementDraft(lines, source, target, in_two_steps=in_two_steps))

        def trade(model: Any, quantity: int, **said: Any) -> None:
            line = TradeLineDraft(item.id, D(quantity), D(PRICE), tax_rate=D(0))
            keep(model, TradeDraft(contact, [line], place_id=quay, **said))

        move(Opening, 3 * QUANTITY, target=quay)
        move(Receipt, QUANTITY, target=quay)
        move(Issue, QUANTITY, source=quay)
        move(WriteOff, QUANTITY, source=quay)
        move(Transfer, QUANTITY, source=quay, target=other)
        for model in (Sale, SalesOrder, PurchaseOrder, Quote, Purchase):
            trade(model, QUANTITY)
        asked = [RequisitionLineDraft(item.id, D(QUANTITY))]
        keep(Requisition, RequisitionDraft(quay, other, asked))
        keep(StockCount, CountDraft(place_id=quay, lines=[]), is_posted=False)
        keep(BinMove, BinMoveDraft(quay, [BinMoveLineDraft(item.id, D(QUANTITY), to_bin="ZNZ-BIN")]))
        move(Opening, 3 * QUANTITY, target=other)
        move(Transfer, QUANTITY, source=other, target=quay, in_two_steps=True)
        keep(Hold, HoldDraft(other, [HoldLineDraft(item.id, D(QUANTITY))], "damaged"))
        add_rule(session, SYSTEM, item_id=item.id, place_id=quay, minimum=D(QUANTITY), target=D(2 * QUANTITY))
        given = [TradeLineDraft(item.id, D(QUANTITY), D(PRICE), tax_rate=D(0))]
        keep(CommissionMove, CommissionMoveDraft(contact, given, place_id=other))
        # What came from elsewhere is seen, with the name of that; what else lay there isn't.
        move(Opening, QUANTITY, target=feeder)
        line = MovementLineDraft(item.id, D(7))
        sent = save(session, SYSTEM, Transfer, MovementDraft([line], feeder, FIRST_WAREHOUSE))
        post(session, SYSTEM, [sent])
        made["sent"], made["item"], made["contact"] = sent.id, item.id, contact
        return made

    return house.company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def limit(house: Any, login: str, *places: int) -> None:
    def work(session: Any) -> None:
        user = session.scalars(select(User).where(User.login == login)).one()
        change_user(session, SYSTEM, user, limits={"warehouse.place": places})

    house.company.database.run(work, actor=SYSTEM)


def pages_of(client: Any, starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What the addresses show, and what is one link away from them: of one shape one page."""
    known, links = set[str](), list[str]()
    for address in starts:
        known.add(shape_of(address))
        text = text_of(client, address)
        yield address, text
        links += [link.replace("&amp;", "&") for link in re.findall(r'(?:href|data-panel|data-src)="(/[^"#]+)', text)]
    for address in links:
        if not urlsplit(address).netloc and not ENDING.search(address) and shape_of(address) not in known:
            known.add(shape_of(address))
            yield address, text_of(client, address)


def shape_of(address: str) -> str:
    """An address without numbers and without what it asks."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


def text_of(client: Any, address: str) -> str:
    """What an address shows; what goes wrong there tells, too."""
    answer = client.get(address)
    if answer.status_code not in (200, 302, 403, 404, 410, 422):
        return f"{NUMBER}-{answer.status_code}"
    text = answer.text if "html" in answer.mimetype or "json" in answer.mimetype else ""
    asked = parse_qs(urlsplit(address).query).get("q", [""])[0]
    return text.replace(asked, "") if asked else text  # the words that were looked for


def asked_of(client: Any) -> Iterator[str]:
    """Where a look begins: pages, every list with every filter, every look-up and report."""
    yield "/"
    for each in client.get("/api/v1/lists").json["lists"]:
        yield f"/api/v1/lists/{each['name']}?limit=500"
    for name in ("goods", "items", "all_goods", "counted_goods", "contacts"):
        yield f"/lookup/{name}?q=FA-0204"
    yield from (f"/search?q={word}" for word in (NAME, NUMBER, NOTE))
    rules = client.application.url_map.iter_rules()
    yield from sorted({rule.rule for rule in rules if "GET" in rule.methods and not rule.arguments})


@pytest.mark.one_engine
def test_nothing_of_another_warehouse_is_shown_anywhere(house: Any, sign_in: Any, hidden: dict[str, int]) -> None:
    admin = sign_in("admin")
    sent, item, contact = (hidden.pop(name) for name in ("sent", "item", "contact"))
    starts = [
        f"/warehouse/costs/{sent}/1",
        f"/warehouse/transfers/{sent}",
        f"/warehouse/items/{item}",
        f"/contacts/{contact}",
    ]
    starts += [each for each in asked_of(admin) if not ENDING.search(each)]
    limit(house, "admin", FIRST_WAREHOUSE)
    found, amounts = dict[str, list[str]](), set[str]()
    for address, text in pages_of(admin, starts):
        if TELLING.search(text):
            found[address] = sorted(set(TELLING.findall(text)))
        if AMOUNT.search(text):
            amounts.add(address)
    # where goods may be sent to and asked for from, by its name alone
    naming = ("transfers/new", "requisitions/new", "places/new", f"places/{FIRST_WAREHOUSE}")
    assert found == {f"/warehouse/{page}": [NAME] for page in naming}
    assert {shape_of(each) for each in amounts} == MONEY
    for kind, number in hidden.items():
        assert number is None or admin.get(f"/documents/{number}").status_code == 404, kind
    limit(house, "admin")
    assert NAME in admin.get("/warehouse/stock").text


@pytest.fixture
def clerk(company: Any, employ: Any, proved: Any) -> Any:
    """Somebody limited to the first warehouse, with goods in it and in another."""

    def work(session: Any) -> None:
        create_place(session, SYSTEM, code="znz", name=NAME)
        item = create_item(session, SYSTEM, code="A", name="Anvil")
        for place in (FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1):
            _move(session, SYSTEM, Opening, item.id, D(7), None, place)

    proved(work)
    return replace(employ("boss", "administrator"), limits={"warehouse.place": frozenset({FIRST_WAREHOUSE})})


def _move(session: Any, by: Any, model: Any, item: int, quantity: D, source: int | None, target: int | None) -> Any:
    price = D(1) if model.is_priced else None
    document = save(session, by, model, MovementDraft([MovementLineDraft(item, quantity, price)], source, target))
    post(session, by, [document])
    return document


def test_goods_are_taken_from_ones_own_warehouse_and_sent_to_any(company: Any, clerk: Any) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1

    def run(work: Any, by: Any = clerk) -> Any:
        return company.database.run(work, actor=by)

    def move(model: Any, source: int | None, target: int | None, by: Any = clerk) -> Any:
        return run(lambda s: _move(s, by, model, 1, D(2), source, target).id, by)

    sent = move(Transfer, own, other)
    got = move(Transfer, other, own, SYSTEM)
    for model, source, target in ((Transfer, other, own), (Issue, other, None), (Receipt, None, other)):
        with pytest.raises(NotFound):
            move(model, source, target)
    assert run(lambda s: {f.key: f.amounts["quantity"] for f in stock_on_hand(s)}) == {(1, own): D(7)}
    with company.database.session(clerk) as session:
        assert {d.id for d in session.scalars(select(Transfer))} == {sent, got}
        assert session.get(Transfer, sent).target.name == NAME
        assert session.scalars(select(Place.id).where(Place.id >= own)).all() == [own]
        with pytest.raises(NotFound):
            reverse(session, clerk, session.get(Transfer, got))
    run(lambda s: reverse(s, clerk, s.get(Transfer, sent)))


def test_a_query_that_forgets_the_warehouse_is_refused(company: Any, clerk: Any) -> None:
    with company.database.session(clerk) as session:
        for table in (Stock.entries, Stock.on_hand.table, Stock.claims.table, Stock.worth.table):
            with pytest.raises(Unheld):
                session.execute(select(func.count()).select_from(table))
        assert [f.key for f in ledger.now(session, Stock.worth, by=("pool",))] == [(FIRST_WAREHOUSE,)]


def test_sales_figures_are_of_what_ones_own_warehouses_sold(company: Any, clerk: Any, proved: Any) -> None:
    own, other, day = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1, wall_clock().date()

    def sell(session: Any) -> None:
        contact = create_contact(session, SYSTEM, kind="individual", name="Anna").id
        for place, price in ((own, 5), (other, 700), (other, 70)):
            line = TradeLineDraft(1, D(1), D(price), tax_rate=D(0))
            post(session, SYSTEM, [save(session, SYSTEM, Sale, TradeDraft(contact, [line], place_id=place))])

    def figures(by: Any) -> list[Any]:
        since, of = day.replace(day=1), Sales.results
        with company.database.session(by) as session:
            moved = moved_between(session, of, since, day, by=("item",), by_month=True)
            return [
                ledger.now(session, of, by=())[0].amounts["revenue"],
                ledger.at(session, of, day, by=("item",))[0].amounts["revenue"],
                session.execute(select(moved.c.revenue)).scalar_one(),
                moved_in_period(session, of, since, day, by=())[0].taken_in["revenue"],
            ]

    proved(sell)
    assert figures(SYSTEM) == [D(775)] * 4
    assert figures(clerk) == [D(5)] * 4
    with company.database.session(clerk) as session, pytest.raises(Unheld):
        session.execute(select(func.sum(Sales.results.table.c.revenue)))


def test_a_preview_says_nothing_of_the_stock_of_other_warehouses(company: Any, clerk: Any) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1
    with company.database.session(clerk) as session:
        seen = preview(session, clerk, lambda: _move(session, clerk, Transfer, 1, D(2), own, other))
    levels, worth = ([p for p in seen.parts if p.title == t] for t in ("What is in stock", "What goods are worth"))
    assert [(row["before"], row["after"]) for row in levels[0].rows] == [(D(7), D(5))]
    assert {row["place"] for part in worth for row in part.rows} <= {"Main warehouse"}


def test_whoever_does_not_see_a_document_is_not_notified_of_it(company: Any, clerk: Any, proved: Any) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1
    kind = NotificationKind("warehouse.test", "Test", default="bell")

    def work(session: Any) -> list[list[int]]:
        user = session.scalars(select(User).where(User.login == "boss")).one()
        change_user(session, SYSTEM, user, limits={"warehouse.place": [own]})
        moved = [_move(session, SYSTEM, Opening, 1, D(1), None, place) for place in (own, other)]
        return [notify_users(session, kind, text="Moved", to=[user.id], record=document) for document in moved]

    assert [len(notified) for notified in proved(work)] == [1, 0]


def test_documents_that_name_a_warehouse_say_so(company: Any) -> None:
    """Whatever has a foreign key to warehouses is held to them, or is listed here with why not."""
    free = {
        "warehouse_place",
        "warehouse_place_named",
        "trade_commission_place",
        "trade_own_contact",
    }  # what names places for arithmetic alone
    named = {
        mapper.local_table.name: mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__table__.name == mapper.local_table.name
        and any(key.column.table is Place.__table__ for key in mapper.local_table.foreign_keys)
    }
    assert {name for name, model in named.items() if not getattr(model, "limited_by", ())} == free


def test_nobody_opens_more_warehouses_than_they_have(company: Any, proved: Any, refused: Any, clerk: Any) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1

    def add(session: Any, by: Any, login: str, *places: int) -> Any:
        said: dict[str, Any] = {
            "password": "a-long-password-1",
            "roles": ["manager"],
            "limits": {"warehouse.place": places},
        }
        return add_user(session, by, login=login, name=login, **said)

    assert proved(lambda s: add(s, clerk, "hans").limits) == '{"warehouse.place": [100]}'  # no more than who added them
    refused(lambda s: add(s, clerk, "ada", own, other), Conflict)
    refused(lambda s: add(s, SYSTEM, "ada", 77), Invalid)
    free = proved(lambda s: add(s, SYSTEM, "free").id)
    refused(lambda s: change_user(s, clerk, s.get(User, free), password="another-long-one-2"), Conflict)
    refused(lambda s: create_place(s, clerk, code="new", name="New"), Conflict, field="name")
    proved(lambda s: change_user(s, SYSTEM, s.get(User, free), limits={"warehouse.place": [other]}))
    assert proved(lambda s: s.get(User, free).limits) == '{"warehouse.place": [101]}'
    proved(lambda s: change_user(s, SYSTEM, s.get(User, free), limits={"warehouse.place": []}))
    assert proved(lambda s: s.get(User, free).limits) == ""


def test_where_goods_on_commission_lie_is_offered_to_whoever_has_it_already_alone(
    company: Any, proved: Any, refused: Any, employ: Any, app: Any
) -> None:
    agents = proved(lambda s: create_place(s, SYSTEM, code="A-1", name="At the agent's", is_on_commission=True).id)
    sent = {"limits": {"warehouse.place": [FIRST_WAREHOUSE, agents]}}
    user = proved(lambda s: add_user(s, SYSTEM, login="agnes", name="Agnes", password="a-long-password-1", roles=[]).id)
    refused(lambda s: change_user(s, SYSTEM, s.get(User, user), **sent), Invalid)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    pages = [f"/admin/users/{user}", "/admin/users/new"]
    assert not any("At the agent&#39;s" in browser.get(page).text for page in pages)

    def limit(session: Any) -> None:
        session.get(User, user).limits = json.dumps(sent["limits"])

    proved(limit)
    assert ["At the agent&#39;s" in browser.get(page).text for page in pages] == [True, False]
    proved(lambda s: change_user(s, SYSTEM, s.get(User, user), **sent))  # it stays, and whoever they add has it too
    clerk = replace(employ("deputy", "administrator"), limits={"warehouse.place": frozenset([FIRST_WAREHOUSE, agents])})
    said = {"password": "a-long-password-1", "roles": ["manager"], "name": "Hans"}
    assert json.loads(proved(lambda s: add_user(s, clerk, login="hans", **said).limits)) == sent["limits"]


def test_documents_by_another_name_are_held_to_the_warehouses_too(company: Any, clerk: Any) -> None:
    again = aliased(Document)
    with company.database.session(clerk) as session:
        numbers = session.scalars(select(Document.id)).all()
        assert len(numbers) == 1
        assert session.scalars(select(again.id)).all() == numbers


@pytest.mark.parametrize("pool", ["warehouse", "company"])
def test_what_a_cost_is_made_of_says_nothing_of_other_warehouses(
    company: Any, proved: Any, employ: Any, pool: str
) -> None:
    own, other = FIRST_WAREHOUSE, FIRST_WAREHOUSE + 1
    clerk = replace(employ("boss", "administrator"), limits={"warehouse.place": frozenset({own})})

    def prepare(session: Any) -> tuple[int, int]:
        set_pool(session, SYSTEM, pool)
        create_place(session, SYSTEM, code="znz", name=NAME)
        create_item(session, SYSTEM, code="A", name="Anvil")
        _move(session, SYSTEM, Opening, 1, D(7), None, other)
        got = _move(session, SYSTEM, Transfer, 1, D(2), other, own)
        gone = _move(session, SYSTEM, Issue, 1, D(2), own, None)
        return got.id, gone.id

    got, gone = proved(prepare)

    def parts(by: Any, document: int) -> list[bool]:
        with company.database.session(by) as session:
            return [bool(each.held[0] or each.inflows or each.parts) for each in explained(session, (document, 1))]

    is_shared = pool == "company"
    assert (parts(SYSTEM, got), parts(SYSTEM, gone)) == ([True] * (not is_shared), [True])
    assert (parts(clerk, got), parts(clerk, gone)) == ([False] * (not is_shared), [not is_shared])


@pytest.mark.one_engine
def test_a_lots_label_is_found_behind_those_of_hidden_goods(house: Any, sign_in: Any) -> None:
    def fill(session: Any) -> str:
        hidden, numbers = create_place(session, SYSTEM, code="lots", name="Hidden lots").id, []
        for n, place in enumerate([hidden] * 6 + [FIRST_WAREHOUSE]):
            item = create_item(session, SYSTEM, code=f"LOT-{n}", name="Milk", tracking="lot").id
            draft = MovementDraft([MovementLineDraft(item, D(1), D(1), lots="L-SAME")], target_id=place)
            receipt = save(session, SYSTEM, Receipt, draft)
            post(session, SYSTEM, [receipt])
            numbers.append(receipt.number)
        return str(numbers[0])

    number = house.company.database.run(fill, actor=SYSTEM)
    limit(house, "steve", FIRST_WAREHOUSE)
    steve = sign_in("steve")

    def found(text: str) -> list[str]:
        things = steve.get("/warehouse/scanner/found", query_string={"q": text}).get_json()["things"]
        return [thing["title"] for thing in things]

    assert found("L-SAME") == ["L-SAME · LOT-6 Milk"]
    assert found(number) == []
