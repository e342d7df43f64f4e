"""Many documents as one PDF: those of a list, in its order, as far as they are open to whoever asks."""

from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from app.errors import Invalid
from app.jobs import Job
from app.security import SYSTEM, User
from app.web.kit.documents.many import MOST, print_many, printed_file
from modules.trade.models import Sale
from tests.modules.printing.test_pdf import text_of

pytestmark = pytest.mark.one_engine  # what stands on paper: no engine decides


def of_job(house: Any) -> Any:
    """The newest job, when it has run."""
    house.extensions["kontor.jobs"].run_waiting()
    newest = select(Job.id, Job.state, Job.result, Job.message).order_by(Job.id.desc())
    return house.company.database.run(lambda s: s.execute(newest).first(), actor=SYSTEM, write=False)


def test_a_list_becomes_one_pdf_for_whoever_asked_for_it(house: Any, sign_in: Any) -> None:
    rows = select(Sale.id, Sale.number).where(Sale.state == "posted").order_by(Sale.moment.desc(), Sale.id.desc())
    newest = house.company.database.run(lambda s: s.execute(rows.limit(3)).all(), actor=SYSTEM, write=False)
    maria = sign_in("maria")
    assert 'href="/print/trade.sale?q=S-0000"' in maria.get("/trade/sales?q=S-0000").text.replace("&amp;", "&")
    page = maria.get(f"/print/trade.sale?q={newest[1].number}").text
    assert (page.count(' name="id"'), newest[1].number in page) == (1, True)
    assert '<option value="trade.invoice_form">' in page
    asked = {"id": [str(row.id) for row in newest], "sheet": "trade.invoice_form", "language": "vi"}
    answer = maria.post("/print/trade.sale", data=asked)
    job = of_job(house)
    assert (job.state, job.result, answer.location) == ("done", {"printed": 3, "left_out": []}, f"/jobs/{job.id}")
    assert "3 documents are in the PDF" in maria.get(f"/jobs/{job.id}").text
    pdf = maria.get(f"/jobs/{job.id}/pdf").data
    assert len(pypdfium2.PdfDocument(pdf)) == 3
    said = text_of(pdf)
    places = [said.index(f"Hóa đơn {row.number}") for row in newest]
    assert places == sorted(places)
    assert sign_in("admin").get(f"/jobs/{job.id}/pdf").status_code == 404, "the file is of who asked"
    assert printed_file(house.company.config.data_dir, job.id).stat().st_mode & 0o077 == 0


def test_nobody_prints_what_is_not_open_to_them(house: Any, sign_in: Any) -> None:
    def whose(session: Any) -> dict[bool, int]:
        sofia = session.scalars(select(User.id).where(User.login == "sofia")).one()
        rows = session.execute(select(Sale.id, Sale.responsible_id, Sale.owner_id).where(Sale.state == "posted"))
        return {sofia in (row.responsible_id, row.owner_id): row.id for row in rows}

    ids = house.company.database.run(whose, actor=SYSTEM, write=False)
    sofia = sign_in("sofia")
    assert f'value="{ids[False]}"' not in sofia.get("/print/trade.sale").text
    assert sofia.post("/print/trade.sale", data={"id": [str(ids[True]), str(ids[False])], "language": "en"}).location
    assert of_job(house).result == {"printed": 1, "left_out": [f"{ids[False]}: –"]}
    assert sofia.get("/print/trade.purchase").status_code == 403
    assert sofia.get("/print/no.such").status_code == 404
    assert sofia.post("/print/trade.sale", data={"language": "en"}).status_code == 422


def test_more_than_a_pdf_takes_is_refused(refused: Any) -> None:
    refused(lambda s: print_many(s, SYSTEM, "trade.sale", range(MOST + 1)), Invalid)
    refused(lambda s: print_many(s, SYSTEM, "trade.sale", [1], language="xx"), Invalid)
