"""Contacts from vCards: those that phones, mail programs and servers write, in all versions that are about."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.errors import Invalid
from app.importing import run_import
from app.security import SYSTEM
from modules.contacts.vcards import COLUMNS, read_cards

pytestmark = pytest.mark.one_engine  # how files are read: no engine decides

CARDS = """BEGIN:VCARD
VERSION:3.0
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
FN:Ann Example
N:Example;Ann;;;
ORG:Sample Ltd;Sales
TITLE:Buyer
item1.TEL;type=CELL:+49 171 1234567
TEL;TYPE=WORK,PREF:+49 30 901820
EMAIL:ann@example.com
ADR;TYPE=WORK:;;1 Long Road\\, back door;Berlin;;10115;Германия
BDAY:1980-03-05
NOTE:Likes lamps\\nand sha
 des
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
BEGIN:VCARD
VERSION:2.1
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9B=D0=B0=D0=BC=D0=
=BF=D0=B0
ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9B=D0=B0=D0=BC=D0=BF=D0=B0
TEL;WORK:+7 495 1234567
BDAY:--0305
END:VCARD
"""


def test_cards_become_contacts_and_what_has_no_field_is_noted(bring: Any, contacts: Any, tmp_path: Path) -> None:
    path = tmp_path / "Контакты.vcf"
    path.write_bytes(CARDS.replace("\n", "\r\n").encode())
    report = bring("contacts.contacts", path)
    assert (report.errors, report.rows_read, report.created) == ([], 2, {"contacts.contact": 2})
    ann = "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1"
    names, kinds = contacts("name"), contacts("kind")
    (firm,) = names.keys() - {ann}
    assert (names[ann], names[firm]) == ("Ann Example", "Лампа")
    assert (kinds[ann], kinds[firm]) == ("individual", "legal_entity")
    assert contacts("country")[ann] == "DE"
    assert contacts("address")[ann] == "1 Long Road, back door, Berlin, 10115"
    assert contacts("phone")[ann].replace(" ", "") == "+4930901820"
    assert contacts("birth_date")[ann] == date(1980, 3, 5)
    assert contacts("note")[ann].split("\n") == [
        "Likes lamps", "and shades", "Phone: +49 171 1234567", "Sample Ltd, Sales", "Buyer"
    ]  # fmt: skip
    assert contacts("note")[firm] == "Born: --0305"
    assert [s.reason for s in bring("contacts.contacts", path).skipped] == ["is so already"] * 2


def test_a_card_without_a_name_is_refused(bring: Any, contacts: Any, tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    path.write_text("BEGIN:VCARD\nVERSION:4.0\nEMAIL:a@example.com\nEND:VCARD\n")
    assert [(e.row, e.field) for e in bring("contacts.contacts", path).errors] == [(2, "code")]
    assert contacts("name") == {}


WHOLE = "BEGIN:VCARD\nVERSION:2.1\nUID:1\nFN:Bo\nEND:VCARD\n"


@pytest.mark.parametrize(
    ("text", "row", "left"),
    [
        (WHOLE + "BEGIN:VCARD\nUID:2\nFN:Ann\nTEL:+49 30 9018", 3, {"1": "Bo"}),
        (WHOLE + "BEGIN:VCARD\n", 3, {"1": "Bo"}),
        ("BEGIN:VCARD\nUID:2\nFN:Ann\n" + WHOLE, 2, {"1": "Bo"}),
        ("BEGIN:VCARD\nUID:2\nFN:Ann\nAGENT:\n" + WHOLE + "TEL:+49 30 901820\nEND:VCARD\n", 2, {"1": "Bo"}),
        ("BEGIN:VCARD\nUID:2\nFN:Ann\nAGENT:" + WHOLE + "TEL:+49 30 901820\nEND:VCARD\n", 2, {"1": "Bo"}),
    ],
)
def test_a_card_without_its_end_is_refused_and_never_left_out(
    bring: Any, contacts: Any, tmp_path: Path, text: str, row: int, left: dict[str, str]
) -> None:
    path = tmp_path / "cards.vcf"
    path.write_text(text)
    (error,) = bring("contacts.contacts", path).errors
    assert (error.row, error.field) == (row, "code")
    assert error.message == "the card has no end: the file is cut off, or another card lies within it"
    assert contacts("name") == {}
    assert len(bring("contacts.contacts", path, skip_errors=True).errors) == 1
    assert contacts("name") == left


@pytest.mark.parametrize(
    "begin", ["NOTE;ENCODING=QUOTED-PRINTABLE:", "NOTE;ENCODING=\n QUOTED-PRINTABLE:", "NOTE;QUOTED-PRINTABLE:"]
)
def test_a_long_note_in_quoted_printable_is_put_together(begin: str) -> None:
    piece, pieces = "=D0=9B=\n", 200_000  # to copy what there is for each piece took minutes
    text = f"BEGIN:VCARD\nFN:Ann\n{begin}{piece * pieces}!\nEND:VCARD\n"
    _header, row = read_cards(text)
    assert row[COLUMNS.index("note")] == "Л" * pieces + "!"


def test_items_are_not_made_of_cards(company: Any, items: Any, tmp_path: Path) -> None:
    path = tmp_path / "cards.vcf"
    path.write_text(CARDS, encoding="utf-8")
    with pytest.raises(Invalid, match=r"Files end in \.xlsx"):
        run_import(company, SYSTEM, "warehouse.items", [path])
    assert items() == {}
