"""The administrator's pages of custom fields: what they offer, keep, refuse and show."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.custom import CustomFieldRow
from app.custom.operations import save_custom_field
from app.registry import lifecycle
from app.security import SYSTEM
from tests.modules.custom.test_custom_pages import filled, raw, text_of
from tests.modules.trade.test_trade_pages import form_of

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def declare(house: Any, **said: Any) -> int:
    def work(session: Any) -> int:
        field = save_custom_field(session, SYSTEM, **said)
        session.flush()
        return field.id

    return int(house.company.database.run(work, actor=SYSTEM))


def stored(house: Any, field_id: int) -> dict[str, Any]:
    def work(session: Any) -> dict[str, Any]:
        row = session.get(CustomFieldRow, field_id)
        return {column.name: getattr(row, column.name) for column in CustomFieldRow.__table__.columns}

    return house.company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


@contextmanager
def switched_off(house: Any, *modules: str) -> Iterator[None]:
    """The modules are off, in the order of the names, and on again afterwards."""

    def switch(session: Any, change: Any, name: str) -> None:
        house.company.refresh(session)
        change(session, SYSTEM, house.company, name)

    for name in modules:
        house.company.database.run(lambda s, n=name: switch(s, lifecycle.disable, n), actor=SYSTEM)
    yield
    for name in reversed(modules):
        house.company.database.run(lambda s, n=name: switch(s, lifecycle.enable, n), actor=SYSTEM)


def errors_of(page: Any) -> list[str]:
    return [text.strip() for text in re.findall(r"field-error[^>]*>([^<]*)<", text_of(page))]


def test_a_field_stays_confidential_while_the_module_of_its_group_is_off(house: Any, sign_in: Any) -> None:
    field = declare(house, subject="warehouse.item", title="Secret", type="text", group="contacts.private")
    admin = sign_in("admin")
    with switched_off(house, "trade", "contacts"):
        form = form_of(raw(admin.get(f"/admin/fields/{field}")))
        assert form["group"] == "contacts.private"
        assert "contacts.financial" not in raw(admin.get(f"/admin/fields/{field}"))
        assert (
            admin.post(f"/admin/fields/{field}", data={**form, "title": "Secret note", "is_required": ""}).status_code
            == 302
        )
        assert (stored(house, field)["title"], stored(house, field)["field_group"]) == (
            "Secret note",
            "contacts.private",
        )
        page = admin.post(f"/admin/fields/{field}", data={**form, "version": "2", "group": ""})
        assert "You may not do this." in text_of(page)
    assert stored(house, field)["field_group"] == "contacts.private"


def test_a_title_of_the_programs_own_column_is_refused(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    for subject, title in (("warehouse.item", "PRICE"), ("trade.sale", "number"), ("contacts.legal_entity", "Name")):
        page = filled(admin, "/admin/fields/new", subject=subject, title=title, type="text")
        assert errors_of(page) == [f"The program has a field “{title}” of its own here."]
    assert (
        filled(
            admin, "/admin/fields/new", subject="contacts.payment", title="Shelf life", type="text", is_required=""
        ).status_code
        == 302
    )


def test_the_page_of_a_field_shows_what_stays_and_its_list_what_is_confidential(house: Any, sign_in: Any) -> None:
    field = declare(house, subject="warehouse.item", title="Rank", type="number", group="warehouse.cost")
    admin = sign_in("admin")
    page = text_of(admin.get(f"/admin/fields/{field}"))
    for title, value in (("Belongs to", "Item"), ("Type", "Decimal number"), ("Key", "rank")):
        assert f"<dt>{title}</dt><dd>{value}</dd>" in page
    assert 'name="title"' in page
    assert "<dt>Key</dt>" not in text_of(admin.get("/admin/fields/new"))
    assert 'rows="8"' in raw(admin.get("/admin/fields/new"))
    page = text_of(admin.get("/admin/fields?q=rank"))
    assert ">Confidential<" in page
    assert "Purchase prices, costs, margins" in page


def test_choices_of_another_type_than_a_list_are_refused(house: Any, sign_in: Any) -> None:
    form = {"subject": "contacts.payment", "title": "Grade", "type": "text", "choices": "a\nb", "is_required": ""}
    page = filled(sign_in("admin"), "/admin/fields/new", **form)
    assert errors_of(page) == ["Only a field of the type “One of a list” has choices."]
    assert filled(sign_in("admin"), "/admin/fields/new", **{**form, "choices": " \n"}).status_code == 302


def test_the_list_offers_what_is_on_and_speaks_of_fields_in_use(house: Any, sign_in: Any) -> None:
    admin = sign_in("admin")
    with switched_off(house, "trade"):
        page = raw(admin.get("/admin/fields"))
        assert 'value="warehouse.item"' in page
        assert 'value="trade.sale"' not in page

    def out_of_use(session: Any, is_active: bool) -> None:
        for row in session.query(CustomFieldRow):
            row.is_active = is_active

    house.company.database.run(lambda s: out_of_use(s, False), actor=SYSTEM)
    page = text_of(admin.get("/admin/fields"))
    assert "No custom field is in use." in page
    house.company.database.run(lambda s: out_of_use(s, True), actor=SYSTEM)


def test_a_column_of_yes_or_no_shows_no_where_it_was_said(house: Any, sign_in: Any) -> None:
    declare(house, subject="warehouse.item", title="Heavy", type="yes_no")
    maria = sign_in("maria")
    for code, heavy in (("YN-1", "no"), ("YN-2", "")):
        data = {"code": code, "name": f"Yn {code}", "kind": "goods", "unit_id": "1", "custom_heavy": heavy}
        answer = filled(maria, "/warehouse/items/new", **data)
        assert answer.status_code == 302, errors_of(answer) or text_of(answer)
    cells = re.findall(r'data-label="Heavy" class="[^"]*">([^<]*)<', raw(maria.get("/warehouse/items?q=yn-")))
    assert cells == ["no", ""]
