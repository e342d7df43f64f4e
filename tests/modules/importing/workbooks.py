"""Workbooks for tests, written so that a reader has to look closely."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:automatic-styles>'
    '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>'
    "</office:automatic-styles><office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def xlsx(path: Path, rows: list[list[Any]], change: Callable[[Any], None] = lambda sheet: None) -> Path:
    """A workbook of these rows, as `change` leaves its sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(path)
    return path


def altered(path: Path, *changes: tuple[str, str]) -> Path:
    """The same workbook with other text in its first sheet: what another program would have written."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for before, after in changes:
        assert before in sheet, before
        sheet = sheet.replace(before, after)
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def ods(path: Path, *tables: str) -> Path:
    """An OpenDocument spreadsheet of these tables, as XML."""
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", _ODS.format("".join(tables)))
    return path


def table(*rows: str, name: str = "A", style: str = "") -> str:
    """A table of OpenDocument; a row that isn't XML yet is texts between bars."""
    whole = "".join(row if row.startswith("<") else ods_row(*row.split("|")) for row in rows)
    styled = f' table:style-name="{style}"' if style else ""
    return f'<table:table table:name="{name}"{styled}>{whole}</table:table>'


def ods_row(*cells: str, attributes: str = "") -> str:
    """A row of OpenDocument; a cell that isn't XML yet is a text."""
    return f"<table:table-row{attributes}>" + "".join(map(_cell, cells)) + "</table:table-row>"


def _cell(cell: str) -> str:
    if cell.startswith("<"):
        return cell
    if not cell:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
