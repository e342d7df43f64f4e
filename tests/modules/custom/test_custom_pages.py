"""Custom fields on the sample company's pages: forms, cards, lists with filters, files, the API, closed groups."""

import html
import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from app.custom import CustomFieldRow
from app.custom.operations import save_custom_field
from app.documents import save
from app.security import SYSTEM
from modules.contacts.models import LegalEntity
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.models import Item
from tests.modules.trade.test_trade_pages import form_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides

FIELDS = (
    {"title": "Region", "type": "choice", "choices": ["north", "<south>"]},
    {"title": "Weight", "type": "number"},
    {"title": "Since", "type": "date"},
    {"title": "Fragile", "type": "yes_no"},
    {"title": "Remark", "type": "text", "is_listed": False},
    {"title": "Margin", "type": "text", "group": "warehouse.cost"},
)
TYPED = {
    "custom_region": "north",
    "custom_weight": "2.5",
    "custom_since": "2026-02-28",
    "custom_fragile": "no",
    "custom_remark": "{{ 7 * 7 }} <b>%s</b>",
    "custom_margin": "low",
}


@pytest.fixture(scope="module", autouse=True)
def fields(house: Any) -> None:
    """Six fields of each sort of record."""

    def work(session: Any) -> None:
        for subject in ("contacts.legal_entity", "warehouse.item", "trade.sale", "contacts.payment"):
            for field in FIELDS:
                save_custom_field(session, SYSTEM, subject=subject, **field)

    house.company.database.run(work, actor=SYSTEM)


def read(house: Any, model: Any, code: str) -> Any:
    def work(session: Any) -> Any:
        return session.query(model).filter_by(code=code).one().custom

    return house.company.database.run(work, actor=SYSTEM, write=False)


def filled(client: Any, address: str, **typed: Any) -> Any:
    """Send a form as a browser would, with some of its fields filled in."""
    form = form_of(raw(client.get(address)))
    return client.post(
        address, data={"country": "", "responsible_id": "", "group_id": "", "group": "", **form, **typed}
    )


def raw(page: Any) -> str:
    return str(page.get_data(as_text=True))


def text_of(page: Any) -> str:
    return html.unescape(raw(page))


def test_a_contact_is_filled_in_shown_and_changed(house: Any, sign_in: Any) -> None:
    maria = sign_in("maria")
    answer = filled(maria, "/contacts/new/legal_entity", **{"name": "Aalto Oy", "code": "CF-1", **TYPED})
    assert answer.status_code == 302, text_of(answer)
    card = maria.get(answer.location).get_data(as_text=True)
    for shown in ("Region", "north", "2.5", "28 Feb 2026", "{{ 7 * 7 }} &lt;b&gt;%s&lt;/b&gt;", "<dd>no</dd>"):
        assert shown in card
    form = form_of(raw(maria.get(answer.location + "/edit")))
    assert (form["custom_weight"], form["custom_since"], form["custom_fragile"]) == ("2.5", "2026-02-28", "no")
    assert form["custom_region"] == "north"
    form |= {"custom_region": "<south>", "custom_weight": ""}
    assert maria.post(answer.location + "/edit", data=form).status_code == 302
    said = read(house, LegalEntity, code="CF-1")
    assert (said["region"], said["weight"], said["fragile"]) == ("<south>", None, False)


def test_what_can_not_be_is_shown_at_its_field_and_nothing_typed_is_lost(sign_in: Any) -> None:
    maria = sign_in("maria")
    wrong = {**TYPED, "custom_weight": "heavy", "custom_since": "yesterday", "custom_region": "west"}
    page = text_of(filled(maria, "/contacts/new/legal_entity", **{"name": "Beta", "code": "CF-2", **wrong}))
    assert "“heavy” isn't a number." in page
    assert 'value="heavy"' in page
    assert "Write the day as 2026-01-31." in page
    page = text_of(
        filled(
            maria, "/contacts/new/legal_entity", **{"name": "Beta", "code": "CF-2", **TYPED, "custom_region": "west"}
        )
    )
    assert "“west” is none of the choices." in page
    assert maria.get("/api/v1/lists/contacts.legal_entity?q=Beta").json["rows"] == []


def test_a_list_has_columns_filters_an_order_and_a_file(sign_in: Any) -> None:
    maria = sign_in("maria")
    rows = [
        ("CF-10", "north", "-3", "2026-01-01", "yes"),
        ("CF-11", "<south>", "20.25", "2026-03-01", "no"),
        ("CF-12", "", "", "", ""),
    ]
    for code, region, weight, since, fragile in rows:
        said = {"custom_region": region, "custom_weight": weight, "custom_since": since, "custom_fragile": fragile}
        answer = filled(maria, "/contacts/new/legal_entity", **{"name": f"List {code}", "code": code, **said})
        assert answer.status_code == 302, text_of(answer)

    def codes(question: str) -> list[str]:
        answer = maria.get(f"/api/v1/lists/contacts.legal_entity?q=list+cf-1&{question}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [row["code"] for row in answer.json["rows"]]

    assert codes("custom_region=north") == ["CF-10"]
    assert codes("custom_region=%3Csouth%3E") == ["CF-11"]
    assert codes("custom_weight.from=-3") == ["CF-10", "CF-11"]
    assert codes("custom_weight.from=-2.999999") == ["CF-11"]
    assert codes("custom_weight.to=20.25") == ["CF-10", "CF-11"]
    assert codes("custom_since.from=2026-01-02") == ["CF-11"]
    assert codes("custom_since.to=2026-01-01") == ["CF-10"]
    assert codes("custom_fragile=yes") == ["CF-10"]
    assert codes("custom_fragile=no") == ["CF-11"]
    assert codes("order=-custom_weight")[0] == "CF-11"
    assert codes("order=custom_since")[-1] == "CF-11"
    page = text_of(maria.get("/contacts/companies?q=list+cf-1"))
    for shown in ("Region: all", "Weight ≥", "Since ≤", ">Fragile<", "20.25", "<south>"):
        assert shown in page
    assert "Remark" not in page
    book = load_workbook(io.BytesIO(maria.get("/contacts/companies?q=list+cf-1&as=xlsx").data))
    titles, *cells = book.active.values
    assert titles[-6:] == ("Region", "Weight", "Since", "Fragile", "Remark", "Margin")
    assert [row[-6:-4] for row in cells] == [("north", -3), ("<south>", 20.25), (None, None)]
    assert [row[-3] for row in cells] == [True, False, None]


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("custom_weight.from=heavy", 422),
        ("custom_weight.from=1e30", 422),
        ("custom_weight.from=0.0000001", 422),
        ("custom_since.from=soon", 422),
        ("custom_region=nowhere", 200),
        ("custom_remark=%25_%27%22", 200),
        ("order=custom_nothing", 422),
    ],
)
def test_what_a_filter_can_not_read_is_refused(sign_in: Any, question: str, status: int) -> None:
    assert sign_in("maria").get(f"/api/v1/lists/contacts.legal_entity?{question}").status_code == status


def test_a_text_is_found_by_a_part_of_it_whatever_its_case(sign_in: Any) -> None:
    maria = sign_in("maria")
    data = {"name": "Part", "code": "CF-20", "custom_remark": "Über 100 % Ärger"}
    assert filled(maria, "/contacts/new/legal_entity", **data).status_code == 302

    def found(text: str) -> bool:
        answer = maria.get("/api/v1/lists/contacts.legal_entity", query_string={"custom_remark": text})
        return "CF-20" in [row["code"] for row in answer.json["rows"]]

    assert found("ärger")
    assert found("100 %")
    assert not found("100 _")


def test_whoever_may_not_see_a_group_sees_no_trace_of_its_field(sign_in: Any) -> None:
    maria, sam = sign_in("maria"), sign_in("sam")  # a salesperson sees no costs
    assert (
        maria.post(
            "/warehouse/items/new", data={"code": "CF-30", "name": "C", "kind": "goods", "unit_id": "1", **TYPED}
        ).status_code
        == 302
    )
    for address in (
        "/contacts/companies",
        "/contacts/new/legal_entity",
        "/warehouse/items",
        "/trade/sales",
        "/trade/sales/new",
    ):
        page = text_of(sam.get(address))
        assert "Region" in page, address
        assert "Margin" not in page, address
    closed, unknown = "custom_margin", "custom_nothing"
    for question in ("{}=low", "order={}"):
        refused, other = (
            sam.get(f"/api/v1/lists/warehouse.item?{question.format(name)}") for name in (closed, unknown)
        )
        assert refused.status_code == 422
        assert refused.text.replace(closed, unknown) == other.text  # what is closed is as if it wasn't there
    assert all("custom_margin" not in row for row in sam.get("/api/v1/lists/warehouse.item").json["rows"])


def test_a_document_says_it_on_its_page_as_json_and_in_its_copy(house: Any, sign_in: Any) -> None:
    maria = sign_in("maria")

    def draft(session: Any) -> int:
        said = {"region": "north", "weight": Decimal("2.5"), "since": date(2026, 2, 28), "fragile": True}
        document = save(session, SYSTEM, Sale, TradeDraft(1, [TradeLineDraft(1, Decimal(1), Decimal(10))], custom=said))
        session.flush()
        return int(document.id)

    assert "custom_region" in raw(maria.get("/trade/sales/new?contact=1"))
    sale = house.company.database.run(draft, actor=SYSTEM)
    page = text_of(maria.get(f"/trade/sales/{sale}"))
    assert re.search(r"<dt>Region</dt><dd>north</dd>", page)
    assert re.search(r"<dt>Fragile</dt><dd>yes</dd>", page)
    facts = {fact["name"]: fact["value"] for fact in maria.get(f"/trade/sales/{sale}?as=json").json["facts"]}
    assert (facts["custom_weight"], facts["custom_fragile"], facts["custom_since"]) == ("2.5", True, "2026-02-28")
    sheet = load_workbook(io.BytesIO(maria.get(f"/trade/sales/{sale}?as=xlsx").data)).active
    assert ("Weight", 2.5) in [row[:2] for row in sheet.values]
    assert ("Since", datetime(2026, 2, 28)) in [row[:2] for row in sheet.values]
    assert sheet.title == sheet["A1"].value[:31].strip() != "Sheet1"
    copied = form_of(raw(maria.get(f"/trade/sales/new?copy={sale}")))
    assert (copied["custom_region"], copied["custom_weight"], copied["custom_fragile"]) == ("north", "2.5", "yes")


def test_a_copy_leaves_out_a_choice_that_is_no_longer_offered(house: Any, sign_in: Any) -> None:
    maria = sign_in("maria")

    def draft(session: Any) -> int:
        said = {"region": "north", "remark": "as before"}
        document = save(session, SYSTEM, Sale, TradeDraft(1, [TradeLineDraft(1, Decimal(1), Decimal(10))], custom=said))
        session.flush()
        return int(document.id)

    def change(session: Any, choices: list[str]) -> None:
        field = session.query(CustomFieldRow).filter_by(subject="trade.sale", key="region").one()
        save_custom_field(session, SYSTEM, field, title="Region", choices=choices)

    sale = house.company.database.run(draft, actor=SYSTEM)
    house.company.database.run(lambda s: change(s, ["east"]), actor=SYSTEM)
    copied = form_of(raw(maria.get(f"/trade/sales/new?copy={sale}")))
    assert (copied.get("custom_region", ""), copied["custom_remark"]) == ("", "as before")
    answer = maria.post("/trade/sales/new", data=copied)
    assert answer.status_code == 302, text_of(answer)
    house.company.database.run(lambda s: change(s, ["north", "<south>"]), actor=SYSTEM)


def test_a_payment_is_recorded_with_them(house: Any, sign_in: Any) -> None:
    anna = sign_in("anna")
    data = {
        "contact_id": "1",
        "direction": "in",
        "amount": "5",
        "currency": "GBP",
        "method": "bank",
        "operation": "cf",
        **TYPED,
    }
    answer = anna.post("/contacts/payments/new", data=data)
    assert answer.status_code == 302, text_of(answer)
    assert "<dt>Weight</dt><dd>2.5</dd>" in text_of(anna.get(answer.location))
    assert anna.post("/contacts/payments/new", data=data).location == answer.location
    page = text_of(anna.post("/contacts/payments/new", data={**data, "custom_weight": "3"}))
    assert "was sent before with other content" in page


def test_an_administrator_declares_fields_and_the_second_to_change_one_sees_both(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    page = text_of(admin.get("/admin/fields/new"))
    assert "Sales return" in page
    assert "Legal entity" in page
    data = {
        "subject": "warehouse.item",
        "title": "Colour",
        "type": "choice",
        "choices": "red\n\n red \nblue",
        "is_listed": "y",
        "is_active": "y",
        "is_required": "",
    }
    assert filled(admin, "/admin/fields/new", **data).status_code == 302
    page = text_of(admin.get("/admin/fields"))
    assert "Colour" in page
    assert "One of a list" in page
    row = house.company.database.run(
        lambda s: s.query(CustomFieldRow).filter_by(subject="warehouse.item", title="Colour").one(),
        actor=SYSTEM,
        write=False,
    )
    assert (row.key, row.choices) == ("colour", ("red", "blue"))
    address = f"/admin/fields/{row.id}"
    first = form_of(raw(admin.get(address))) | {"is_required": ""}
    assert admin.post(address, data={**first, "title": "Color", "choices": "red"}).status_code == 302
    page = text_of(admin.post(address, data={**first, "title": "Farbe", "choices": "red\nblue\ngreen"}))
    assert "Color" in page
    assert "Farbe" in page
    assert (
        house.company.database.run(lambda s: s.get(CustomFieldRow, row.id).title, actor=SYSTEM, write=False) == "Color"
    )
    assert "<option" in text_of(sign_in("maria").get("/warehouse/items/new"))


def test_only_an_administrator_comes_to_the_fields(sign_in: Any) -> None:
    assert sign_in("maria").get("/admin/fields").status_code == 403
    assert sign_in("maria").post("/admin/fields/new", data={"title": "x"}).status_code == 403


def test_a_choice_no_longer_offered_is_still_shown_and_saved(house: Any, sign_in: Any) -> None:
    maria = sign_in("maria")
    item = {
        "code": "CF-40",
        "name": "Vase",
        "kind": "goods",
        "unit_id": "1",
        "is_active": "y",
        "custom_region": "north",
    }
    answer = filled(maria, "/warehouse/items/new", **item)
    assert answer.status_code == 302, text_of(answer)

    def change(session: Any, choices: list[str]) -> None:
        field = session.query(CustomFieldRow).filter_by(subject="warehouse.item", key="region").one()
        save_custom_field(session, SYSTEM, field, title="Region", choices=choices)

    house.company.database.run(lambda s: change(s, ["east"]), actor=SYSTEM)
    page = raw(maria.get("/warehouse/items"))
    assert re.findall(r'<option value="(east|north)"', page) == ["east", "north"]  # the filter offers what records say
    rows = maria.get("/api/v1/lists/warehouse.item?custom_region=north").json["rows"]
    assert "CF-40" in [row["code"] for row in rows]
    assert "north" not in raw(maria.get("/warehouse/items/new"))
    form = form_of(raw(maria.get(answer.location + "/edit")))
    assert form["custom_region"] == "north"
    assert maria.post(answer.location + "/edit", data={**form, "note": "fragile"}).status_code == 302
    assert read(house, Item, code="CF-40")["region"] == "north"
    house.company.database.run(lambda s: change(s, ["north", "<south>"]), actor=SYSTEM)
