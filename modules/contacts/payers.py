"""What banks say of a person: lines of statements by which they paid or were paid, found, given, and made to name nobody."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.persons import Found, Person
from app.api.security import PastPolicy
from modules.contacts.bank.statement import bare
from modules.contacts.bank_models import BankLine, BankOrderLine
from modules.contacts.models import BankAccount, Contact, TaxNumber

_ALL = PastPolicy("whoever may give or erase a person's data reaches all of it, whatever they see otherwise")
_LINES: Any = BankLine.__table__


def lines_of(session: Session, found: Found) -> list[dict[str, Any]]:
    """The lines of a contact's payments, and those that name an account or a tax number of theirs."""
    rows: dict[int, dict[str, Any]] = {}
    for wanted in _naming(found):
        for row in _ALL(session).execute(select(_LINES).where(wanted)):
            rows[row.id] = {key: value for key, value in row._mapping.items() if key != "fingerprint"}
    return [rows[number] for number in sorted(rows)]


def forget_payer(session: Session, person: Person, found: Found) -> None:
    """Let these lines, and what was ordered of banks, say nothing of the person; amounts, days and payments stay. A file
    that is imported again finds them known still, by a digest of what the bank said."""
    said = {"name": person.instead, "account": "", "bic": "", "tax_id": "", "purpose": "", "reference": ""}
    for some in pieces(row["id"] for row in lines_of(session, found)):
        _ALL(session).execute(update(_LINES).where(_LINES.c.id.in_(some)).values(said))
    orders: Any = BankOrderLine.__table__
    nobody = {
        **dict.fromkeys(("account", "bank", "bic", "correspondent", "purpose", "reason"), ""),
        "name": person.instead,
    }
    _ALL(session).execute(update(orders).where(orders.c.contact_id.in_(person.ids)).values(nobody))


def _naming(found: Found) -> Iterable[Any]:
    for some in pieces(sorted(found.documents)):
        yield _LINES.c.payment_id.in_(some)
    accounts = set(_said(found, BankAccount, "number", "bank_account"))
    numbers = set(_said(found, TaxNumber, "number", "tax_id"))
    yield or_(_LINES.c.account.in_(accounts | set(map(bare, accounts))), _LINES.c.tax_id.in_(numbers))


def _said(found: Found, model: Any, name: str, own: str) -> Iterable[str]:
    """What the person's details of a sort say, and the contact itself."""
    rows = ((model.__tablename__, name), (Contact.__tablename__, own))
    return (row[key] for table, key in rows for row in found.rows.get(table, ()) if row.get(key))
