"""What is paid, allocated and reversed: every figure of invoices and payments, in their currency and in ours."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.documents import locked, post, reverse, save
from app.errors import Conflict, Invalid, NotFound, PeriodClosed
from app.reference.operations import close_period, set_rate
from app.security import SYSTEM
from app.values import ExchangeRate
from modules.contacts.allocations import AllocationLineDraft, allocate, reverse_allocation
from modules.contacts.models import INSTALMENTS, Allocation
from modules.contacts.operations import create_contact, record_payment, reverse_payment
from modules.contacts.queries import statement_of
from modules.contacts.registers import ExchangeResults, Settlements
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale
from modules.warehouse.operations import create_item
from tests.rows import rows_of_all_tables

YEAR = date(2026, 1, 1), date(2026, 12, 31)
ZERO = D(0)


def day(month: int, number: int = 10) -> datetime:
    """Noon of a day of the year."""
    return datetime(2026, month, number, 12)


@dataclass
class Office:
    """Two contacts and a service to invoice, with acts and questions in few words."""

    session: Any
    contact: int
    other: int
    service: int

    def invoice(self, amount: str, moment: datetime, *, kind: Any = Sale, currency: str = "GBP", **more: Any) -> int:
        """A posted invoice of the first contact, unless said otherwise."""
        contact = more.pop("contact", self.contact)
        lines = [TradeLineDraft(self.service, D(1), D(amount))]
        draft = TradeDraft(contact, lines, moment=moment, currency=currency, **more)
        document = save(self.session, SYSTEM, kind, draft)
        post(self.session, SYSTEM, [document])
        return int(document.id)

    def pay(self, amount: str, moment: datetime, *, direction: str = "in", currency: str = "GBP", **more: Any) -> int:
        """A payment of the first contact; oldest first unless `pays` says otherwise."""
        payment = record_payment(
            self.session,
            SYSTEM,
            contact_id=self.contact,
            direction=direction,
            amount=D(amount),
            currency=currency,
            moment=moment,
            **more,
        )
        return int(payment.id)

    def allocate(self, source: int, target: int, amount: str, moment: datetime) -> int:
        """From the document that pays to the one that is paid."""
        line = AllocationLineDraft(source, target, D(amount))
        made = allocate(self.session, SYSTEM, contact_id=self.contact, lines=[line], moment=moment)
        return int(made.id)

    def open(self, *documents: int) -> list[tuple[D, D]]:
        """What is open of documents, in their currency and in ours, in the books' own signs."""
        where = {"contact": self.contact}
        found = ledger.now(self.session, Settlements.open_items, by=("item",), where=where)
        figures = {f.key[0] // INSTALMENTS: (f.amounts["amount"], f.amounts["base"]) for f in found}
        return [figures.get(document, (ZERO, ZERO)) for document in documents]

    def balance(self, currency: str = "GBP") -> tuple[D, D]:
        """What the contact owes."""
        where = {"contact": self.contact, "currency": currency}
        (figure,) = ledger.now(self.session, Settlements.balance, by=(), where=where)
        return figure.amounts["amount"], figure.amounts["base"]

    def moved(self, currency: str = "GBP") -> tuple[D, D]:
        """The year's turnover, in and out."""
        where = {"contact": self.contact, "currency": currency}
        (row,) = ledger.turnover(self.session, Settlements.balance, *YEAR, by=(), where=where)
        return row.taken_in["amount"], row.given_out["amount"]

    def result(self) -> D:
        """Gained or lost on rates."""
        found = ledger.now(self.session, ExchangeResults.results, by=())
        return sum((f.amounts["base"] for f in found), ZERO)

    def lines(self, currency: str = "GBP") -> list[D]:
        """The amounts of the contact's statement."""
        return [line.amounts["amount"] for line in statement_of(self.session, self.contact)[currency].lines]

    def prove(self) -> None:
        """The books hold."""
        assert list(ledger.verify(self.session)) == []

    def refused(self, error: type[Exception], words: str, act: Callable[[], Any]) -> None:
        """The act is refused in these words, and nothing changed."""
        before = _everything(self.session)
        with pytest.raises(error, match=words), self.session.begin_nested():
            act()
        assert _everything(self.session) == before


def _everything(session: Any) -> dict[str, list[str]]:
    # A total that was only locked has a row of zero.
    return {name: rows for name, rows in rows_of_all_tables(session).items() if not name.endswith("_total")}


@pytest.fixture
def office(company: Any) -> Iterator[Office]:
    """The office, in one session that is never committed."""
    with company.database.session(SYSTEM, write=True) as session:
        contacts = [create_contact(session, SYSTEM, kind="legal_entity", name=name).id for name in ("Anna", "Otto")]
        service = create_item(session, SYSTEM, code="WORK", name="Work", kind="service").id
        for when, rate in ((date(2026, 1, 1), "0.85"), (date(2026, 3, 1), "0.91")):
            set_rate(session, SYSTEM, currency="EUR", day=when, rate=ExchangeRate(D(rate)))
        yield Office(session, *contacts, service)
        session.rollback()


def same(amount: str) -> tuple[D, D]:
    """An amount in the organisation's own currency is the same in both."""
    return D(amount), D(amount)


def test_what_a_payment_pays_at_once_and_later_is_undone_with_it(office: Office) -> None:
    invoice = office.invoice("100", day(1))
    payment = office.pay("100", day(2), pays=[(invoice, D(60))])
    assert office.open(invoice, payment) == [same("40"), same("-40")]
    assert office.balance() == same("0")
    assert office.lines() == [D(100), D(-100)]

    office.allocate(payment, invoice, "40", day(3))
    assert office.open(invoice, payment) == [same("0"), same("0")]
    assert office.balance() == same("0")
    assert office.moved() == (D(100), D(100))
    assert office.lines() == [D(100), D(-100)]
    assert office.result() == 0
    office.prove()

    reverse_payment(office.session, SYSTEM, payment)
    assert office.open(invoice, payment) == [same("100"), same("0")]
    assert office.balance() == same("100")
    assert office.moved() == (D(100), D(0))
    assert office.lines() == [D(100)]
    office.prove()


def test_an_invoice_in_euros_is_paid_at_another_rate_in_two_payments(office: Office) -> None:
    invoice = office.invoice("100", day(2), currency="EUR")
    assert office.open(invoice) == [(D(100), D(85))]
    first = office.pay("60", day(3), currency="EUR")
    assert office.open(invoice, first) == [(D(40), D(34)), same("0")]
    assert office.balance("EUR") == (D(40), D(34))
    assert office.result() == D("3.60")
    office.prove()

    office.pay("40", day(4), currency="EUR")
    assert office.open(invoice) == [same("0")]
    assert office.balance("EUR") == same("0")
    assert office.result() == D("6.00")
    assert office.moved("EUR") == (D(100), D(100))
    office.prove()

    reverse_payment(office.session, SYSTEM, first)
    assert office.open(invoice) == [(D(60), D(51))]
    assert office.result() == D("2.40")
    office.prove()


def test_a_bill_in_euros_that_grew_dearer_is_a_loss(office: Office) -> None:
    bill = office.invoice("100", day(2), kind=Purchase, currency="EUR")
    office.pay("100", day(3), direction="out", currency="EUR")
    assert office.open(bill) == [same("0")]
    assert office.balance("EUR") == same("0")
    assert office.result() == D("-6.00")
    office.prove()


def test_an_advance_at_another_rate_is_allocated_later(office: Office) -> None:
    advance = office.pay("30", day(2), currency="EUR")
    assert office.open(advance) == [(D(-30), D("-25.50"))]
    invoice = office.invoice("100", day(3), currency="EUR")
    allocation = office.allocate(advance, invoice, "30", day(4))
    # 30 of 100 at 0.91 are 27.30, which were paid with 25.50.
    assert office.open(advance, invoice) == [same("0"), (D(70), D("63.70"))]
    assert office.result() == D("-1.80")
    assert office.lines("EUR") == [D(-30), D(100)]
    office.prove()
    reverse_allocation(office.session, SYSTEM, allocation)
    assert office.open(advance, invoice) == [(D(-30), D("-25.50")), (D(100), D(91))]
    assert office.result() == 0
    office.prove()


def test_the_last_payment_of_an_invoice_takes_what_rounding_left(office: Office) -> None:
    invoice = office.invoice("0.99", day(2), currency="EUR")  # 0.84 in pounds
    for left in ("0.56", "0.28", "0"):
        office.pay("0.33", day(3), currency="EUR")  # 0.30 in pounds
        assert office.open(invoice)[0][1] == D(left)
    assert office.result() == D("0.06")
    assert office.balance("EUR") == same("0")
    office.prove()


def test_the_oldest_debt_is_paid_first_by_its_due_day(office: Office) -> None:
    late = office.invoice("50", day(1), due=date(2026, 6, 1))
    soon = office.invoice("50", day(2))
    ahead = office.invoice("50", day(9))
    payment = office.pay("120", day(3))
    assert office.open(soon, late, ahead, payment) == [same("0"), same("0"), same("50"), same("-20")]
    refund = office.pay("20", day(4), direction="out")
    assert office.open(payment, refund) == [same("0"), same("0")]
    office.prove()


def test_a_payment_that_pays_nothing_is_an_advance(office: Office) -> None:
    invoice = office.invoice("50", day(1))
    payment = office.pay("50", day(2), pays=[])
    assert office.open(invoice, payment) == [same("50"), same("-50")]
    assert office.balance() == same("0")


def test_what_was_paid_of_an_invoice_that_is_reversed_stays_with_the_payments(office: Office) -> None:
    invoice = office.invoice("100", day(2), currency="EUR")
    advance = office.pay("10", day(2, 20), currency="EUR", pays=[])  # 8.50
    first, second = (office.pay(amount, day(3), currency="EUR") for amount in ("60", "30"))  # 54.60, 27.30
    office.allocate(advance, invoice, "10", day(4))
    assert office.open(invoice) == [same("0")]
    assert office.result() == D("5.40")

    reverse(office.session, SYSTEM, locked(office.session, Sale, invoice))
    assert office.open(invoice, advance, first, second) == [
        same("0"),
        (D(-10), D("-8.50")),
        (D(-60), D("-54.60")),
        (D(-30), D("-27.30")),
    ]
    assert office.result() == 0
    assert office.moved("EUR") == (D(0), D(100))
    office.prove()

    made = office.session.scalars(select(Allocation).where(Allocation.released_id == invoice)).all()
    assert [(a.amount, a.state) for a in made] == [(D(30), "posted"), (D(60), "posted")]
    office.refused(Conflict, "by itself", lambda: reverse_allocation(office.session, SYSTEM, made[0].id))

    other = office.invoice("50", day(4), currency="EUR")
    office.allocate(first, other, "50", day(5))
    reverse_payment(office.session, SYSTEM, first)
    assert office.open(other, first) == [(D(50), D("45.50")), same("0")]
    assert office.result() == 0
    office.prove()


def test_in_a_closed_period_what_is_released_comes_back_on_the_first_open_day(office: Office) -> None:
    invoice = office.invoice("100", day(1))
    payment = office.pay("60", day(2))
    close_period(office.session, SYSTEM, until=date(2026, 2, 28), today=date(2026, 12, 31))
    reverse(office.session, SYSTEM, locked(office.session, Sale, invoice))
    (made,) = office.session.scalars(select(Allocation))
    assert made.moment == datetime(2026, 3, 1)
    assert office.open(invoice, payment) == [same("0"), same("-60")]
    office.prove()
    reverse_payment(office.session, SYSTEM, payment)
    assert office.open(invoice, payment) == [same("0"), same("0")]
    office.prove()


def test_what_can_not_be_paid_is_refused_and_nothing_changed(office: Office) -> None:
    invoice = office.invoice("100", day(2))
    euros = office.invoice("100", day(2), currency="EUR")
    foreign = office.invoice("100", day(2), contact=office.other)
    ahead = office.invoice("100", day(9))

    def refused(error: type[Exception], words: str, amount: str, *pays: tuple[int, str], **more: Any) -> None:
        chosen = [(document, D(part)) for document, part in pays]
        office.refused(error, words, lambda: office.pay(amount, more.get("moment", day(3)), pays=chosen))

    refused(Conflict, "Only 100.00 GBP of S-000001 is open", "200", (invoice, "100.01"))
    refused(Conflict, "Only 40.00 GBP of S-000001 is open", "200", (invoice, "60"), (invoice, "60"))
    refused(Conflict, r"add up to 60\.00 GBP, but there are only 50\.00 GBP", "50", (invoice, "60"))
    refused(Conflict, "S-000002 is in EUR", "50", (euros, "50"))
    refused(Invalid, "belongs to another contact", "50", (foreign, "50"))
    refused(NotFound, "no such document", "50", (999999, "50"))
    refused(Conflict, "S-000004 has a later date", "50", (ahead, "50"))
    refused(Conflict, "S-000001 has a later date", "50", (invoice, "50"), moment=day(1))
    refused(Invalid, "above zero", "50", (invoice, "0"))
    refused(Invalid, "only 2 digits", "50", (invoice, "0.001"))
    refused(Conflict, "same direction", "20", (office.pay("20", day(2), pays=[]), "20"))


def test_an_allocation_that_can_not_be_is_refused_and_nothing_changed(office: Office) -> None:
    invoice = office.invoice("100", day(2))
    euros = office.invoice("100", day(2), currency="EUR")
    foreign = office.invoice("100", day(2), contact=office.other)
    payment = office.pay("60", day(4), pays=[])

    def refused(error: type[Exception], words: str, *of: Any) -> None:
        office.refused(error, words, lambda: office.allocate(*of))

    refused(Conflict, "Only 60.00 GBP of P-000001 is open", payment, invoice, "60.01", day(5))
    refused(Conflict, "Only 60.00 GBP of P-000001 is open", invoice, payment, "60.01", day(5))
    refused(Conflict, "same direction", invoice, invoice, "10", day(5))
    refused(Conflict, "S-000002 is in EUR", payment, euros, "10", day(5))
    refused(Invalid, "belongs to another contact", payment, foreign, "10", day(5))
    refused(Conflict, "P-000001 has a later date", payment, invoice, "10", day(3))
    refused(Invalid, "above zero", payment, invoice, "-10", day(5))
    none: list[AllocationLineDraft] = []
    office.refused(
        Invalid, "how much to allocate", lambda: allocate(office.session, SYSTEM, contact_id=office.contact, lines=none)
    )
    close_period(office.session, SYSTEM, until=date(2026, 5, 31), today=date(2026, 12, 31))
    refused(PeriodClosed, "closed", payment, invoice, "10", day(5))
    office.allocate(payment, invoice, "60", day(6))
    refused(Conflict, "Only 0.00 GBP of P-000001 is open", payment, invoice, "10", day(6))
    office.prove()
