"""Workbooks made to break whoever reads them: the reader breaks, the import says so, and the program goes on."""

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from app.errors import Conflict, Invalid
from app.importing import Progress, run_import
from app.security import SYSTEM

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override'
    ' PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMMAND = "import sys; from app.cli import main; sys.argv[0] = 'kontor'; main()"


def workbook(path: Path, rows: Iterable[str]) -> Path:
    """A workbook whose one sheet has these rows, as pieces of XML."""
    to_book = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    to_sheet = f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", _TYPES)
        book.writestr("_rels/.rels", _RELS.format(to_book))
        book.writestr("xl/_rels/workbook.xml.rels", _RELS.format(to_sheet))
        sheets = f'<sheets><sheet name="A" sheetId="1" r:id="r1" xmlns:r="{_OFFICE}"/></sheets>'
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{_SHEET}">{sheets}</workbook>')
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_SHEET}"><sheetData>'.encode())
            for piece in rows:
                sheet.write(piece.encode())
            sheet.write(b"</sheetData></worksheet>")
    return path


FAR = ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',)
#: A piece again and again: nobody but the reader need ever hold the whole.
HUGE = ('<row r="1"><c r="A1" t="inlineStr"><is><t>', *["x" * 1_000_000] * 400, "</t></is></c></row>")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # no row of it comes as far as a database
@pytest.mark.parametrize("rows", [FAR, HUGE], ids=["a cell far away", "a cell of 400 MB"])
def test_a_bomb_ends_its_reader_and_not_the_program(company: Any, tmp_path: Path, rows: Iterable[str]) -> None:
    path = workbook(tmp_path / "bomb.xlsx", rows)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Invalid, match=r"bomb\.xlsx"):
        run_import(company, SYSTEM, "contacts.contacts", [path])


def test_a_file_refused_whole_is_reported_in_json_too(config: Any, database_url: str, tmp_path: Path) -> None:
    path = workbook(tmp_path / "bomb.xlsx", FAR)
    environment = {**os.environ, "KONTOR_DATABASE_URL": database_url, "KONTOR_DATA_DIR": str(config.data_dir)}
    command = [sys.executable, "-c", _COMMAND, "import", "contacts.contacts", str(path), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert (report["rows_read"], [e["row"] for e in report["errors"]]) == (0, [0])
    assert "bomb.xlsx" in report["errors"][0]["message"]


def test_of_two_imports_at_once_the_second_is_refused_and_makes_nothing(company: Any, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    path.write_text(header + "".join(f"\n{n},10002,TOY,1,2010-12-01 08:26,1,17850,EIRE" for n in range(300)))
    refusals: list[Exception] = []

    def second() -> None:
        try:
            run_import(company, SYSTEM, "trade.sales", [path], "online_retail")
        except Conflict as error:
            refusals.append(error)

    def meanwhile(progress: Progress) -> None:
        if progress.stage == "posting" and not refusals:
            other = threading.Thread(target=second)
            other.start()
            other.join()

    report = run_import(company, SYSTEM, "trade.sales", [path], "online_retail", on_progress=meanwhile)
    assert len(refusals) == 1
    assert report.created["warehouse.opening"] == 1
    again = run_import(company, SYSTEM, "trade.sales", [path], "online_retail")  # and it is let go of
    assert not again.created
