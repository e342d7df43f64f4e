"""What settles what: against a sale, two people at once, rights, proof, and as many questions however long the history is."""

import threading
from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select, text

from app import ledger
from app.api.documents import Document, Kind
from app.api.reference import organisation_id
from app.documents import SentBefore, post, reverse
from app.errors import Conflict, Forbidden, NotFound
from app.security import SYSTEM, Actor
from modules.contacts.allocations import AllocationLineDraft, allocate, reverse_allocation
from modules.contacts.models import Allocation, AllocationLine
from modules.contacts.operations import Debt, create_contact, record_payment, settle
from modules.contacts.queries import allocations_of, open_items_of, open_of
from tests.statements import counted

NOON = datetime(2026, 2, 10, 12)
LATER = datetime(2026, 3, 10, 12)


class Bill(Document):
    """Makes a debt, and nothing else."""

    __mapper_args__ = {"polymorphic_identity": "test.bill"}


Kind(Bill)


def bill(session: Any, contact: int, amount: str, moment: datetime = NOON, against: tuple[int, ...] = ()) -> int:
    """A posted bill."""
    document = Bill(organisation_id=organisation_id(session), currency="GBP", moment=moment, amount=abs(D(amount)))
    session.add(document)
    debt = Debt(document, contact, D(amount), D(amount), against=against)
    post(session, SYSTEM, [document], lambda posting, _: settle(posting, [debt]))
    return int(document.id)


def pay(session: Any, contact: int, amount: str, moment: datetime = LATER, **more: Any) -> int:
    """A posted payment that comes in."""
    payment = record_payment(
        session, more.pop("actor", SYSTEM), contact_id=contact, direction="in", amount=D(amount), moment=moment, **more
    )
    return int(payment.id)


@pytest.fixture
def contact(company: Any) -> int:
    made: int = company.database.run(
        lambda s: create_contact(s, SYSTEM, kind="legal_entity", name="Anna", responsible_id=None).id, actor=SYSTEM
    )
    return made


def do(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


def left(company: Any, *documents: int) -> list[D]:
    found = do(company, lambda s: open_of(s, documents))
    return [found[d] for d in documents]


def proven(company: Any) -> None:
    assert do(company, lambda s: list(ledger.verify(s))) == []


def together(company: Any, works: list[Any]) -> list[Any]:
    """Each work in a thread and a transaction of its own, all at once: what each gives or raises."""
    barrier, answers = threading.Barrier(len(works)), [None] * len(works)

    def one(n: int) -> None:
        barrier.wait()
        try:
            answers[n] = do(company, works[n])
        except Exception as error:
            answers[n] = error

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def test_a_return_lessens_its_sale_first_and_the_rest_is_its_own(company: Any, contact: int) -> None:
    def work(session: Any) -> list[int]:
        old, sale = bill(session, contact, "50"), bill(session, contact, "30")
        return [old, sale, bill(session, contact, "-40", LATER, against=(sale,))]

    old, sale, back = do(company, work)
    assert left(company, old, sale, back) == [50, 0, 10]
    (row,) = do(company, lambda s: allocations_of(s, sale))
    assert (row.document_id, row.amount) == (back, 30)
    proven(company)
    do(company, lambda s: reverse(s, SYSTEM, s.get(Document, back)))
    assert left(company, old, sale, back) == [50, 30, 0]
    proven(company)


def test_a_return_settles_nothing_that_does_not_fit(company: Any, contact: int) -> None:
    def work(session: Any) -> list[int]:
        other = create_contact(session, SYSTEM, kind="individual", name="Otto").id
        foreign, ahead = bill(session, other, "30"), bill(session, contact, "30", LATER)
        same = bill(session, contact, "-30")
        return [foreign, ahead, same, bill(session, contact, "-40", NOON, against=(foreign, ahead, same, 99999))]

    found = do(company, work)
    assert left(company, *found) == [30, 30, 30, 40]
    proven(company)


def test_two_payments_at_once_never_pay_an_invoice_twice(company: Any, contact: int) -> None:
    invoice = do(company, lambda s: bill(s, contact, "100"))
    payments = together(company, [lambda s: pay(s, contact, "80")] * 4)
    assert all(isinstance(p, int) for p in payments), payments
    assert left(company, invoice) == [0]
    assert sorted(left(company, *payments)) == [0, 60, 80, 80]
    proven(company)


def test_of_two_who_choose_the_same_invoice_one_is_refused(company: Any, contact: int) -> None:
    invoice = do(company, lambda s: bill(s, contact, "100"))
    answers = together(company, [lambda s: pay(s, contact, "100", pays=[(invoice, D(100))])] * 3)
    assert sum(isinstance(a, int) for a in answers) == 1
    assert [str(a) for a in answers if not isinstance(a, int)] == ["Only 0.00 GBP of 000001 is open."] * 2
    assert left(company, invoice) == [0]
    proven(company)


def test_a_payment_and_a_reversal_at_once_leave_books_that_hold(company: Any, contact: int) -> None:
    for _ in range(4):
        invoice = do(company, lambda s: bill(s, contact, "100"))
        answers = together(
            company,
            [
                lambda s: pay(s, contact, "60"),
                lambda s, i=invoice: reverse(s, SYSTEM, s.get(Document, i)),
                lambda s: pay(s, contact, "70"),
            ],
        )
        assert not any(isinstance(a, Exception) for a in answers), answers
        assert left(company, invoice) == [0]
    proven(company)


def test_an_advance_is_allocated_once_however_many_do_it(company: Any, contact: int) -> None:
    advance = do(company, lambda s: pay(s, contact, "50", NOON))
    invoices = do(company, lambda s: [bill(s, contact, "50") for _ in range(3)])

    def work(invoice: int) -> Any:
        line = AllocationLineDraft(advance, invoice, D(50))
        return lambda s: int(allocate(s, SYSTEM, contact_id=contact, lines=[line], moment=LATER).id)

    answers = together(company, [work(i) for i in invoices])
    assert sum(isinstance(a, int) for a in answers) == 1
    assert sum(isinstance(a, Conflict) for a in answers) == 2
    assert sorted(left(company, advance, *invoices)) == [0, 0, 50, 50]
    proven(company)


def test_an_act_sent_twice_is_done_once_and_other_content_is_refused(company: Any, contact: int) -> None:
    invoice = do(company, lambda s: bill(s, contact, "100"))
    first = do(company, lambda s: pay(s, contact, "50", pays=[(invoice, D(30))], operation_id="one"))
    assert do(company, lambda s: pay(s, contact, "50", pays=[(invoice, D(30))], operation_id="one")) == first
    with pytest.raises(SentBefore):
        do(company, lambda s: pay(s, contact, "50", pays=[(invoice, D(20))], operation_id="one"))

    def move(session: Any, amount: str = "20", **other: Any) -> int:
        said = {"contact_id": contact, "lines": [AllocationLineDraft(first, invoice, D(amount))], "moment": LATER}
        return int(allocate(session, SYSTEM, **{**said, "note": "n", **other}, operation_id="two").id)

    made = do(company, move)
    assert do(company, move) == do(company, lambda s: move(s, moment=None)) == made
    others = do(company, lambda s: int(create_contact(s, SYSTEM, kind="individual", name="Bert").id))
    for other in (
        {"amount": "10"},
        {"contact_id": others},
        {"lines": []},
        {"lines": [AllocationLineDraft(invoice, first, D(20))]},
        {"moment": NOON},
        {"note": ""},
        {"custom": {"colour": "red"}},
    ):
        with pytest.raises(SentBefore):
            do(company, lambda s, other=other: move(s, **other))
    assert left(company, first, invoice) == [0, 50]


def test_an_allocation_of_several_lines_goes_whole(company: Any, contact: int) -> None:
    def work(session: Any) -> list[int]:
        one, two = bill(session, contact, "30"), bill(session, contact, "40")
        advance = pay(session, contact, "100", pays=())
        lines = [AllocationLineDraft(advance, one, D(30)), AllocationLineDraft(advance, two, D(25))]
        made = allocate(session, SYSTEM, contact_id=contact, lines=lines, moment=LATER)
        return [one, two, advance, made.id]

    one, two, advance, made = do(company, work)
    assert left(company, one, two, advance) == [0, 15, 45]
    do(company, lambda s: reverse(s, SYSTEM, s.get(Document, one)))
    assert left(company, one, two, advance) == [0, 40, 100]
    assert do(company, lambda s: s.get(Allocation, made).state) == "reversed"
    proven(company)


def test_whoever_reverses_a_document_needs_no_right_to_allocations(company: Any, contact: int) -> None:
    def work(session: Any) -> list[int]:
        invoice, advance = bill(session, contact, "30"), pay(session, contact, "10", pays=())
        line = AllocationLineDraft(advance, invoice, D(10))
        allocate(session, SYSTEM, contact_id=contact, lines=[line], moment=LATER)
        return [invoice, advance, pay(session, contact, "15")]

    invoice, advance, payment = do(company, work)
    user = Actor(1, "Clerk", permissions=frozenset({"test.bill.reverse", "test.bill.view"}))
    made = do(company, lambda s: s.scalars(select(Allocation.id)).one())
    with pytest.raises((Forbidden, NotFound)):
        do(company, lambda s: reverse_allocation(s, user, made), actor=user)
    do(company, lambda s: reverse(s, user, s.get(Document, invoice)), actor=user)
    assert left(company, invoice, advance, payment) == [0, 10, 15]
    proven(company)


def test_what_is_open_is_shown_to_nobody_who_may_not_see_it(company: Any, contact: int) -> None:
    invoice = do(company, lambda s: bill(s, contact, "30"))
    rights = frozenset({"test.bill.view", "contacts.contact.view", "contacts.statement.view"})
    all_of = {"contacts.contact": "all", "test.bill": "all"}
    sees = Actor(1, "Sees", permissions=rights, groups=frozenset({"contacts.financial"}), scopes=all_of)
    assert do(company, lambda s: open_of(s, [invoice]), actor=sees) == {invoice: 30}
    for lacks in (
        replace(sees, groups=frozenset()),
        replace(sees, permissions=rights - {"contacts.statement.view"}),
    ):
        for question in (
            lambda s: open_of(s, [invoice]),
            lambda s: open_items_of(s, contact),
            lambda s: allocations_of(s, invoice),
        ):
            assert not do(company, question, actor=lacks)
    cashier = replace(sees, permissions=rights | {"contacts.payment.post"}, groups=frozenset())
    chosen = [(invoice, D(31))]  # a refusal would say what is open
    with pytest.raises(Forbidden):
        do(company, lambda s: pay(s, contact, "50", pays=chosen, actor=cashier), actor=cashier)
    blind = replace(cashier, groups=sees.groups, permissions=cashier.permissions - {"test.bill.view"})
    with pytest.raises(NotFound):
        do(company, lambda s: pay(s, contact, "50", pays=chosen, actor=blind), actor=blind)
    do(company, lambda s: pay(s, contact, "10", actor=cashier), actor=cashier)
    assert left(company, invoice) == [20]
    narrow = replace(sees, scopes={**all_of, "contacts.contact": "own"})
    assert do(company, lambda s: open_of(s, [invoice]), actor=narrow) == {}
    assert do(company, lambda s: open_items_of(s, contact), actor=narrow) == []


def test_a_payment_may_settle_more_documents_than_are_read_at_once(company: Any, contact: int) -> None:
    bills = do(company, lambda s: [bill(s, contact, "1") for _ in range(120)])
    payment = do(company, lambda s: pay(s, contact, "110.50"))
    assert left(company, payment, *bills) == [0] + [0] * 110 + [D("0.50")] + [1] * 9
    proven(company)


def test_a_payment_asks_as_often_however_long_the_history_is(company: Any, contact: int) -> None:
    def work(session: Any) -> list[int]:
        counts = []
        for times in (1, 30):
            for _ in range(times):
                bill(session, contact, "10")
                pay(session, contact, "10")
            bill(session, contact, "10")
            with counted(session) as found:
                pay(session, contact, "10")
            counts.append(len(found))
            with counted(session) as found:
                assert open_items_of(session, contact) == []
            counts.append(len(found))
        return counts

    counts = do(company, work)
    assert counts[:2] == counts[2:]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE contacts_open_item SET amount = amount / 10, base = base / 10 WHERE amount > 0", "past zero"),
        ("UPDATE contacts_open_item SET base = base + 100 WHERE amount > 0", "is not what it made"),
        ("UPDATE contacts_allocation_line SET amount = amount - 1", "settles otherwise"),
        ("UPDATE core_document SET moment = '2027-01-01 00:00:00.000000' WHERE kind = 'test.bill'", "later date"),
        ("UPDATE contacts_settlements_open_items_total SET base = base + 1 WHERE amount = 0", "paid, yet not"),
        ("UPDATE contacts_settlements_open_items_total SET currency = 'EUR' WHERE amount > 0", "another contact"),
    ],
)
def test_what_somebody_changed_by_hand_is_found(company: Any, contact: int, damage: str, words: str) -> None:
    def work(session: Any) -> None:
        bill(session, contact, "30")
        paid = bill(session, contact, "30")
        pay(session, contact, "45")
        assert session.scalars(select(AllocationLine)).first() is not None
        assert paid

    do(company, work)
    proven(company)
    do(company, lambda s: s.connection().execute(text(damage)))
    assert any(words in line for line in do(company, lambda s: list(ledger.verify(s))))


def test_what_is_posted_by_nobody_can_not_be_allocated(company: Any, contact: int) -> None:
    lines = [AllocationLineDraft(1, 2, D(1))]
    with pytest.raises(NotFound, match="no such document"):
        do(company, lambda s: allocate(s, SYSTEM, contact_id=contact, lines=lines))
