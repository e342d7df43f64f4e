"""The reconciliation act: what we booked with a contact in a period and one currency, beside what the contact says."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.errors import Conflict, NotFound
from app.api.ledger import Statement
from app.api.prints import Printing, amount_in_words, letterhead, pdf_of, value_text
from app.api.reference import organisation
from app.api.security import MASKED
from app.api.texts import day, language
from app.api.texts import lazy_gettext as _l
from app.api.values import digits_of
from modules.contacts.contracts import titles_of
from modules.contacts.matching import (
    DIFFERS,
    NEAR,
    OURS_ALONE,
    SAME,
    SUM,
    THEIRS_ALONE,
    Entry,
    Match,
    as_we_book,
    matched,
)
from modules.contacts.models import Contact
from modules.contacts.queries import statement_of
from modules.contacts.statement_pdf import FOLDER
from modules.contacts.workbook import title_of_line

#: what became of lines → words; "%(n)s" is by how much they differ
WORDS = {
    SAME: _l("the same"),
    NEAR: _l("the same amount, another number"),
    DIFFERS: _l("the amounts differ"),
    SUM: _l("several lines come to one"),
    OURS_ALONE: _l("only in our books"),
    THEIRS_ALONE: _l("only in theirs"),
}


@dataclass(frozen=True)
class Act:
    """The act of one currency. Amounts are signed: above zero the contact owes more."""

    contact: Contact
    since: date
    until: date
    currency: str
    opening: Decimal
    closing: Decimal
    ours: Sequence[Entry]
    #: what the contact sent, with our signs; empty: nothing, and their half is theirs to fill in
    theirs: Sequence[Entry] = ()
    matches: Sequence[Match] = field(default_factory=list)
    #: the contract that it is of alone, as it is called
    contract: str = ""

    @property
    def rows(self) -> list[tuple[list[Entry], list[Entry], Match | None]]:
        """The lines side by side."""
        if not self.theirs:
            return [([entry], [], None) for entry in self.ours]
        return [([self.ours[i] for i in m.ours], [self.theirs[j] for j in m.theirs], m) for m in self.matches]

    @property
    def difference(self) -> Decimal:
        """What our lines come to less what theirs do."""
        return sum((e.amount for e in self.ours), Decimal(0)) - sum((e.amount for e in self.theirs), Decimal(0))


def act_of(
    session: Session,
    contact: Contact,
    since: date,
    until: date,
    currency: str,
    theirs: Sequence[Entry] = (),
    *,
    contract: int | None = None,
) -> Act:
    """The act, in the reader's language. `theirs`: what the contact sent, as they sign it. `contract`: of what is under one
    alone, or with 0 under none.

    Refused: a currency in which nothing ever moved (NotFound); lines that are closed to whoever asks (Conflict), as the act
    would be wrong without them; what `statement_of` refuses.
    """
    asked: dict[str, Any] = {"without_reversed": True, "contract": contract}
    found: Statement | None = statement_of(session, contact.id, since, until, **asked).get(currency)
    if found is None:
        raise NotFound
    if any(line.amounts["amount"] is MASKED for line in found.lines) or MASKED in (
        found.opening["amount"],
        found.closing["amount"],
    ):
        raise Conflict(_l("Some documents with this contact are closed to you, so you can't make the act."))
    ours = [
        Entry(line.moment.date(), f"{title_of_line(line)} {line.number}".strip(), line.amounts["amount"])
        for line in found.lines
    ]
    same = as_we_book(ours, theirs)
    act = (contact, since, until, currency, found.opening["amount"], found.closing["amount"], ours)
    under = "" if contract is None else titles_of(session, {contract}).get(contract, str(_l("without a contract")))
    return Act(*act, same, matched(ours, same) if same else [], under)


def explained(match: Match, ours: Sequence[Entry], theirs: Sequence[Entry], currency: str) -> str:
    """What became of the lines of a row, in words, with the difference where there is one."""
    words = str(WORDS[match.kind])
    gap = sum((e.amount for e in ours), Decimal(0)) - sum((e.amount for e in theirs), Decimal(0))
    return f"{words}: {value_text(gap, 'money', currency)}" if gap else words


def act_pdf(session: Session, act: Act) -> bytes:
    """The act as a sheet for both to sign, in the reader's language."""
    company, currency = organisation(session), act.currency

    def text(amount: Decimal) -> str:
        return value_text(amount, "money", currency)

    def half(entries: Sequence[Entry], sign: int) -> list[str]:
        amounts = [sign * e.amount for e in entries]
        columns = (
            [day(e.day) for e in entries],
            [e.document for e in entries],
            [text(amount) if amount > 0 else "" for amount in amounts],
            [text(-amount) if amount < 0 else "" for amount in amounts],
        )
        return ["\n".join(column) for column in columns]

    owner, other = (act.contact.name, company.name) if act.closing > 0 else (company.name, act.contact.name)
    said = {"day": day(act.until), "owner": owner, "other": other, "amount": f"{text(abs(act.closing))} {currency}"}
    closing = _l("On %(day)s nobody owes anything.", day=said["day"])
    if act.closing:
        words = amount_in_words(abs(act.closing), currency, language())
        closing = _l("On %(day)s %(owner)s owes %(other)s %(amount)s (%(in_words)s).", in_words=words, **said)
    titles = (_l("Date"), _l("Document"), _l("Debit"), _l("Credit"))
    rows = act.rows
    data = {
        **letterhead(session),
        "title": str(_l("Reconciliation act")),
        "intro": str(
            _l(
                "of dealings between %(us)s and %(them)s from %(since)s to %(until)s, in %(currency)s",
                us=company.name,
                them=act.contact.name,
                since=day(act.since),
                until=day(act.until),
                currency=currency,
            )
        ),
        "contract": act.contract and str(_l("Contract: %(contract)s", contract=act.contract)),
        "halves": [company.name, act.contact.name],
        "titles": [str(title) for title in titles],
        "opening": _balance(_l("Opening balance"), act.opening, currency),
        "rows": [half(ours, 1) + half(theirs, -1) for ours, theirs, _match in rows],
        "closing_row": _balance(_l("Closing balance"), act.closing, currency),
        "closing": str(closing),
        "differences_title": str(_l("Differences")),
        "differences": [
            [_named(ours), _named(theirs), explained(match, ours, theirs, currency)]
            for ours, theirs, match in rows
            if match is not None and match.kind not in (SAME, NEAR, SUM)
        ],
        "signatures": [[company.name, ""], [act.contact.name, ""]],
    }
    return pdf_of(Printing(FOLDER / "act.typ", data, len(act.ours) + len(act.theirs)))


def _balance(title: object, amount: Decimal, currency: str) -> list[str]:
    text = value_text(abs(amount), "money", currency)
    return [str(title), text if amount > 0 else "", text if amount < 0 else ""]


def _named(entries: Sequence[Entry]) -> str:
    return "; ".join(f"{day(e.day)} {e.document}" for e in entries)


def act_workbook(session: Session, act: Act) -> io.BytesIO:
    """The act as an XLSX file, with numbers as numbers."""
    import xlsxwriter  # most servers are asked for a page first

    buffer, digits = io.BytesIO(), digits_of(act.currency)
    book = xlsxwriter.Workbook(buffer)
    bold, dates = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0" + ("." + "0" * digits if digits else "")})
    sheet = book.add_worksheet(act.currency)
    for column, width in ((0, 12), (1, 30), (2, 14), (3, 14), (4, 12), (5, 30), (6, 14), (7, 14), (8, 40)):
        sheet.set_column(column, column, width)
    company = organisation(session).name
    title = str(_l("Reconciliation act"))
    sheet.write_string(0, 0, f"{title}: {company} – {act.contact.name}, {act.since} – {act.until}", bold)
    if act.contract:
        sheet.write_string(1, 0, str(_l("Contract: %(contract)s", contract=act.contract)))
    sheet.write_string(2, 0, company, bold)
    sheet.write_string(2, 4, act.contact.name, bold)
    titles = [str(title) for title in (_l("Date"), _l("Document"), _l("Debit"), _l("Credit"))]
    sheet.write_row(3, 0, [*titles, *titles, str(_l("Remark"))], bold)
    row = 4
    _write_balance(sheet, row, str(_l("Opening balance")), act.opening, money)
    for ours, theirs, match in act.rows:
        for k in range(max(len(ours), len(theirs))):
            row += 1
            _write_half(sheet, row, 0, ours[k : k + 1], 1, dates, money)
            _write_half(sheet, row, 4, theirs[k : k + 1], -1, dates, money)
            if k == 0 and match is not None:
                sheet.write_string(row, 8, explained(match, ours, theirs, act.currency))
    _write_balance(sheet, row + 1, str(_l("Closing balance")), act.closing, money)
    book.close()
    buffer.seek(0)
    return buffer


def _write_half(sheet: Any, row: int, at: int, entries: Sequence[Entry], sign: int, dates: Any, money: Any) -> None:
    for entry in entries:
        amount = sign * entry.amount
        sheet.write_datetime(row, at, entry.day, dates)
        sheet.write_string(row, at + 1, entry.document)
        sheet.write_number(row, at + (2 if amount > 0 else 3), float(abs(amount)), money)


def _write_balance(sheet: Any, row: int, title: str, amount: Decimal, money: Any) -> None:
    sheet.write_string(row, 1, title)
    sheet.write_number(row, 2 if amount > 0 else 3, float(abs(amount)), money)
