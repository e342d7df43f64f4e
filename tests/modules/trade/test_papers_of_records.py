"""Contracts, price lists and picking lists on paper: what each says, and what it doesn't."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.errors import Invalid, NotFound
from app.printing import form_pdf
from app.security import SYSTEM
from app.translation import in_language
from modules.contacts.contracts import create_contract
from modules.contacts.operations import create_contact
from modules.trade.paper.contract import contract_form
from modules.trade.pricing.agreeing import add_agreed_price
from modules.trade.pricing.printing import price_list_pdf
from modules.trade.pricing.types import create_type, set_price
from modules.trade.shipping.picking import picking_pdf, places_of
from modules.trade.shipping.queue import Left, Waiting
from modules.warehouse.labels.bars import bars
from modules.warehouse.operations import create_item
from tests.modules.printing.test_pdf import text_of

pytestmark = pytest.mark.one_engine  # what stands on paper: no engine decides


def in_house(house: Any, work: Any, language: str = "en") -> Any:
    def said(session: Any) -> Any:
        with in_language(language):
            return work(session)

    with house.test_request_context():
        return house.company.database.run(said, actor=SYSTEM)


@pytest.fixture(scope="module")
def records(house: Any) -> tuple[int, int]:
    """A contract with a special price, and a price type with a price."""

    def work(session: Any) -> tuple[int, int]:
        item = create_item(session, SYSTEM, code="PAPER-1", name="Anvil “Ёж”", barcode="4006381333931").id
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck GmbH", address="Main 1").id
        contract = create_contract(
            session,
            SYSTEM,
            contact_id=contact,
            number="K-17",
            title="Supply of hardware",
            since=date(2026, 1, 9),
            payment_terms="days",
            payment_days=14,
            penalty_kind="day",
            penalty_rate=D("0.1"),
            penalty_basis="actual",
            penalty_part=1,
        )
        add_agreed_price(
            session, SYSTEM, contact_id=contact, item_id=item, price=D("12.34"), contract_id=contract.id,
            currency=contract.currency, since=date(2026, 1, 1),
        )  # fmt: skip
        kind = create_type(
            session, SYSTEM, name="Retail", formula="typed", direction="nearest", percent=D(0), step=D(0), ending=D(0)
        )
        set_price(session, SYSTEM, kind, item_id=item, since=date(2026, 1, 1), from_quantity=D(0), price=D("15.90"))
        return contract.id, kind.id

    return in_house(house, work)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Contract K-17", "hereinafter the Buyer", "Days after the document: 14", "0.1 % a day", "12.34")),
        ("ru", ("Договор K-17", "далее «Покупатель»", "12,34", "Anvil “Ёж”")),
        ("vi", ("Hợp đồng K-17", "Bên mua", "12,34", "Lübeck GmbH")),
    ],
)
def test_a_contract_names_its_parties_terms_and_agreed_prices(
    house: Any, records: tuple[int, int], language: str, words: tuple[str, ...]
) -> None:
    from modules.contacts.contracts import contract_by_id

    pdf = in_house(house, lambda s: form_pdf(s, contract_form, contract_by_id(s, records[0])), language)
    said = text_of(pdf)
    for word in words:
        assert word in said


def test_a_contract_says_only_prices_that_hold_and_to_nobody_who_sees_none(
    house: Any, records: tuple[int, int], monkeypatch: Any
) -> None:
    from modules.contacts.contracts import contract_by_id
    from modules.trade.paper import contract as paper
    from modules.trade.pricing.models import AgreedPrice

    def work(session: Any) -> None:
        contract = contract_by_id(session, records[0])
        (item,) = session.scalars(select(AgreedPrice.item_id).where(AgreedPrice.contract_id == contract.id))
        today = wall_clock().date()

        def agree(price: str, **said: Any) -> None:
            given = {"contract_id": contract.id, "currency": contract.currency, "since": today, **said}
            add_agreed_price(session, SYSTEM, contact_id=contract.contact_id, item_id=item, price=D(price), **given)

        def said() -> list[list[str]]:
            return [row[2:] for row in paper.contract_data(session, contract)["annex"]]

        agree("13.00")  # instead of 12.34
        agree("9.00", since=today + timedelta(days=200))
        agree("11.00", contract_id=None)
        agree("8.00", contract_id=None, from_quantity=D(100))
        agree("10.00", from_quantity=D(10), tax_included=True)
        assert said() == [["", "13.00", "without tax"], ["10", "10.00", "with tax"]]
        contract.since = today + timedelta(days=300)
        assert said()[0] == ["", "9.00", "without tax"]
        monkeypatch.setattr(paper, "MOST_PRICES", 4)
        with pytest.raises(Invalid):
            said()
        sees_none = {"actor": replace(SYSTEM, is_system=False, permissions=frozenset({"contacts.contract.view"}))}
        monkeypatch.setattr(session, "info", {**session.info, **sees_none})
        assert paper._annex(session, contract) == []
        monkeypatch.undo()
        session.rollback()

    in_house(house, work)


def test_a_price_list_is_set_by_the_template_that_the_company_has_made_of_it(
    house: Any, records: tuple[int, int]
) -> None:
    from app.printing.own_templates import save_own, use_version
    from modules.trade.pricing.types import type_by_id

    def printed(session: Any) -> str:
        return text_of(price_list_pdf(session, type_by_id(session, records[1])))

    shipped = in_house(house, printed)
    for part in ("Retail", "PAPER-1", "15.90"):
        assert part in shipped
    own = '#import "@kontor/paper:1.0.0": *\n#let data = given()\n#show: page => sheet(data, page)\nOURS #data.name'
    in_house(house, lambda s: save_own(s, SYSTEM, "trade.price_list", own))
    assert "OURS Retail" in in_house(house, printed)
    in_house(house, lambda s: use_version(s, SYSTEM, "trade.price_list", 0))
    assert in_house(house, printed) == shipped


def test_the_editor_of_templates_tries_a_contract_on_the_newest_one(
    house: Any, records: tuple[int, int], sign_in: Any
) -> None:
    page, preview = sign_in("admin"), "/admin/templates/trade.contract/preview"
    assert "hereinafter the Buyer" in page.get("/admin/templates/trade.contract").text
    shipped = Path("modules/trade/print/contract.typ").read_text("utf-8")
    assert "data:image/png;base64," in page.post(preview, data={"source": shipped}).text
    broken = page.post(preview, data={"source": shipped + "\n#nonsense()"}).text
    assert "unknown variable: nonsense" in broken


def waits(number: str, place: str, *lines: tuple[str, int, int]) -> tuple[Waiting, list[Left]]:
    return Waiting(1, number, "Bergen", 1, place, None, 0, len(lines), 0), [
        Left(n, n, code, code, None, "pc", D(left), D(available)) for n, (code, left, available) in enumerate(lines, 1)
    ]


def test_a_picking_list_adds_up_orders_by_warehouse_and_code_and_leaves_out_what_is_not_there(house: Any) -> None:
    found = [
        waits("SO-1", "North", ("B", 5, 5), ("A", 2, 1), ("GONE", 3, 0)),
        waits("SO-2", "North", ("B", 7, 6)),
        waits("SO-3", "East", ("B", 1, 1)),
    ]
    places = in_house(house, lambda s: places_of(s, found))
    said = [(p["name"], [(x["code"], x["quantity"], x["orders"]) for x in p["lines"]]) for p in places]
    assert said == [
        ("East", [("B", "1 pc", [])]),
        ("North", [("A", "1 pc", []), ("B", "11 pc", [["SO-1", "5 pc"], ["SO-2", "6 pc"]])]),
    ]


def test_a_picking_list_of_nothing_is_refused(house: Any) -> None:
    with pytest.raises(Invalid):
        in_house(house, lambda s: picking_pdf(s, []))
    with pytest.raises(NotFound):
        in_house(house, lambda s: picking_pdf(s, [1]))


@pytest.mark.parametrize(
    ("text", "modules"),
    # 95 modules of EAN-13, 67 of EAN-8; Code 128: start, signs, check, 13 of the stop; with white on both sides
    [("4006381333931", 95 + 22), ("96385074", 67 + 22), ("AB-1", 11 * 6 + 13 + 22), ("4006381333932", None)],
)
def test_a_code_is_drawn_as_the_kind_that_it_is(text: str, modules: int | None) -> None:
    drawn = bars(text)
    assert drawn.startswith("<svg")
    if modules is not None:
        assert f'viewBox="0 0 {modules} 40"' in drawn
    else:  # no right check digit: not an EAN, so no scanner would read it as one
        assert 'viewBox="0 0 117 40"' not in drawn


def test_what_code_128_has_no_signs_for_has_no_bars() -> None:
    assert [bars(text) for text in ("АВ-1", "")] == ["", ""]
