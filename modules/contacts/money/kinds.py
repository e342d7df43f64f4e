"""The kinds of documents that move money without a contact. They are posted as they are recorded."""

from sqlalchemy.orm import Session

from app.api.documents import Kind
from app.api.prints import Fact, Paper, Total
from app.api.texts import lazy_gettext as _l
from app.api.texts import money
from modules.contacts.money.models import MoneyAccount, OtherPayment, Transfer
from modules.contacts.money.words import item_word

DIRECTIONS = {"in": _l("Received"), "out": _l("Paid")}


def account_fact(title: object, account: MoneyAccount | None, name: str = "account") -> Fact:
    """An account, with the way to its card."""
    if account is None:
        return Fact(title, None)
    return Fact(
        title,
        account.name,
        name=name,
        endpoint="contacts.account_view",
        arguments=(("account_id", account.id),),
        needs="contacts.account.view",
    )


def other_payment_paper(_session: Session, payment: OtherPayment) -> Paper:
    """A payment without a contact: by which item, on which account, to or from whom."""
    return Paper(
        facts=(
            Fact(_l("Expense item"), item_word(payment.expense_item.name)),
            Fact(_l("Direction"), DIRECTIONS[payment.direction]),
            account_fact(_l("Account"), payment.account),
            Fact(_l("To or from whom"), payment.party),
            Fact(_l("Date"), payment.moment, "moment"),
            Fact(_l("Note"), payment.note),
        ),
        columns=(),
        lines=[],
        totals=(Total(_l("Amount"), payment.amount, is_grand=True),),
        currency=payment.currency,
    )


def transfer_paper(_session: Session, transfer: Transfer) -> Paper:
    """A transfer: from where to where; what arrives where that is in another currency."""
    is_exchange = transfer.source.currency != transfer.target.currency
    return Paper(
        facts=(
            account_fact(_l("From account"), transfer.source, "source"),
            account_fact(_l("To account"), transfer.target, "target"),
            Fact(_l("Date"), transfer.moment, "moment"),
            Fact(
                _l("Arrives"),
                f"{money(transfer.received, transfer.target.currency)} {transfer.target.currency}"
                if is_exchange
                else None,
            ),
            Fact(_l("Note"), transfer.note),
        ),
        columns=(),
        lines=[],
        totals=(Total(_l("Amount"), transfer.amount, is_grand=True),),
        currency=transfer.currency,
    )


OTHER_PAYMENT = Kind(OtherPayment, paper=other_payment_paper)
TRANSFER = Kind(Transfer, paper=transfer_paper)
