"""Two people edit one contact, or one item: the second to save sees both versions, and nothing typed is lost."""

import html
import re
from typing import Any

import pytest

from app.errors import Changed
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.operations import change_contact
from modules.warehouse.models import Item
from modules.warehouse.operations import change_item
from tests.modules.trade.test_trade_pages import form_of

EDITED = {
    "contact": (Contact, "/contacts/{id}/edit", "phone", "Phone"),
    "item": (Item, "/warehouse/items/{id}/edit", "barcode", "Barcode"),
}


@pytest.mark.parametrize("what", EDITED)
def test_the_second_to_save_sees_both_versions_and_may_save_over(house: Any, sign_in: Any, what: str) -> None:
    model, address, field, title = EDITED[what]
    record = house.company.database.run(lambda s: s.query(model).first().id, actor=SYSTEM, write=False)
    edit, early, late = address.format(id=record), sign_in("admin"), sign_in("maria")
    one, other = form_of(early.get(edit).text), form_of(late.get(edit).text)
    assert early.post(edit, data={**one, field: "111"}).status_code == 302

    def stored() -> tuple[Any, int]:
        return house.company.database.run(  # type: ignore[no-any-return]
            lambda s: (getattr(s.get(model, record), field), s.get(model, record).version), actor=SYSTEM, write=False
        )

    version = stored()[1]
    answer = late.post(edit, data={**other, field: "222"})
    assert answer.status_code == 200
    page = html.unescape(answer.text)
    assert "Somebody else has saved this meanwhile." in page
    assert re.findall(r"<td[^>]*>(.*?)</td>", page)[:3] == [title, "222", "111"]
    assert stored() == ("111", version)
    again = form_of(answer.text)
    assert again[field] == "222"
    assert late.post(edit, data=again).status_code == 302
    assert stored() == ("222", version + 1)


def test_an_older_version_is_refused_by_the_operations_too(house: Any) -> None:
    def contact(session: Any) -> None:
        change_contact(session, SYSTEM, session.query(Contact).first(), phone="1", version=10**6)

    def item(session: Any) -> None:
        change_item(session, SYSTEM, session.query(Item).first(), note="1", version=0)

    for work in (contact, item):
        with pytest.raises(Changed):
            house.company.database.run(work, actor=SYSTEM)
