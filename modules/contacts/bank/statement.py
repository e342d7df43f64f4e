"""What a bank's statement says, whatever its file is, and whether its figures add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from app.api.values import MOST_OF_A_DOCUMENT, Money

#: So many letters of a counterparty's name, an account or a reference are kept; of a purpose.
NAME, SHORT, PURPOSE = 300, 60, 2000


class BadFile(Invalid):
    """Why a bank's file is refused: where (a line of the file from 1, or 0; the tag or element there), and what to do."""

    def __init__(self, message: object, *, line: int = 0, tag: str = "") -> None:
        super().__init__(message, field=tag or None)
        self.line, self.tag = line, tag


@dataclass(frozen=True, slots=True)
class Party:
    """Who is on the other side of a line, as far as the bank says."""

    name: str = ""
    #: an IBAN or another number, without blanks
    account: str = ""
    #: the bank's BIC, or its national number
    bic: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A movement on an account. Several lines have one `entry` where the bank booked a batch in one sum and says its parts."""

    #: when it was booked
    day: date
    #: above zero: money came in; of the statement's currency
    amount: Decimal
    #: when it bears interest from
    value_day: date | None = None
    party: Party = Party()
    #: what it was paid for, in the payer's words
    purpose: str = ""
    #: the payer's own reference, or the number of the payment order
    reference: str = ""
    #: by which the bank knows it; it may say the same of several lines
    bank_id: str = ""
    #: which of the bank's entries it is or is a part of, from 0
    entry: int = 0
    #: where it stands in the file, from 1
    at: int = 0
    #: whether it is in the bank's books; what is pending comes again when it is
    is_booked: bool = True


@dataclass(slots=True)
class Statement:
    """What happened on one account in one currency. Balances are None where the file doesn't say them."""

    account: str
    currency: str
    lines: list[Line] = field(default_factory=list)
    opening: Decimal | None = None
    closing: Decimal | None = None
    #: the bank's number of it
    number: str = ""
    #: the days that it is about, when it says them
    since: date | None = None
    until: date | None = None
    #: where its closing balance stands in the file
    at: int = 0

    @property
    def credit(self) -> Decimal:
        """What came in."""
        return sum((line.amount for line in self.lines if line.amount > 0), Decimal(0))

    @property
    def debit(self) -> Decimal:
        """What went out, above zero."""
        return -sum((line.amount for line in self.lines if line.amount < 0), Decimal(0))

    @property
    def entries(self) -> int:
        """How many entries the bank booked; the parts of a batch are one."""
        return len({line.entry for line in self.lines})


def checked(statements: Sequence[Statement]) -> Sequence[Statement]:
    """The statements. Refused (BadFile): none at all; amounts that aren't money; balances and lines that don't add up."""
    if not statements:
        raise BadFile(_l("there is no statement in it. Export the statement of an account and import that."))
    for statement in statements:
        _check_amounts(statement)
        check_sum(statement)
    return statements


def _check_amounts(statement: Statement) -> None:
    balances = [(amount, statement.at) for amount in (statement.opening, statement.closing) if amount is not None]
    for amount, at in [*((line.amount, line.at) for line in statement.lines), *balances]:
        if not Money.holds(amount) or abs(amount) > MOST_OF_A_DOCUMENT:
            raise BadFile(_l("“%(value)s” isn't an amount of money", value=amount), line=at)


def check_sum(statement: Statement) -> None:
    """Refuse (BadFile) where opening + credit − debit is not closing: lines are missing, or figures were changed."""
    if statement.opening is None or statement.closing is None:
        return
    booked = replace(statement, lines=[line for line in statement.lines if line.is_booked])
    should = statement.opening + booked.credit - booked.debit
    if should != statement.closing:
        raise BadFile(
            _l(
                "account %(account)s: %(opening)s + %(credit)s − %(debit)s = %(should)s %(currency)s, but the closing"
                " balance says %(closing)s. Lines are missing or changed: export the file again from the bank.",
                account=statement.account,
                currency=statement.currency,
                **{
                    name: money(amount, statement.currency)
                    for name, amount in (
                        ("opening", statement.opening),
                        ("credit", booked.credit),
                        ("debit", booked.debit),
                        ("should", should),
                        ("closing", statement.closing),
                    )
                },
            ),
            line=statement.at,
        )


def joined(parts: Iterable[str]) -> str:
    """Texts with one blank between them and none at their ends."""
    return " ".join(" ".join(parts).split())


def bare(number: str) -> str:
    """An account's number in the form in which numbers are compared: letters and digits alone."""
    return "".join(sign for sign in number.upper() if sign.isalnum())
