"""What a document said before is read in words: what was chosen by its name, whether it is offered now or not."""

import html
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import correct, post, save
from app.security import SYSTEM
from app.web.kit.documents.form import LinesForm
from app.web.kit.lines.field import Choice, LinesField
from app.web.kit.lines.lookup_field import LookupField
from app.web.kit.selects import FollowingField, SelectField
from modules.contacts.contracts import create_contract
from modules.contacts.operations import create_contact
from modules.trade.drafts import OrderDraft, TradeLineDraft
from modules.trade.models import PurchaseOrder
from modules.trade.taxes.operations import save_code, set_tax_rate
from modules.warehouse.operations import create_item, create_place
from modules.warehouse.warehouses import change_place

pytestmark = pytest.mark.one_engine  # what pages say: no engine decides


def forms(of: Any = LinesForm) -> Iterator[Any]:
    for form in of.__subclasses__():
        yield form
        yield from forms(form)


def fields_of(form: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a form, and the cells of its lines, by their names."""
    for name in dir(form):
        field = getattr(form, name, None)
        if (made := getattr(field, "field_class", None)) is None:
            continue
        yield name, field
        if made is LinesField:
            yield from ((cell.name, cell) for cell in field.kwargs["cells"])


def knows_names(field: Any) -> bool:
    if isinstance(field, Choice):
        return True
    made = getattr(field, "field_class", type(field))
    if made is SelectField:
        return "past" in field.kwargs  # of what is offered no more too
    return issubclass(made, LookupField | FollowingField)


def test_every_field_that_holds_a_number_of_a_record_knows_its_name(app: Any) -> None:
    """Fields of documents' forms that are named so, and cells of their lines."""
    named = {
        (form.__name__, name): field
        for form in forms()
        if form.__module__.startswith("modules.")
        for name, field in fields_of(form)
        if name.endswith("_id")
    }
    unnamed = {key for key, field in named.items() if not knows_names(field)}
    assert unnamed == {("CountForm", "group_id")}  # a group is offered as long as it is there
    assert {"tax_code_id", "contact_id", "place_id", "contract_id", "target_id"} <= {name for _, name in named}


def test_versions_name_what_was_chosen_though_it_is_offered_no_more(app: Any, company: Any) -> None:
    def work(session: Any) -> int:
        item = create_item(session, SYSTEM, code="A", name="Anvil").id
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS").id
        annex = create_place(session, SYSTEM, code="annex", name="Annex")
        codes = [save_code(session, SYSTEM, name=name, category="S") for name in ("Reduced", "Full")]
        for code, rate in zip(codes, (5, 20), strict=True):
            set_tax_rate(session, SYSTEM, code, since=date(2020, 1, 1), rate=D(rate))
        contracts = [
            create_contract(session, SYSTEM, contact_id=contact, number=number).id for number in ("C-1", "C-2")
        ]
        session.flush()

        def draft(which: int, place: int) -> OrderDraft:
            line = TradeLineDraft(item, D(1), D(7), tax_rate=D((5, 20)[which]), tax_code_id=codes[which].id)
            return OrderDraft(contact, [line], place_id=place, contract_id=contracts[which], currency="GBP")

        order = save(session, SYSTEM, PurchaseOrder, draft(0, annex.id))
        post(session, SYSTEM, [order])
        correct(session, SYSTEM, order, draft(1, 100))
        save_code(session, SYSTEM, codes[0], name="Reduced", is_active=False)
        change_place(session, SYSTEM, annex, code="annex", name="Annex", is_active=False)
        return int(order.id)

    order = company.database.run(work, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    page = html.unescape(browser.get(f"/trade/purchase-orders/{order}").text)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page.partition("Version 1, until")[2].partition("</section>")[0])
    found = {cells[i]: (cells[i + 1], cells[i + 2]) for i in range(0, len(cells), 3)}
    assert found.pop("Contract")[0].startswith("C-1")
    assert found.pop("Warehouse") == ("Annex (closed)", "Main warehouse")
    before, after = found.pop("Line 1")
    assert "Tax: Reduced" in before
    assert "Delivered by: us" in before
    assert "Tax: Full" in after
    assert "Delivered by: us" in after
    assert found == {}
