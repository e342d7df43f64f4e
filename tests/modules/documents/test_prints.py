"""A document has other prints beside its own paper, of any module that is on."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.documents import Print
from modules.trade.models import Purchase, Sale
from modules.warehouse.models import Receipt

NOTE = "?print=trade.delivery_note"


@pytest.fixture
def papers(ask: Any) -> dict[Any, int]:
    """A posted document of each kind."""
    kinds = (Sale, Purchase, Receipt)
    return ask(None, lambda s: {k: s.scalars(select(k.id).where(k.state == "posted")).first() for k in kinds})


def test_a_delivery_note_has_no_prices(sign_in: Any, papers: dict[Any, int]) -> None:
    address = f"/trade/sales/{papers[Sale]}"
    page = sign_in("admin").get(address).text
    assert f'href="{NOTE}"' in page
    note = sign_in("admin").get(address + NOTE).text
    assert re.search(r"<h1>Delivery note S-\d+</h1>", note)
    assert set(re.findall(r'data-label="([^"]*)"', note)) == {"Item", "Quantity"}
    assert 'action="' + address not in note  # nothing is done from it
    said = sign_in("admin").get(f"{address}{NOTE}&as=json").json
    assert {column["name"] for column in said["columns"]} == {"item", "quantity"}
    assert said["totals"] == []
    sheet = load_workbook(io.BytesIO(sign_in("admin").get(f"{address}{NOTE}&as=xlsx").data)).active
    assert sheet["A1"].value.startswith("Delivery note S-")


def test_a_print_is_of_its_kinds_alone(sign_in: Any, papers: dict[Any, int]) -> None:
    for address in (f"/trade/purchases/{papers[Purchase]}", f"/warehouse/receipts/{papers[Receipt]}"):
        assert NOTE not in sign_in("admin").get(address).text
        assert sign_in("admin").get(address + NOTE).status_code == 404
    assert sign_in("admin").get(f"/trade/sales/{papers[Sale]}?print=no.such").status_code == 404


def test_a_module_prints_the_documents_of_another_for_who_holds_its_right(
    house: Any, sign_in: Any, papers: dict[Any, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = house.company.installed["trade"].files["prints"].delivery_paper
    extra = Print("warehouse.slip", "Picking slip", ("trade.sale",), paper, needs="warehouse.receipt.view")
    warehouse = house.company.installed["warehouse"].files["prints"]
    monkeypatch.setattr(warehouse, "slip", extra, raising=False)
    address = f"/trade/sales/{papers[Sale]}"
    assert "Picking slip" in sign_in("maria").get(f"{address}?print=warehouse.slip").text
    monkeypatch.setattr(warehouse, "slip", replace(extra, needs="core.module.manage"))
    assert "Picking slip" not in sign_in("maria").get(address).text
    assert sign_in("maria").get(f"{address}?print=warehouse.slip").status_code == 404


def test_a_draft_has_no_other_print(ask: Any, papers: dict[Any, int], house: Any) -> None:
    note = next(p for p in house.company.installed["trade"].all_of("prints", Print) if p.name == "trade.delivery_note")

    def look(session: Any) -> list[bool]:
        sale = session.get(Sale, papers[Sale])
        fits = [note.fits(sale)]
        sale.state = "draft"
        return [*fits, note.fits(sale)]

    assert ask(None, look) == [True, False]
