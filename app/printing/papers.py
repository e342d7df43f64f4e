"""The paper of a document of any kind as a PDF: facts, lines, totals."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from app.documents.paper import Fact, Paper, PaperColumn
from app.formats import day, moment, money, number, price
from app.printing.compiling import TEMPLATES, Printing, pdf_of
from app.printing.forms import letterhead
from app.reference.units import unit_word
from app.translation import lazy_gettext as _l


def paper_pdf(session: Session, title: str, paper: Paper, *, state: str = "") -> bytes:
    """The paper in the reader's language. `state`: what the document is, such as a draft, where that is to be said.

    Refused: as by `pdf_of`.
    """
    return pdf_of(paper_printing(session, title, paper, state=state))


def paper_printing(session: Session, title: str, paper: Paper, *, state: str = "") -> Printing:
    """What the paper is made of."""
    columns = paper.columns
    data = {
        **letterhead(session),
        "title": title,
        "state": state,
        "facts": _facts(paper.facts, paper.currency),
        "columns": [{"title": str(c.title), "is_text": c.kind == "text"} for c in columns],
        "lines": [
            [_quantity(x) if c.name == "quantity" else _text(x, c, paper.currency) for c in columns]
            for x in paper.lines
        ],
        "totals": [
            {
                "title": f"{t.title}, {paper.currency}" if t.is_grand or t.kind == "price" else str(t.title),
                "value": value_text(t.value, t.kind, paper.currency),
                "is_grand": t.is_grand,
            }
            for t in paper.totals
        ],
        "attached": _attached(paper),
    }
    return Printing(TEMPLATES / "paper.typ", data, len(paper.lines))


def _quantity(line: dict[str, Any]) -> str:
    """What there is of a line, with its unit; first as it was typed, where that was in a packing."""
    text = value_text(line.get("quantity"), "quantity", unit=line.get("unit", ""))
    text = f"{line['packed']} ({text})" if line.get("packed") else text
    return f"{text} · {line['second']}" if line.get("second") else text


def _text(line: dict[str, Any], column: PaperColumn, currency: str) -> str:
    """What stands in a column, with the unit of which a price is where that isn't the quantity's."""
    text = value_text(line.get(column.name), column.kind, currency)
    return f"{text} / {line['per']}" if text and column.name == "price" and line.get("per") else text


def value_text(value: Any, kind: str, currency: str = "", unit: str = "") -> str:
    """A value of a paper as it is read, by what kind of value it is (`Fact.kind`); nothing for None."""
    if value is None:
        return ""
    if kind == "money":
        return money(value, currency)
    if kind == "price":
        return price(value)
    if kind in ("quantity", "rate"):
        return f"{number(value)} {unit_word(unit)}" if unit else number(value)
    if kind in ("date", "moment"):
        return day(value) if kind == "date" else moment(value)
    if kind == "flag":
        return str(_l("yes") if value else _l("no"))
    return str(value)


def _facts(facts: Iterable[Fact], currency: str) -> list[list[str]]:
    said = ([str(f.title), value_text(f.value, f.kind, currency, f.unit)] for f in facts)
    return [[title, text] for title, text in said if text]


def _attached(paper: Paper) -> dict[str, Any] | None:
    if paper.attached is None or not paper.attached[1]:
        return None
    return {"title": str(paper.attached[0]), "facts": _facts(paper.attached[1], paper.currency)}
