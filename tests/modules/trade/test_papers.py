"""The forms of trade: what each says, where it is offered, and what of it is open to whom."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select, update

from app.documents import post, reverse, save
from app.errors import Changed, Forbidden, Invalid
from app.reference import Organisation
from app.reference.requisites import MOST_LOGO, save_requisites
from app.security import SYSTEM, Actor
from modules.contacts.money.accounts import save_account
from modules.contacts.operations import create_contact
from modules.trade.drafts import QuoteDraft, SalesOrderDraft, TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Quote, Sale, SalesOrder
from modules.warehouse.api import Item
from modules.warehouse.operations import create_item
from tests.modules.printing.test_pdf import text_of

pytestmark = pytest.mark.one_engine  # what stands on paper: no engine decides

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
BANKS = {
    "DE": ("EUR", "DE89370400440532013000", "COBADEFFXXX", ""),
    "RU": ("RUB", "40702810138250123017", "044525225", "30101810400000000225"),
    "VN": ("VND", "257678859", "ASCBVNVX", ""),
}


@pytest.fixture(scope="module")
def sales(house: Any) -> dict[str, int]:
    """A posted sale of goods and a service in each of three countries' currencies."""

    def work(session: Any) -> dict[str, int]:
        save_requisites(
            session,
            SYSTEM,
            legal_name="Hansa Hardware Limited",
            address="1 Quay Street\nBristol",
            director="Hanna Hansen",
            accountant="Anna Alm",
            tax_office_code="770101001",
            logo=PICTURE,
        )
        anvil = create_item(session, SYSTEM, code="ANV", name="Anvil “Ёж” 25 kg").id
        hour = create_item(session, SYSTEM, code="HR", name="Cutting đồ", kind="service").id
        made, stocked = {}, False
        for country, (currency, number, bic, correspondent) in BANKS.items():
            session.execute(update(Organisation).values(currency=currency))
            session.info.pop("organisation_facts", None)
            account = {"number": number, "bic": bic, "correspondent": correspondent, "bank": "Bank of " + country}
            save_account(session, SYSTEM, kind="bank", currency=currency, name=country, **account)
            contact = create_contact(
                session, SYSTEM, kind="legal_entity", name=f"Buyer {country}", country=country, address="Main 1"
            )
            if not stocked:
                stock = TradeDraft(contact.id, [TradeLineDraft(anvil, D(50), D(1))], moment=datetime(2026, 1, 5))
                post(session, SYSTEM, [save(session, SYSTEM, Purchase, stock)])
                stocked = True
            lines = [
                TradeLineDraft(anvil, D(3), D(1000), D(10), D(20)),
                TradeLineDraft(hour, D(2), D(500), tax_rate=D(10)),
            ]
            draft = TradeDraft(contact.id, lines, moment=datetime(2026, 3, 9), due=date(2026, 3, 23))
            sale = save(session, SYSTEM, Sale, draft)
            post(session, SYSTEM, [sale])
            made[country] = sale.id
        return made

    return house.company.database.run(work, actor=SYSTEM)  # type: ignore[no-any-return]


def printed(house: Any, sale: int, country: str, form: str, *, actor: Actor = SYSTEM, language: str = "en") -> bytes:
    """A form of a sale, while the organisation is in the country."""
    from app.printing import form_pdf
    from app.translation import in_language
    from app.web.kit.documents.sheets import forms_of

    currency = BANKS[country][0]

    def work(session: Any) -> bytes:
        document = session.get(Sale, sale)
        found = next(f for f in forms_of(session, house.company, document) if f.name == form)
        with in_language(language):
            return form_pdf(session, found, document)

    def be(session: Any) -> None:
        session.execute(update(Organisation).values(country=country, currency=currency, tax_id="7707083893"))

    house.company.database.run(be, actor=SYSTEM)
    house.company.database.run(house.company.refresh, actor=SYSTEM, write=False)
    with house.test_request_context():
        return house.company.database.run(work, actor=actor, write=False)  # type: ignore[no-any-return]


def forms_in(house: Any, sales: dict[str, int], country: str) -> set[str]:
    from app.web.kit.documents.sheets import forms_of

    printed(house, sales[country], country, "trade.receipt")
    return house.company.database.run(  # type: ignore[no-any-return]
        lambda s: {f.name for f in forms_of(s, house.company, s.get(Sale, sales[country]))}, actor=SYSTEM, write=False
    )


def test_each_country_is_offered_its_own_papers(house: Any, sales: dict[str, int]) -> None:
    assert forms_in(house, sales, "DE") == {"trade.invoice_form", "trade.receipt", "trade.consignment_note"}
    assert forms_in(house, sales, "VN") == {
        *("trade.invoice_form", "trade.receipt", "trade.issue_note", "trade.carriage_note", "trade.consignment_note"),
    }
    assert forms_in(house, sales, "RU") == {
        *(
            "trade.schet",
            "trade.upd",
            "trade.torg12",
            "trade.receipt",
            "trade.transport_note",
            "trade.consignment_note",
        ),
    }


def test_every_form_of_a_reversed_document_says_so_and_none_of_one_that_stands(
    house: Any, sales: dict[str, int]
) -> None:
    from app.printing import form_pdf
    from app.translation import in_language
    from app.web.kit.documents.sheets import forms_of

    printed(house, sales["RU"], "RU", "trade.schet")

    def work(session: Any) -> tuple[list[str], list[str]]:
        anvil = session.scalars(select(Item).where(Item.code == "ANV")).one()
        draft = TradeDraft(session.get(Sale, sales["RU"]).contact_id, [TradeLineDraft(anvil.id, D(2), D(500))])
        sale = save(session, SYSTEM, Sale, draft)
        post(session, SYSTEM, [sale])
        forms = forms_of(session, house.company, sale)
        with in_language("en"):
            standing = [text_of(form_pdf(session, form, sale)) for form in forms]
            reverse(session, SYSTEM, sale)
            return standing, [text_of(form_pdf(session, form, sale)) for form in forms]

    with house.test_request_context():
        standing, undone = house.company.database.run(work, actor=SYSTEM)
    assert len(undone) > 3
    assert not any("REVERSED" in said for said in standing)
    assert all("REVERSED" in said for said in undone)


def test_an_invoice_says_who_pays_what_with_each_rate_of_tax_and_in_words(house: Any, sales: dict[str, int]) -> None:
    said = text_of(printed(house, sales["DE"], "DE", "trade.invoice_form"))
    for part in (
        "Hansa Hardware Limited",
        "Buyer DE Main 1",
        "1,000.00 10 20 2,700.00",
        "Without tax 3,700.00",
        "Tax 10 % 100.00 Tax 20 % 540.00 Total, EUR 4,340.00",
        "Four thousand, three hundred and forty euros and 00/100",
        "DE89 3704 0044 0532 0130 00",
        "Pay by scanning",
    ):
        assert part in said
    said = text_of(printed(house, sales["VN"], "VN", "trade.invoice_form", language="vi"))
    assert "Bốn nghìn ba trăm bốn mươi đồng" in said


def test_quotes_and_orders_have_a_paper_and_only_who_asks_for_money_says_where_to_pay(
    house: Any, sales: dict[str, int]
) -> None:
    from app.printing import form_pdf
    from modules.trade.paper.invoice import order

    printed(house, sales["DE"], "DE", "trade.receipt")

    def work(session: Any) -> list[str]:
        contact = session.get(Sale, sales["DE"]).contact_id
        item = session.get(Sale, sales["DE"]).lines[0].item_id
        lines = [TradeLineDraft(item, D(2), D(5), tax_rate=D(20))]
        made = []
        for kind, draft in (
            (
                Quote,
                QuoteDraft(contact, lines, currency="EUR", moment=datetime(2026, 3, 9), valid_until=date(2026, 4, 1)),
            ),
            (SalesOrder, SalesOrderDraft(contact, lines, currency="EUR", moment=datetime(2026, 3, 9))),
        ):
            document = save(session, SYSTEM, kind, draft)
            post(session, SYSTEM, [document])
            made.append(text_of(form_pdf(session, order, document)))
        return made

    with house.test_request_context():
        quote, ordered = house.company.database.run(work, actor=SYSTEM)
    assert "Quote Q-" in quote
    assert "Valid until 1 Apr 2026" in quote.replace("9 Mar 2026 ", "")
    assert "Pay by scanning" not in quote
    assert "Total, EUR 12.00" in ordered
    assert "Pay by scanning" in ordered


def test_papers_of_a_country_are_in_its_language_whoever_prints_them(house: Any, sales: dict[str, int]) -> None:
    bill = text_of(printed(house, sales["RU"], "RU", "trade.schet"))
    assert "Счёт на оплату № S-" in bill
    assert (
        "В том числе НДС 10%: 100,00 В том числе НДС 20%: 540,00 Всего к оплате: 4\xa0340,00".replace("\xa0", " ")
        in bill
    )
    assert "Четыре тысячи триста сорок рублей 00 копеек" in bill
    assert "КПП 770101001" in bill
    upd = text_of(printed(house, sales["RU"], "RU", "trade.upd"))
    assert "796 шт. 3 900,00 2 700,00" in upd
    assert "Всего к оплате (9) 3 700,00" in upd
    waybill = text_of(printed(house, sales["RU"], "RU", "trade.torg12"))
    assert "Всего по накладной X X 3 X 2 700,00 X 540,00 3 240,00" in waybill, "a waybill has no services"
    assert "Cutting" not in waybill
    note = text_of(printed(house, sales["VN"], "VN", "trade.issue_note"))
    assert "PHIẾU XUẤT KHO" in note
    assert "Hai nghìn bảy trăm đồng" in note


def test_what_is_closed_to_whoever_prints_is_not_on_the_paper(house: Any, sales: dict[str, int]) -> None:
    looks = frozenset({"trade.sale.view", "contacts.contact.view"})
    clerk = Actor(1, "clerk", permissions=looks)
    said = text_of(printed(house, sales["DE"], "DE", "trade.invoice_form", actor=clerk))
    assert "Buyer DE" in said
    assert "Main 1" not in said


def test_a_logo_is_a_small_picture(house: Any, refused: Any) -> None:
    refused(lambda s: save_requisites(s, SYSTEM, logo=b"<svg onload=x>"), Invalid, field="logo")
    refused(lambda s: save_requisites(s, SYSTEM, logo=PICTURE + bytes(MOST_LOGO)), Invalid, field="logo")
    refused(lambda s: save_requisites(s, Actor(1, "x")), Forbidden)
    refused(lambda s: (save_requisites(s, SYSTEM), save_requisites(s, SYSTEM, version=99)), Changed)
