"""How the cells of a list look. Made here and not by a template's macro: a page has hundreds, and its words are few."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app import formats
from app.documents import states_of
from app.web.edge.request import is_open
from app.web.kit.phones import phone_links
from app.web.kit.tables import NUMERIC, Column, Link

Cell = Callable[[Any], str]


def rows_of(columns: Sequence[Column], rows: Iterable[Any], currency: str) -> Markup:
    """The list's <tr>s; `currency` is that of money columns which name none."""
    cells = [(_opening(column), _pictured(column, _linked(column, cell_of(column, currency)))) for column in columns]
    parts = []
    for row in rows:
        parts.append("<tr>")
        for opening, cell in cells:
            parts += (opening, cell(row), "</td>")
        parts.append("</tr>\n")
    return Markup("".join(parts))  # noqa: S704 - every cell has escaped what it holds


def cell_of(column: Column, currency: str) -> Cell:
    """What writes a column's cells, each escaped: its words are looked up once, not once a row."""
    name, write = column.name, formats.current()
    if (of_row := column.row_words) is not None:
        return lambda row: escape(of_row(row))
    if column.kind == "money":
        code, absent = column.currency, escape(str(column.absent))
        if code is None:
            return lambda row: write.money(getattr(row, name), currency) or absent
        return lambda row: write.money(getattr(row, name), getattr(row, code)) or absent
    if column.kind == "price":
        return lambda row: write.price(getattr(row, name))
    if column.kind == "rate":
        of = column.currency or ""
        return lambda row: escape(write.exchange_rate(getattr(row, name), getattr(row, of), currency))
    if column.bar:
        return lambda row: write.number(value := getattr(row, name), 1) + _bar(value)
    if column.kind == "quantity":
        digits = column.digits
        return lambda row: write.number(getattr(row, name), digits)
    if column.kind in ("date", "moment") and column.words is None:
        form = write.day if column.kind == "date" else write.moment
        return lambda row: escape(form(getattr(row, name)))
    if column.kind == "state":
        return _state(column)
    if column.kind == "phone":
        return lambda row: escape(phone_links(getattr(row, name)))
    if column.kind == "flag":
        check, no = _check(), escape(_("no")) if column.nullable else ""
        return lambda row: check if (value := getattr(row, name)) else "" if value is None else no
    if (say := column.words) is not None:
        said = cache(lambda value: escape(say(value)))
        return lambda row: said(value) if (value := getattr(row, name)) is not None else ""
    words = {value: escape(str(title)) for value, title in column.choices.items()}
    return lambda row: words.get(value) or escape(value) if (value := getattr(row, name)) is not None else ""


def _state(column: Column) -> Cell:
    marks: dict[Any, Markup] = {}

    def write(row: Any) -> str:
        value, kind = getattr(row, column.name), "" if column.choices else getattr(row, "kind", "")
        if (value, kind) not in marks:
            words = column.choices or states_of(kind)
            marks[value, kind] = Markup('<span class="state state-{}">{}</span>').format(value, words.get(value, value))
        return marks[value, kind]

    return write


def _bar(share: Any) -> Markup:
    """A bar as long as a share in per cent; the number beside it says the same."""
    width = min(max(share or 0, 0), 100)
    return Markup('<svg class="share" aria-hidden="true"><rect width="{:.1f}%" height="100%"/></svg>').format(width)


def _check() -> Markup:
    icons = url_for("static", filename="vendor/icons.svg")
    icon = Markup('<svg class="icon" aria-hidden="true"><use href="{}#check"/></svg>').format(icons)
    return icon + Markup('<span class="visually-hidden">{}</span>').format(_("yes"))


def _linked(column: Column, cell: Cell) -> Cell:
    link = column.link
    if link is None or (isinstance(link, Link) and not is_open(link.endpoint)):
        return cell

    absent = escape(str(column.absent))

    def write(row: Any) -> str:
        address, text = link(row), cell(row) or absent
        return f'<a href="{escape(address)}">{text}</a>' if address else text

    return write


def _pictured(column: Column, cell: Cell) -> Cell:
    if (picture := column.picture) is None:
        return cell

    def write(row: Any) -> str:
        address, text = picture(row), cell(row)
        if not address:
            return text
        return f'<img class="thumb" src="{escape(address)}" alt="" width="32" height="32" loading="lazy">{text}'

    return write


#: what people read as one word, so that no line breaks in the middle of it
_CODES = ("code", "item_code", "lot")


def _opening(column: Column) -> str:
    look = "num " if column.kind in NUMERIC else ""
    look += "headline " if column.headline else ""
    look += "kind-number " if column.name in _CODES else ""
    return f'<td data-label="{escape(str(column.title))}" class="{look}kind-{column.kind}">'
