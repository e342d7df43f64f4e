"""The administrator's pages of custom fields: what they offer, keep, refuse and show."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.custom import CustomFieldRow
from app.custom.operations import save_custom_field
from app.registry import lifecycle
from app.security import SYSTEM
from tests.modules.custom.test_custom_pages import filled, raw, text_of
from tests.modules.trade.test_trade_pages import form_of


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
        assert admin.post(f"/admin/fields/{field}", data={**form, "title": "Secret note"}).status_code == 302
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
        filled(admin, "/admin/fields/new", subject="contacts.payment", title="Shelf life", type="text").status_code
        == 302
    )
