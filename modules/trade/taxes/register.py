"""What is owed of taxes, and what is deducted: by what is posted, proved from the documents' lines."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, Connection, cast, func, insert, select, type_coerce
from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.ledger import Posting, Register, Totals, code, exact, number
from app.api.reference import Organisation, base_currency
from app.api.security import PastPolicy
from app.api.texts import lazy_gettext as _l
from app.api.values import ExchangeRate, Money, Percent, digits_of, from_units, to_units
from modules.trade.models import TradeDocument, TradeLine
from modules.trade.taxes.entering import Taxed, TaxEntry, tax_entries, taxed_alike

_BOOKS = PastPolicy("a proof of the books counts every entry")
#: so many documents, by their numbers, are looked at together
_SPAN = 20_000
#: so many disagreements are reported
_REPORTED = 20


class Taxes(Register):
    """Tax on sales and purchases less returns, in the organisation's own currency, at the document's rate."""

    name = "trade.taxes"
    title = _l("Taxes")
    needs = "trade.tax.view"
    #: output: on what is sold, and owed; input: on what is bought, and deducted
    direction = code(6)
    #: a key of `categories.WORDS`
    category = code(2)
    #: per cent, in units of `Percent`
    rate = number()
    base = exact(Money)
    tax = exact(Money)

    by_rate = Totals(by=("direction", "category", "rate"))

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """Each posted document has entered just what its lines say."""
        connection, wrong = _BOOKS(session), 0
        for span in _spans(connection):
            said = {d: (sign, entries) for d, _, sign, entries in _said_by_lines(connection, span)}
            entered = _entered(connection, span)
            for document in sorted(said.keys() | entered.keys()):
                sign, entries = said.get(document, (1, ()))
                if _sums(sign, entries) != entered.get(document, {}) and (wrong := wrong + 1) <= _REPORTED:
                    yield f"trade.taxes: document {document} has entered otherwise than its lines say"

    @classmethod
    def enter_past(cls, connection: Connection) -> None:
        """Enter what was posted before there was the register, at the documents' own moments; what is there stays."""
        for span in _spans(connection):
            there = _entered(connection, span)
            rows = [
                {
                    "organisation_id": organisation_id,
                    "document_id": document,
                    "line": entry.line,
                    "moment": moment,
                    "side": sign,
                    "direction": entry.direction,
                    "category": entry.category,
                    "rate_id": to_units(entry.rate, Percent.scale),
                    "base": sign * entry.base,
                    "tax": sign * entry.tax,
                }
                for document, (organisation_id, moment), sign, entries in _said_by_lines(connection, span)
                if document not in there
                for entry in entries
            ]
            if rows:
                connection.execute(insert(cls.entries), rows)


def enter_taxes(posting: Posting, documents: Sequence[TradeDocument]) -> None:
    """Add what documents that are posted say of taxes; returns lessen it."""
    digits = digits_of(base_currency(posting.session))
    for d in documents:
        lines = [Taxed(x.line, x.tax_category, x.tax_rate, x.reverse_rate, x.net, x.tax) for x in d.lines]
        in_base = partial(d.rate.in_base, digits=digits)
        sign = -1 if d.clears_up else 1
        for entry in tax_entries(taxed_alike(lines), is_sale=not d.is_bought, in_base=in_base, digits=digits):
            posting.add(
                Taxes,
                d,
                entry.line,
                side=sign,
                direction=entry.direction,
                category=entry.category,
                rate=to_units(entry.rate, Percent.scale),
                base=sign * entry.base,
                tax=sign * entry.tax,
            )


def _spans(connection: Connection) -> Iterator[tuple[int, int]]:
    last = connection.scalar(select(func.max(TradeDocument.__table__.c.id))) or 0
    return ((start, start + _SPAN) for start in range(0, last + 1, _SPAN))


def _said_by_lines(
    connection: Connection, span: tuple[int, int]
) -> Iterator[tuple[int, tuple[int, Any], int, list[TaxEntry]]]:
    """Of each posted document: its number, whose and when it is, 1 or of a return -1, and what it should have entered."""
    mappers = TradeDocument.__mapper__.self_and_descendants
    kinds: dict[str, Any] = {str(m.polymorphic_identity): m.class_ for m in mappers if getattr(m.class_, "debt", 0)}
    line, traded, document = TradeLine.__table__.c, TradeDocument.__table__.c, Document.__table__.c
    alike = (line.tax_category, line.tax_rate, line.reverse_rate)
    of_document = (
        *(document.id, document.kind, document.organisation_id, document.moment, Organisation.__table__.c.currency),
        *(traded.rate, traded.rate_scale, traded.rate_is_inverse),
    )
    query = (
        select(*of_document, func.min(line.line), *alike, _summed(line.net), _summed(line.tax))
        .join_from(TradeLine.__table__, TradeDocument.__table__, traded.id == line.document_id)
        .join(Document.__table__, document.id == traded.id)
        .join(Organisation.__table__, Organisation.__table__.c.id == document.organisation_id)
        .where(document.state == "posted", document.kind.in_(kinds))
        .where(document.id >= span[0], document.id < span[1])
        .group_by(*of_document, *alike)
    )
    found: dict[Any, list[Taxed]] = defaultdict(list)
    for row in connection.execute(query):
        sums = (from_units(int(units), Money.scale) for units in row[-2:])
        found[tuple(row[: len(of_document)])].append(Taxed(*row[len(of_document) : -2], *sums))
    for (document_id, kind, organisation_id, moment, currency, *rate), taxed in found.items():
        digits, model = digits_of(currency), kinds[kind]
        in_base = partial(ExchangeRate.kept(*rate).in_base, digits=digits)
        entries = tax_entries(taxed, is_sale=not model.is_bought, in_base=in_base, digits=digits)
        yield document_id, (organisation_id, moment), -1 if model.clears_up else 1, entries


_Sums = dict[tuple[str, str, int], tuple[int, int]]


def _entered(connection: Connection, span: tuple[int, int]) -> dict[int, _Sums]:
    """What each document has entered, in units; what was reversed sums to nothing and is left out."""
    e = Taxes.entries.c
    keys = (e.document_id, e.direction, e.category, e.rate_id)
    query = (
        select(*keys, _summed(e.base), _summed(e.tax))
        .where(e.document_id >= span[0], e.document_id < span[1])
        .group_by(*keys)
    )
    found: dict[int, _Sums] = defaultdict(dict)
    for document, direction, category, rate, base, tax in connection.execute(query):
        if base or tax:
            found[document][direction, category, rate] = int(base), int(tax)
    return found


def _sums(sign: int, entries: Sequence[TaxEntry]) -> _Sums:
    sums: _Sums = {}
    for x in entries:
        key = (x.direction, x.category, to_units(x.rate, Percent.scale))
        base, tax = sums.get(key, (0, 0))
        own = (sign * to_units(each, Money.scale) for each in (x.base, x.tax))
        sums[key] = base + next(own), tax + next(own)
    return {key: both for key, both in sums.items() if any(both)}


def _summed(column: Any) -> Any:
    return cast(func.sum(type_coerce(column, BigInteger)), BigInteger)


def percent_of(units: int) -> Decimal:
    """The rate of a key of the register."""
    return from_units(units, Percent.scale)
