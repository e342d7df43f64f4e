"""What waits for a storekeeper stands on their home page, with counts that lead to it; and goods on commission lie in no
warehouse that is offered."""

from decimal import Decimal as D
from typing import Any

import pytest

from app.documents import post, save
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.trade.commission.models import GIVEN
from modules.trade.commission.places import place_of
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.kits.composing import Component, set_composition
from modules.warehouse.models import FIRST_WAREHOUSE, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.queries import stocked_options, target_choices, warehouse_choices, warehouse_options
from modules.warehouse.warehouses import create_place


def run(company: Any, work: Any) -> Any:
    return company.database.run(work, actor=SYSTEM)


def test_what_waits_is_counted_and_leads_to_where_it_is_done(house: Any, sign_in: Any) -> None:
    def begin(session: Any) -> int:
        place = create_place(session, SYSTEM, code="HOME", name="Hall of home").id
        create_bins(session, SYSTEM, place_id=place, codes="HB-1")
        items = [create_item(session, SYSTEM, code=f"HOME-{n}", name="Nail").id for n in range(2)]
        lines = [MovementLineDraft(item, D(3), D(1)) for item in items]
        post(session, SYSTEM, [save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=place))])
        return place

    place = run(house.company, begin)
    page = sign_in("steve").get("/").text
    assert 'href="/warehouse/scanner"' in page
    assert f'href="/warehouse/bins/put-away?place={place}"><b>2</b><span>Items to put away: Hall of home' in page
    assert "With the scanner" in sign_in("steve").get(f"/warehouse/bins/put-away?place={place}").text
    assert "Items to put away" not in sign_in("anna").get("/").text  # who may move nothing


def test_goods_on_commission_are_offered_where_it_is_said_what_lies_where(company: Any) -> None:
    def work(session: Any) -> None:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Agent")
        place = place_of(session, contact.id, GIVEN)
        for offered in (warehouse_choices, target_choices):
            assert [number for number, _ in offered(session)] == [FIRST_WAREHOUSE]
        assert warehouse_options(session) == stocked_options(session)[:1]
        assert [number for number, _ in stocked_options(session)] == [str(FIRST_WAREHOUSE), str(place)]

    run(company, work)


@pytest.mark.one_engine
def test_a_kits_card_leads_to_an_assembly_of_it(house: Any, sign_in: Any) -> None:
    def begin(session: Any) -> tuple[int, int]:
        kit, part = (create_item(session, SYSTEM, code=code, name=code.title()) for code in ("SET", "PART"))
        set_composition(session, SYSTEM, kit, [Component(part.id, D(4))])
        return kit.id, part.id

    (kit, part), client = run(house.company, begin), sign_in("steve")
    address = f"/warehouse/assemblies/new?kit={kit}"
    assert f'href="{address}"' in client.get(f"/warehouse/items/{kit}").text
    assert "/warehouse/assemblies/new?kit" not in client.get(f"/warehouse/items/{part}").text
    page = client.get(address).text
    assert "PART Part" in page
    assert client.get("/warehouse/assemblies/new?kit=999999").status_code == 200
