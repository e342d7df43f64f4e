"""Quotes, orders and sales say who is to bring the goods: carried on from one to the next, proposed, shown and narrowed by."""

import re
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import correct, kind_of, post, save
from app.errors import Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.carriers import own
from modules.trade.drafts import QuoteDraft, SaleDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.making import invoice_of, join_lines, order_of, sale_of
from modules.trade.models import Invoice, Purchase, Quote, Sale, SalesOrder
from modules.trade.parcels.carriers import Carrier
from modules.trade.parcels.operations import pack
from modules.trade.parcels.queries import carrier_to_pack, usual_carrier
from modules.trade.prints import trade_paper
from modules.trade.shipping.operations import ship
from modules.trade.shipping.picking import order_words, picking_pdf
from modules.trade.waves.operations import make_waves
from modules.trade.waves.queries import boxes_of
from modules.warehouse.operations import create_item
from tests.modules.trade.test_trade_pages import form_of

BERGEN, OSLO = 1, 2


def lines(quantity: int = 1) -> list[TradeLineDraft]:
    return [TradeLineDraft(1, D(quantity), D(5), tax_rate=D(0))]


def made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    session.flush()
    return document


@pytest.fixture
def shop(company: Any) -> Any:
    """Does something where two customers buy anvils, of which there are twenty."""

    def prepare(session: Any) -> None:
        for name in ("Bergen AS", "Oslo AS"):
            create_contact(session, SYSTEM, kind="legal_entity", name=name)
        create_item(session, SYSTEM, code="ANVIL", name="Anvil")
        made(session, Purchase, TradeDraft(BERGEN, lines(20)))

    company.database.run(prepare, actor=SYSTEM)
    return lambda work: company.database.run(work, actor=SYSTEM)


def test_a_carrier_goes_from_the_quote_to_the_parcel(shop: Any) -> None:
    def work(session: Any) -> None:
        quote = made(session, Quote, QuoteDraft(BERGEN, lines(4), carrier="dhl"))
        order = made(session, SalesOrder, order_of(session, quote))
        assert order.carrier == "dhl"
        assert ("Carrier", "DHL") in [(str(f.title), f.value) for f in trade_paper(session, order).facts]
        shipped = ship(session, SYSTEM, order.id, {1: D(1)})
        assert (shipped.carrier, carrier_to_pack(session, shipped.id)) == ("dhl", "dhl")
        # An invoice for payment says none: the order behind it does.
        invoice = made(session, Invoice, invoice_of(session, order))
        sale = made(session, Sale, sale_of(session, invoice))
        assert (sale.carrier, carrier_to_pack(session, sale.id)) == ("", "dhl")
        # Joined, they name one where all do.
        drafts = [SaleDraft(BERGEN, lines(), carrier=name) for name in ("dhl", "dhl", "own")]
        assert join_lines(drafts[:2]).carrier == "dhl"  # type: ignore[attr-defined]
        assert join_lines(drafts).carrier == ""  # type: ignore[attr-defined]

    shop(work)


def test_an_order_that_is_corrected_or_copied_keeps_its_carrier(shop: Any) -> None:
    def work(session: Any) -> None:
        order = made(session, SalesOrder, SalesOrderDraft(BERGEN, lines(), carrier="cdek"))
        said = kind_of(order).draft_of(order)
        assert save(session, SYSTEM, SalesOrder, replace(said, operation_id=None, version=None)).carrier == "cdek"
        correct(session, SYSTEM, order, replace(said, carrier="own", version=order.version))
        assert order.carrier == "own"
        # One whose module is gone stays, and is called by its name; nobody chooses it again.
        order.carrier = "pigeon"
        session.flush()
        session.refresh(order)
        correct(session, SYSTEM, order, replace(kind_of(order).draft_of(order), note="n", version=order.version))
        assert order.carrier == "pigeon"
        assert ("Carrier", "pigeon") in [(str(f.title), f.value) for f in trade_paper(session, order).facts]
        # What it waits for goes all the same, and somebody says by whom.
        assert ship(session, SYSTEM, order.id, {1: D(1)}).carrier == ""

    shop(work)


@pytest.mark.parametrize(("model", "draft"), [(SalesOrder, SalesOrderDraft), (Quote, QuoteDraft), (Sale, SaleDraft)])
def test_an_unknown_carrier_is_refused(shop: Any, refused: Any, model: Any, draft: Any) -> None:
    def begin(session: Any) -> int:
        document = save(session, SYSTEM, model, draft(BERGEN, lines(), carrier="own"))
        session.flush()
        return int(document.id)

    number = shop(begin)

    def change(session: Any) -> None:
        document = session.get(model, number)
        save(session, SYSTEM, model, draft(BERGEN, lines(), carrier="pigeon"), document=document)

    assert "pigeon" in refused(change, Invalid, field="carrier")
    refused(lambda s: save(s, SYSTEM, model, draft(BERGEN, lines(), carrier="pigeon")), Invalid, field="carrier")


def test_the_usual_carrier_is_that_of_the_last_order_else_of_the_last_parcel(
    shop: Any, employ: Any, company: Any
) -> None:
    sofia = employ("sofia", "salesperson")
    alone = replace(sofia, scopes={**sofia.scopes, **dict.fromkeys(("trade.sales_order", "trade.sale"), "own")})
    carriers: dict[str, Carrier] = {"own": own}

    def work(session: Any) -> None:
        assert usual_carrier(session, OSLO) == ""
        sale = made(session, Sale, SaleDraft(OSLO, lines()))
        pack(session, SYSTEM, carriers, sale.id, carrier="own")
        assert usual_carrier(session, OSLO) == "own"
        assert carrier_to_pack(session, sale.id) == "own"
        for name in ("dhl", "cdek", ""):
            made(session, SalesOrder, SalesOrderDraft(OSLO, lines(), carrier=name))
        assert (usual_carrier(session, OSLO), usual_carrier(session, BERGEN)) == ("cdek", "")

    shop(work)
    assert company.database.run(lambda s: usual_carrier(s, OSLO), actor=alone) == ""  # nothing of it is open to them


def test_waves_narrow_by_the_carrier_of_the_order(app: Any, shop: Any, employ: Any) -> None:
    employ("steve", "storekeeper")

    def work(session: Any) -> list[int]:
        for contact in (BERGEN, OSLO):
            sale = made(session, Sale, SaleDraft(contact, lines()))
            pack(session, SYSTEM, {"own": own}, sale.id, carrier="own")
        said = ((BERGEN, "dhl"), (BERGEN, ""), (OSLO, "own"), (OSLO, "cdek"))
        orders = [made(session, SalesOrder, SalesOrderDraft(c, lines(), carrier=name)).id for c, name in said]
        assert picking_pdf(session, orders).startswith(b"%PDF")
        return orders

    dhl, none, ours, cdek = shop(work)
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})

    def found(query: str) -> list[int]:
        pages = [client.get(f"{page}?{query}").text for page in ("/trade/shipping", "/trade/waves/new")]
        assert all("Carrier, or of the last parcel" in page for page in pages)
        values = [sorted(int(n) for n in re.findall(r'name="order" value="(\d+)"', page)) for page in pages]
        assert values[0] == values[1]
        return values[0]

    assert found("") == [dhl, none, ours, cdek]
    assert found("carrier=dhl") == [dhl]
    assert found("carrier=own") == [none, ours]  # the first of them by the customer's last parcel
    assert '<span class="hint">DHL</span>' in client.get("/trade/shipping").text
    assert "DHL" in client.get(f"/trade/shipping/out/{dhl}").text
    boxes = shop(lambda s: boxes_of(s, make_waves(s, SYSTEM, [dhl, none])[0]))
    assert [order_words("1", each.name, each.carrier) for each in boxes] == ["1 (Bergen AS, DHL)", "1 (Bergen AS)"]
    assert '<span class="hint">DHL</span>' in client.get("/trade/waves/1").text


def test_the_form_proposes_it_for_a_new_order_and_a_parcel(app: Any, shop: Any, employ: Any) -> None:
    employ("maria", "manager")
    order = shop(lambda s: made(s, SalesOrder, SalesOrderDraft(OSLO, lines(), carrier="dhl")).id)
    client = app.test_client()
    client.post("/login", data={"login": "maria", "password": "maria-sample"})
    for noun in ("quotes", "sales-orders", "sales"):
        assert 'hx-get="/trade/carrier?proposed="' in client.get(f"/trade/{noun}/new?contact=2").text
    assert "/trade/carrier" not in client.get(f"/trade/sales-orders/{order}/edit").text

    def asked(**said: Any) -> Any:
        page = client.get("/trade/carrier", query_string=said).text
        return re.search(r'<option selected value="(\w*)"', page), "proposed=dhl" in page

    chosen, is_proposed = asked(contact_id=OSLO, carrier="", proposed="")
    assert (chosen.group(1), is_proposed) == ("dhl", True)
    assert asked(contact_id=BERGEN, carrier="dhl", proposed="dhl")[0].group(1) == ""
    assert asked(contact_id=OSLO, carrier="own", proposed="dhl")[0].group(1) == "own"  # somebody has chosen it
    form = form_of(client.get(f"/trade/sales-orders/new?copy={order}").text)
    assert form["carrier"] == "dhl"
    page = client.post("/trade/sales-orders/new", data={**form, "carrier": "pigeon", "then": "save"}).text
    assert 'id="carrier-error"' in page
    made_of = shop(lambda s: ship(s, SYSTEM, order, {1: D(1)}).id)
    assert '<option selected value="dhl">' in client.get(f"/trade/parcels/new?sale={made_of}").text
