"""Counter sales: what is written, what is refused with nothing written, and that one act makes one sale."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.clock import wall_clock
from app.documents import Document, SentBefore, reverse
from app.errors import Conflict, Forbidden, Invalid, KontorError, NotFound
from app.ledger import verify
from app.security import SYSTEM
from modules.contacts.models import Payment
from modules.contacts.money.accounts import expense_items, save_account, save_expense_item
from modules.contacts.money.queries import balances_of_accounts
from modules.contacts.operations import create_contact
from modules.contacts.queries import open_of
from modules.trade.drafts import TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.trade.points.changing import change_points
from modules.trade.points.keeping import save_programme
from modules.trade.pricing.coupons import coupon_refusal
from modules.trade.pricing.policy import create_rule
from modules.trade.taxes.operations import set_cash_step
from modules.trade.till.models import Shift
from modules.trade.till.report import documents_of, shift_paper
from modules.trade.till.returning import CounterReturn, receipt, return_at_counter
from modules.trade.till.selling import CounterSale, sell_at_counter
from modules.trade.till.shifts import ShiftClosed, close_shift, expected_now, move_cash, open_a_shift
from modules.trade.till.tills import save_till, tills_to_use
from modules.warehouse.operations import create_item
from tests.at_once import at_once

D = Decimal
CASH, CARD = 1, 2
RETAIL, CUSTOMER, SECRET = 1, 2, 3


@pytest.fixture
def cashier(company: Any, employ: Callable[..., Any]) -> Any:
    """A salesperson with a till of a retail customer's, an open shift and cash in it; a contact of theirs and another's."""
    sofia = employ("sofia", "salesperson")

    def prepare(session: Any) -> None:
        create_item(session, SYSTEM, code="CUT", name="Cutting", kind="service", price=D("4.20"))
        for name, owner in (("Retail customer", None), ("Bergen AS", sofia.user_id), ("Somebody else", None)):
            create_contact(session, SYSTEM, kind="legal_entity", name=name, responsible_id=owner)
        save_account(session, SYSTEM, kind="cash", name="Till", currency="GBP")
        save_account(session, SYSTEM, kind="bank", name="Bank", currency="GBP")
        save_expense_item(session, SYSTEM, name="Over and short", direction="both")
        over = next(item.id for item in expense_items(session) if item.name == "Over and short")
        till = save_till(
            session,
            SYSTEM,
            name="Front",
            place_id=100,
            cash_account_id=CASH,
            card_account_id=CARD,
            contact_id=RETAIL,
            difference_item_id=over,
            tax_rate=D(20),
        )
        assert till.id == 1

    company.database.run(prepare, actor=SYSTEM)
    run(company, sofia, lambda s: open_a_shift(s, sofia, 1, counted=D(50)))
    return sofia


def run(company: Any, actor: Any, work: Callable[[Any], Any]) -> Any:
    return company.database.run(work, actor=actor)


def of(total: str, quantity: int = 1, **more: Any) -> CounterSale:
    price = D(total) / quantity
    more = {"given": D(total), **more}
    return CounterSale(1, [TradeLineDraft(1, D(quantity), price)], D(total), **more)


def sold(company: Any, actor: Any, sale: CounterSale, act: str | None = None) -> Any:
    return run(company, actor, lambda s: sell_at_counter(s, actor, 1, sale, operation_id=act))


def test_a_day_at_a_till(company: Any, cashier: Any) -> None:
    """Paid by all ways at once, sold once whoever sends it again, returned by its receipt, counted at the end."""
    first = sold(company, cashier, of("12", given=D(20)), "till:a")
    assert (first.number, first.tender.change) == ("S-000001", D(8))
    mixed = sold(company, cashier, of("60", given=D(50), card=D(10), on_account=D(10), contact_id=CUSTOMER), "till:b")
    assert sold(company, cashier, of("12", given=D(20)), "till:a") == first

    def look(session: Any) -> None:
        sale = session.get(Sale, first.document_id)
        assert (sale.net, sale.tax, sale.amount, sale.contact_id) == (D(10), D(2), D(12), RETAIL)
        assert (sale.responsible_id, sale.place_id) == (cashier.user_id, 100)
        assert open_of(session, [first.document_id, mixed.document_id]) == {
            first.document_id: 0,
            mixed.document_id: D(10),
        }
        assert balances_of_accounts(session) == {CASH: D(52), CARD: D(10)}
        assert expected_now(session, session.get(Shift, 1)) == D(102)

    run(company, SYSTEM, look)
    left = run(company, cashier, lambda s: receipt(s, cashier, 1, "S-000002"))
    assert (left["unpaid"], left["lines"][0]["left"]) == (D(10), 1)
    back = CounterReturn(1, mixed.document_id, {1: D(1)})
    made = run(company, cashier, lambda s: return_at_counter(s, cashier, 1, back, operation_id="till:c"))
    assert (made.amount, made.given_back) == (D(60), D(50))
    again = run(company, cashier, lambda s: return_at_counter(s, cashier, 1, back, operation_id="till:c"))
    for other in (replace(back, quantities={1: D(2)}), replace(back, way="card")):
        with pytest.raises(SentBefore):
            run(company, cashier, lambda s, x=other: return_at_counter(s, cashier, 1, x, operation_id="till:c"))
    assert again == made
    run(company, cashier, lambda s: move_cash(s, cashier, 1, shift_id=1, direction="out", amount=D(1), account_id=CARD))
    closed = run(
        company, cashier, lambda s: close_shift(s, cashier, 1, shift_id=1, pieces={D(50): 1, D("0.50"): 1}).counted
    )
    assert closed == D("50.50")

    def end(session: Any) -> None:
        shift = session.get(Shift, 1)
        assert (shift.expected, shift.counted) == (D(51), D("50.50"))
        assert balances_of_accounts(session) == {CASH: D("0.50"), CARD: D(11)}
        assert open_of(session, [mixed.document_id, made.document_id]) == {
            mixed.document_id: 0,
            made.document_id: 0,
        }
        assert list(verify(session)) == []

    run(company, SYSTEM, end)
    # what was done is answered as done, also when the shift is over; nothing new is
    assert sold(company, cashier, of("12", given=D(20)), "till:a").number == first.number
    with pytest.raises(ShiftClosed):
        sold(company, cashier, of("12"), "till:d")


@pytest.mark.parametrize(
    ("sale", "kind", "field"),
    [
        (of("12", given=D(11)), Invalid, "given"),
        (of("12", given=D(0), on_account=D(12)), Invalid, "contact_id"),
        (CounterSale(1, [TradeLineDraft(1, D(1), D(12))], D("12.01"), given=D(20)), Invalid, "total"),
        (CounterSale(2, [TradeLineDraft(1, D(1), D(12))], D(12), given=D(12)), NotFound, None),
        (CounterSale(1, [], D(0)), Invalid, "lines"),
        (of("12", contact_id=SECRET), NotFound, None),
    ],
)
def test_a_refused_sale_leaves_nothing(
    company: Any, cashier: Any, refused_as: Any, sale: CounterSale, kind: type[KontorError], field: str | None
) -> None:
    refused_as(cashier, lambda s: sell_at_counter(s, cashier, 1, sale, operation_id="till:x"), kind, field)


@pytest.fixture
def refused_as(company: Any) -> Any:
    """As somebody: refused, and no document, entry or shift is there that was not before."""

    def documents(session: Any) -> int:
        return session.scalar(select(func.count()).select_from(Document))

    def attempt(actor: Any, work: Callable[[Any], Any], kind: type[Exception], field: str | None = None) -> None:
        before = run(company, SYSTEM, documents), run(company, SYSTEM, balances_of_accounts)
        with pytest.raises(kind) as refusal:
            run(company, actor, work)
        assert getattr(refusal.value, "field", None) == field
        assert (run(company, SYSTEM, documents), run(company, SYSTEM, balances_of_accounts)) == before

    return attempt


def test_who_may_not_use_the_till_sells_nothing(
    company: Any, cashier: Any, employ: Callable[..., Any], refused_as: Any
) -> None:
    steve, other = employ("steve", "storekeeper"), employ("other", "salesperson")
    refused_as(steve, lambda s: sell_at_counter(s, steve, 1, of("12")), Forbidden)

    def limit(session: Any) -> None:
        from modules.trade.till.tills import till_by_id

        save_till(session, SYSTEM, till_by_id(session, 1), is_limited=True, users=[cashier.user_id])

    run(company, SYSTEM, limit)
    refused_as(other, lambda s: sell_at_counter(s, other, 1, of("12")), NotFound)
    assert run(company, other, lambda s: len(tills_to_use(s, other))) == 0
    assert run(company, cashier, lambda s: len(tills_to_use(s, cashier))) == 1
    assert sold(company, cashier, of("12")).number == "S-000001"


def test_returns_take_what_is_left_and_no_more(company: Any, cashier: Any, refused_as: Any) -> None:
    sale = sold(company, cashier, of("12", quantity=3, given=D(20)))

    def back(quantities: dict[int, int], way: str = "cash") -> Callable[[Any], Any]:
        wanted = {line: D(quantity) for line, quantity in quantities.items()}
        return lambda s: return_at_counter(s, cashier, 1, CounterReturn(1, sale.document_id, wanted, way))

    refused_as(cashier, back({1: 4}), Invalid, "lines")
    refused_as(cashier, back({2: 1}), Invalid, "lines")
    refused_as(cashier, back({1: 0}), Invalid, "lines")
    refused_as(cashier, back({1: 1}, "account"), Invalid, "way")
    refused_as(cashier, back({1: 1}, "cheque"), Invalid, "way")
    assert run(company, cashier, back({1: 2})).given_back == D(8)
    refused_as(cashier, back({1: 2}), Invalid, "lines")
    assert run(company, cashier, back({1: 1})).amount == D(4)

    def none_left(session: Any) -> None:
        assert session.scalars(select(func.sum(SalesReturn.amount))).one() == D(12)
        assert balances_of_accounts(session)[CASH] == 0

    run(company, SYSTEM, none_left)


def test_one_act_sent_by_eight_at_once_is_one_sale(company: Any, cashier: Any) -> None:
    answers = at_once(*(lambda: sold(company, cashier, of("12"), "till:same"),) * 8)
    assert {answer.number for answer in answers} == {"S-000001"}
    count = select(func.count()).select_from(Sale), select(func.count()).select_from(Payment)
    assert run(company, SYSTEM, lambda s: [s.scalar(each) for each in count]) == [1, 1]
    with pytest.raises(SentBefore):
        sold(company, cashier, of("13"), "till:same")


def test_what_is_reversed_moved_nothing(company: Any, cashier: Any) -> None:
    sale = sold(company, cashier, of("12"))

    def undo(session: Any) -> Any:
        for payment in session.scalars(select(Payment)):
            reverse(session, SYSTEM, payment)
        reverse(session, SYSTEM, session.get(Sale, sale.document_id))
        return expected_now(session, session.get(Shift, 1))

    assert run(company, SYSTEM, undo) == D(50)


def test_cash_is_rounded_to_coins_and_cards_are_not(company: Any, cashier: Any) -> None:
    run(company, SYSTEM, lambda s: set_cash_step(s, SYSTEM, "GBP", D("0.05")))
    in_cash = sold(company, cashier, CounterSale(1, [TradeLineDraft(1, D(1), D("12.02"))], D(12), given=D(20)))
    assert in_cash.tender == (D(12), 0, 0, D(8))
    by_card = CounterSale(1, [TradeLineDraft(1, D(1), D("12.02"))], D("12.02"), card=D("12.02"))
    assert sold(company, cashier, by_card).tender.card == D("12.02")
    back = CounterReturn(1, in_cash.document_id, {1: D(1)})
    assert run(company, cashier, lambda s: return_at_counter(s, cashier, 1, back)).given_back == D(12)


def test_shifts_and_tills_that_can_not_be(company: Any, cashier: Any, refused_as: Any) -> None:
    refused_as(cashier, lambda s: open_a_shift(s, cashier, 1, counted=D(1)), Conflict)
    refused_as(cashier, lambda s: close_shift(s, cashier, 1, shift_id=1), Invalid, "counted")
    for counted in (D(-1), D("0.001")):
        refused_as(cashier, lambda s, c=counted: close_shift(s, cashier, 1, shift_id=1, counted=c), Invalid, "counted")
    too_much: Any = {"shift_id": 1, "direction": "out", "amount": D(1), "account_id": CARD}
    refused_as(cashier, lambda s: move_cash(s, cashier, 1, **too_much), Conflict)
    fields: Any = {"name": "Second", "place_id": 100, "cash_account_id": CASH, "contact_id": RETAIL}
    refused_as(SYSTEM, lambda s: save_till(s, SYSTEM, **fields), Conflict, "cash_account_id")
    refused_as(
        SYSTEM, lambda s: save_till(s, SYSTEM, **{**fields, "cash_account_id": CARD}), Invalid, "cash_account_id"
    )
    refused_as(cashier, lambda s: save_till(s, cashier, **fields), Forbidden)
    run(
        company,
        cashier,
        lambda s: close_shift(s, cashier, 1, shift_id=1, counted=D(60), books_difference=False) and None,
    )
    assert run(company, cashier, lambda s: open_a_shift(s, cashier, 1, counted=D(55)).left_before) == D(60)


def test_a_shift_opens_with_what_was_counted_and_the_books_follow(company: Any, cashier: Any) -> None:
    """Nothing is booked at a desk without an entry; later the difference is, and closing compares with what was counted."""

    def shift_of(counted: str, **said: Any) -> int:
        return int(run(company, cashier, lambda s: open_a_shift(s, cashier, 1, counted=D(counted), **said).id))

    def close(shift: int, counted: str, **said: Any) -> Any:
        return run(
            company,
            cashier,
            lambda s: close_shift(s, cashier, 1, shift_id=shift, counted=D(counted), **said).expected,
        )

    def books() -> Any:
        return run(company, SYSTEM, balances_of_accounts).get(CASH)

    assert books() is None  # 50 was counted, and nobody has entered an opening balance
    sold(company, cashier, of("10"))
    assert close(1, "60") == D(60)
    assert books() == D(10)
    over = shift_of("100")
    assert books() == D(100)
    sold(company, cashier, replace(of("10"), shift_id=over))
    assert close(over, "110") == D(110)
    assert books() == D(110)
    short = shift_of("95.50")
    assert books() == D("95.50")

    def look(session: Any) -> None:
        shift = session.get(Shift, short)
        rows = documents_of(session, shift)
        assert [(row.role, row.amount) for row in rows] == [("opening", D("14.50"))]
        facts = {str(fact.title): fact.value for fact in shift_paper(session, shift, rows).facts}
        assert facts["Difference at the opening is booked"] is True
        assert facts["Difference is booked"] is None

    run(company, SYSTEM, look)
    assert close(short, "95.50") == D("95.50")
    shift_of("1", books_difference=False)
    assert books() == D("95.50")


def test_a_sale_that_waited_while_its_coupon_was_used_up_stands_as_it_was_paid(company: Any, cashier: Any) -> None:
    """The goods are gone: the price stands, the coupon isn't counted, and the sale says so, also when it is sent again."""
    run(company, SYSTEM, lambda s: create_rule(s, SYSTEM, name="Once", percent=D(50), coupon="ONCE", most_uses=1))
    half = [TradeLineDraft(1, D(1), D("4.20"), D(50))]
    sale = CounterSale(1, half, D("2.10"), given=D("2.10"), coupon="ONCE")
    first = sold(company, cashier, sale, "till:first")
    waited = sold(company, cashier, sale, "till:waited")
    assert (str(first.note), "was used up" in str(waited.note)) == ("", True)
    again = sold(company, cashier, sale, "till:waited")
    assert (again.document_id, str(again.note)) == (waited.document_id, str(waited.note))

    def look(session: Any) -> None:
        one, other = session.get(Sale, first.document_id), session.get(Sale, waited.document_id)
        assert (one.coupon, one.amount, one.note) == ("ONCE", D("2.10"), "")
        assert (other.coupon, other.amount, "isn't counted" in other.note) == ("", D("2.10"), True)

    run(company, SYSTEM, look)
    with pytest.raises(SentBefore):
        sold(company, cashier, of("12"), "till:waited")


@pytest.mark.one_engine
def test_a_till_says_why_a_coupon_is_not_taken(company: Any, cashier: Any) -> None:
    today = wall_clock().date()

    def prepare(session: Any) -> None:
        create_rule(session, SYSTEM, name="Over", percent=D(5), coupon="OVER", until=today - timedelta(days=1))
        create_rule(session, SYSTEM, name="Soon", percent=D(5), coupon="SOON", since=today + timedelta(days=1))
        create_rule(session, SYSTEM, name="Good", percent=D(5), coupon="GOOD")

    run(company, SYSTEM, prepare)
    said = {
        word: str(run(company, SYSTEM, lambda s, word=word: coupon_refusal(s, word, CUSTOMER, today)) or "")
        for word in ("OVER", "SOON", "WRONG", "GOOD")
    }
    assert "is over" in said["OVER"]
    assert "isn't taken before" in said["SOON"]
    assert "There is no coupon" in said["WRONG"]
    assert said["GOOD"] == ""


def test_a_till_takes_points_off_and_refuses_more_than_the_customer_has_by_now(company: Any, cashier: Any) -> None:
    def prepare(session: Any) -> None:
        save_programme(session, SYSTEM, name="Club", earns=1, per=D(10), worth=D(1))
        for contact in (CUSTOMER, RETAIL):
            change_points(session, SYSTEM, contact_id=contact, programme_id=1, points=4, note="Welcome")

    run(company, SYSTEM, prepare)
    sale = CounterSale(1, [TradeLineDraft(1, D(1), D(12))], D(9), given=D(9), contact_id=CUSTOMER, points=3)
    made = sold(company, cashier, sale, "till:points")
    assert sold(company, cashier, sale, "till:points").document_id == made.document_id
    with pytest.raises(KontorError, match="can spend by now: 1"):
        sold(company, cashier, sale, "till:more")
    with pytest.raises(Invalid, match="is in no programme"):
        sold(company, cashier, replace(sale, contact_id=None), "till:nobody")
    assert run(company, SYSTEM, lambda s: list(verify(s))) == []
