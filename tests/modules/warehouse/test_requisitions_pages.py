"""The pages of internal requests, as the sample company's people see them."""

import re
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.documents import post, save
from app.security import SYSTEM, User
from app.security.operations import change_user
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt, Transfer
from modules.warehouse.operations import create_item
from modules.warehouse.requisitions.kinds import RequisitionDraft, RequisitionLineDraft
from modules.warehouse.requisitions.models import Requisition
from modules.warehouse.warehouses import create_place
from tests.modules.web.browser_forms import fields_of

MAIN = 100


@pytest.mark.one_engine
def test_who_sees_only_the_warehouse_that_goods_come_to_receives_them(house: Any, sign_in: Any) -> None:
    def prepare(session: Any) -> int:
        item = create_item(session, SYSTEM, code="IR-BOLT", name="Sent bolt").id
        shop = create_place(session, SYSTEM, code="shop-2", name="Second shop").id
        receipt = save(session, SYSTEM, Receipt, MovementDraft([MovementLineDraft(item, D(4), D(1))], target_id=MAIN))
        sent = MovementDraft([MovementLineDraft(item, D(3))], MAIN, shop, in_two_steps=True)
        post(session, SYSTEM, [receipt])
        transfer = save(session, SYSTEM, Transfer, sent)
        post(session, SYSTEM, [transfer])
        user = session.scalars(select(User).where(User.login == "steve")).one()
        change_user(session, SYSTEM, user, limits={"warehouse.place": (shop,)})
        return int(transfer.id)

    transfer = house.company.database.run(prepare, actor=SYSTEM)
    steve = sign_in("steve")
    page = steve.get(f"/warehouse/transfers/{transfer}").text
    assert f"/transfers/{transfer}/reverse" not in page  # it stays whose the goods were
    (address,) = set(re.findall(rf'href="(/warehouse/[a-z_-]+/new\?of={transfer})"', page))
    form = steve.get(address).text
    assert "Sent bolt" in form
    typed = fields_of(form)
    answer = steve.post(address.partition("?")[0], data={**typed, "then": "post"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "TA-" in answer.text
    assert "IR-BOLT" not in steve.get("/warehouse/transit").text


@pytest.mark.one_engine
def test_who_sees_only_the_asked_warehouse_sends_or_refuses_and_others_neither(house: Any, sign_in: Any) -> None:
    def prepare(session: Any) -> int:
        item = create_item(session, SYSTEM, code="IR-NAIL", name="Asked nail").id
        kiosk, other = (create_place(session, SYSTEM, code=code, name=code.title()).id for code in ("kiosk", "quay"))
        receipt = save(session, SYSTEM, Receipt, MovementDraft([MovementLineDraft(item, D(4), D(1))], target_id=MAIN))
        asked = save(session, SYSTEM, Requisition, RequisitionDraft(kiosk, MAIN, [RequisitionLineDraft(item, D(6))]))
        post(session, SYSTEM, [receipt])
        post(session, SYSTEM, [asked])
        for login, place in (("steve", MAIN), ("maria", other)):
            user = session.scalars(select(User).where(User.login == login)).one()
            change_user(session, SYSTEM, user, limits={"warehouse.place": (place,)})
        return int(asked.id)

    request = house.company.database.run(prepare, actor=SYSTEM)
    steve, maria, one = sign_in("steve"), sign_in("maria"), f"/warehouse/requisitions/{request}"
    assert "Internal requests to send" in steve.get("/").text
    assert "IR-NAIL" in steve.get("/warehouse/requested").text
    assert "6 left to send, 4 free there" in steve.get(one).text
    assert "Not free in “Main warehouse” now: IR-NAIL: 2." in steve.get(f"/warehouse/transfers/new?of={request}").text
    assert "Internal requests to send" not in maria.get("/").text
    assert "IR-NAIL" not in maria.get("/warehouse/requested").text
    assert maria.get(one).status_code == 404
    assert maria.post(f"{one}/refuse", data={"reason": "No"}).status_code == 404
    assert sign_in("anna").post(f"{one}/refuse", data={"reason": "No"}).status_code == 403
    assert "Say why" in steve.post(f"{one}/refuse", follow_redirects=True).text
    for page in ("/warehouse/requisitions", "/warehouse/requisitions/new", "/warehouse/refill"):
        assert steve.get(page).status_code == 200, page
    answer = steve.post(f"{one}/refuse", data={"reason": "Out of season"}, follow_redirects=True).text
    assert "is closed" in answer
    assert "Out of season" in answer
    assert "IR-NAIL" not in steve.get("/warehouse/requested").text
