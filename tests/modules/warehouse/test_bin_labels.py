"""Labels of bins: which are printed, in the order of the walk, on sheets and rolls."""

import io
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from app.errors import Invalid, NotFound
from app.security import SYSTEM
from modules.warehouse.bins.labels import bin_labels_pdf
from modules.warehouse.bins.operations import create_bins
from modules.warehouse.warehouses import create_place

pytestmark = pytest.mark.one_engine


@pytest.fixture(scope="module")
def hall(house: Any) -> int:
    """A warehouse with twelve bins of zone H and one of K, which is walked by first."""

    def work(session: Any) -> int:
        place = create_place(session, SYSTEM, code=f"{uuid4()}"[:8], name="Labelled hall").id
        create_bins(session, SYSTEM, place_id=place, codes="H-01..H-12", zone="H")
        create_bins(session, SYSTEM, place_id=place, codes="K-1", zone="K", position=1)
        return place

    made: int = house.company.database.run(work, actor=SYSTEM)
    return made


def pages(house: Any, **said: Any) -> list[str]:
    def work(session: Any) -> bytes:
        return bin_labels_pdf(session, SYSTEM, **said)

    with house.test_request_context():
        pdf = house.company.database.run(work, actor=SYSTEM, write=False)
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_sheet_has_them_in_the_order_of_the_walk_and_a_roll_one_on_each_page(house: Any, hall: int) -> None:
    (sheet,) = pages(house, place_id=hall, size="3x8")
    assert [word for word in sheet.split() if "-" in word] == ["K-1", *(f"H-{n:02}" for n in range(1, 13))]
    assert len(pages(house, place_id=hall, size="2x4")) == 2
    assert len(pages(house, place_id=hall, zone="H", size="58x40")) == 12


@pytest.mark.parametrize("said", [{"zone": "Z"}, {"size": "9x9"}])
def test_what_can_not_be_printed_is_refused(house: Any, hall: int, said: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        pages(house, place_id=hall, **said)
    with pytest.raises(NotFound):
        pages(house, place_id=10**6)


def test_they_are_printed_from_the_list(hall: int, sign_in: Any) -> None:
    steve, address = sign_in("steve"), "/warehouse/bins/labels"
    assert f'href="{address}"' in steve.get("/warehouse/bins").text
    shown = steve.get(address).text
    assert "PDF</button>" in shown
    assert "Save</button>" not in shown
    token = shown.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "place_id": str(hall), "zone": "", "size": "3x8"}
    answer = steve.post(address, data=form)
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    assert "There is no open bin of this kind." in steve.post(address, data={**form, "zone": "Z"}).text
    assert sign_in("sofia").get(address).status_code == 403


def test_what_is_not_put_away_stands_so_in_the_file_too(house: Any, hall: int, sign_in: Any) -> None:
    sheet = load_workbook(io.BytesIO(sign_in("steve").get("/warehouse/bins/stock?as=xlsx").data)).active
    assert "not put away" in {row[0] for row in sheet.iter_rows(values_only=True)}
