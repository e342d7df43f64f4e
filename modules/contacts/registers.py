"""What contacts owe, and what exchange rates made of it until it was paid."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.api.ledger import Register, Totals, code, dimension, exact, number
from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from modules.contacts.models import Contact, OpenItem
from modules.contacts.money.registers import AccountResults, Cash

__all__ = ["AccountResults", "Cash", "ExchangeResults", "PenaltyIncome", "Settlements"]


class Settlements(Register):
    """What contacts owe us (above zero) or we owe them (below it), by the open item that made the debt."""

    name = "contacts.settlements"
    title = _l("Settlements")
    needs = "contacts.statement.view"
    contact = dimension(Contact, scoped=True)
    item = dimension(OpenItem)
    currency = code(3)
    #: the contract that the open item is under; zero: none
    contract = number()
    amount = exact(Money, group="contacts.financial")
    #: the same in the organisation's own currency, at the rate of the document
    base = exact(Money, group="contacts.financial")

    balance = Totals(by=("contact", "currency"))
    open_items = Totals(by=("contact", "item", "currency"), turnovers=False, spans="item")
    by_contract = Totals(by=("contact", "contract", "currency"))

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """Nothing is paid beyond what is owed, what is paid is zero in both currencies, and every document adds up."""
        from modules.contacts.proof import disagreements  # it asks these registers

        yield from disagreements(session)


class ExchangeResults(Register):
    """What was gained (above zero) or lost on rates, as an open item was paid at another rate than it was made at.

    A document's entries of settlements, in the organisation's currency, less its exchange results are what it is worth there.
    """

    name = "contacts.exchange_results"
    title = _l("Exchange results")
    needs = "contacts.statement.view"
    contact = dimension(Contact, scoped=True)
    #: the currency that was owed
    currency = code(3)
    base = exact(Money, group="contacts.financial")

    results = Totals(by=("contact", "currency"))


class PenaltyIncome(Register):
    """What contacts were charged for paying late."""

    name = "contacts.penalty_income"
    title = _l("Penalty income")
    needs = "contacts.penalty.view"
    contact = dimension(Contact, scoped=True)
    currency = code(3)
    amount = exact(Money, group="contacts.financial")
    #: the same in the organisation's own currency, at the rate of the day
    base = exact(Money, group="contacts.financial")

    income = Totals(by=("contact", "currency"))

    @classmethod
    def prove(cls, session: Session) -> Iterator[str]:
        """Penalties come to what their lines say, and no day of a document is charged twice."""
        from modules.contacts.penalties.proof import disagreements  # it asks these registers

        yield from disagreements(session)
