"""Bonus points: earned with sales, spent on them, given and withdrawn exactly, expired, and never more than there are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from app import ledger
from app.clock import wall_clock
from app.documents import correct, kind_of, post, reverse, save
from app.errors import Conflict, Invalid
from app.ledger import now
from app.security import SYSTEM
from modules.contacts.merging import merge
from modules.contacts.models import Contact
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.trade.points.balances import balances, expired_keys, expired_of_lots, left_of_lot, open_lots
from modules.trade.points.changing import change_points, expire_points
from modules.trade.points.history import expiries_of
from modules.trade.points.keeping import save_programme
from modules.trade.points.models import PointsChange, Programme
from modules.trade.points.register import Points
from modules.trade.returning import return_of
from modules.warehouse.operations import create_group, create_item
from tests.at_once import at_once
from tests.statements import counted

ANNA, BORIS = 1, 2
FIT, GIFT = 1, 2


@pytest.fixture
def shop(company: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Does something for the system, where two customers earn a point for each full 10 and a point is worth 0.50; nothing is
    earned on gift cards; points hold a year."""

    def prepare(session: Any) -> None:
        company.refresh(session)
        for name in ("Anna", "Boris"):
            create_contact(session, SYSTEM, kind="individual", name=name)
        group = create_group(session, SYSTEM, name="Gift cards")
        create_item(session, SYSTEM, code="FIT", name="Fitting", kind="service")
        create_item(session, SYSTEM, code="GIFT", name="Gift card", kind="service", group_id=group.id)
        save_programme(
            session,
            SYSTEM,
            name="Club",
            earns=1,
            per=D(10),
            worth=D("0.50"),
            most_share=D(50),
            months=12,
            excluded=[group.id],
        )

    def do(work: Callable[[Any], Any]) -> Any:
        return company.database.run(work, actor=SYSTEM)

    do(prepare)
    return do


def line(amount: str, quantity: int = 1, item: int = FIT) -> TradeLineDraft:
    return TradeLineDraft(item, D(quantity), D(amount), tax_rate=D(20))


def sold(session: Any, *lines: TradeLineDraft, contact: int = ANNA, points: int = 0, moment: Any = None) -> int:
    draft = TradeDraft(contact, list(lines), tax_included=True, points=points, moment=moment)
    sale = save(session, SYSTEM, Sale, draft)
    post(session, SYSTEM, [sale])
    return int(sale.id)


def returned(session: Any, sale_id: int, quantities: dict[int, int] | None = None) -> int:
    draft = return_of(session, session.get(Sale, sale_id))
    if quantities is not None:
        lines = {x.origin[1]: x for x in draft.lines if x.origin}
        draft = replace(draft, lines=[replace(lines[n], quantity=D(q)) for n, q in quantities.items()])
    made = save(session, SYSTEM, SalesReturn, draft)
    post(session, SYSTEM, [made])
    return int(made.id)


def has(shop: Any, contact: int = ANNA) -> int:
    return int(shop(lambda s: balances(s, contact)[0].points))


def give(shop: Any, points: int, contact: int = ANNA) -> int:
    said = {"contact_id": contact, "programme_id": 1, "points": points, "note": "Welcome"}
    return int(shop(lambda s: change_points(s, SYSTEM, **said).id))


def is_proved(shop: Any) -> bool:
    return list(shop(lambda s: list(ledger.verify(s)))) == []


def test_points_are_earned_on_what_is_paid_and_come_off_the_lines_when_they_are_spent(shop: Any) -> None:
    """Tax is of what is paid: 3 points are 1.50, spread over two lines by what they come to; a gift card has no part in it."""
    shop(lambda s: sold(s, line("59.99"), line("40", item=GIFT)))
    assert has(shop) == 5
    with pytest.raises(Invalid, match="At most 3 points"):
        shop(lambda s: sold(s, line("2"), line("1"), points=4))

    def look(session: Any) -> None:
        sale = session.get(Sale, sold(session, line("2"), line("1"), line("10", item=GIFT), points=3))
        assert [(x.points, x.points_off, x.gross) for x in sale.lines] == [
            (2, D("1.00"), D("1.00")),
            (1, D("0.50"), D("0.50")),
            (0, D(0), D(10)),
        ]
        assert (sale.amount, sale.tax) == (D("11.50"), D("1.92"))

    shop(look)
    assert has(shop) == 2
    assert is_proved(shop)


def test_what_comes_back_gives_and_takes_its_points_and_the_parts_make_the_whole(shop: Any) -> None:
    """The whole story ends where it began: every register at zero."""
    given = give(shop, 7)
    sale = shop(lambda s: sold(s, line("20", 3), points=7))  # 60 less 3.50 earn 5
    assert has(shop) == 5
    backs = []
    for expected in (5 - 2 + 2, 5 - 3 + 5, 7):  # 5/3 and 7/3, 10/3 and 14/3, all
        backs.append(shop(lambda s: returned(s, sale, {1: 1})))
        assert has(shop) == expected
    assert is_proved(shop)
    for each in reversed(backs):
        shop(lambda s, each=each: reverse(s, SYSTEM, s.get(SalesReturn, each)))
    assert has(shop) == 5
    shop(lambda s: reverse(s, SYSTEM, s.get(Sale, sale)))
    shop(lambda s: reverse(s, SYSTEM, s.get(PointsChange, given)))

    def look(session: Any) -> None:
        for register in (Points.balance, Points.lots):
            assert not any(any(f.amounts.values()) for f in now(session, register, by=("contact",)))

    shop(look)
    assert is_proved(shop)


def test_points_of_what_comes_back_that_are_spent_are_taken_of_others_and_a_reversal_is_refused(shop: Any) -> None:
    first = shop(lambda s: sold(s, line("100")))
    shop(lambda s: sold(s, line("9"), points=8))
    assert has(shop) == 2
    with pytest.raises(Conflict, match="Reverse first what they were spent on"):
        shop(lambda s: reverse(s, SYSTEM, s.get(Sale, first)))
    assert has(shop) == 2
    give(shop, 3)
    shop(lambda s: returned(s, first))
    assert has(shop) == 0  # ten were earned, five are there
    assert is_proved(shop)


def test_what_has_expired_is_written_off_by_the_day_it_was_earned(shop: Any) -> None:
    """What was earned first is spent first; a sale that is reversed afterwards leaves nothing behind, as its points neither
    came nor expired."""
    today = wall_clock()
    old = shop(lambda s: sold(s, line("100"), moment=today - timedelta(days=380)))
    shop(lambda s: sold(s, line("50"), moment=today - timedelta(days=30)))
    assert has(shop) == 5  # nobody spends what is over, though nothing was written off yet
    backdated = shop(lambda s: sold(s, line("4"), points=4, moment=today - timedelta(days=100)))
    keys = shop(lambda s: expired_keys(s, today.date()))
    assert keys == [(1, ANNA, 1)]
    assert shop(lambda s: expire_points(s, *keys[0], today.date())) == 6
    assert shop(lambda s: expire_points(s, *keys[0], today.date())) == 0
    assert (has(shop), shop(lambda s: expired_keys(s, today.date()))) == (5, [])
    shop(lambda s: reverse(s, SYSTEM, s.get(Sale, backdated)))  # its four are over, too
    assert shop(lambda s: expire_points(s, *keys[0], today.date())) == 4
    shop(lambda s: reverse(s, SYSTEM, s.get(Sale, old)))
    assert has(shop) == 5
    assert is_proved(shop)


def test_two_tills_can_not_spend_the_same_points(shop: Any, company: Any) -> None:
    give(shop, 10)

    def saved(session: Any) -> int:
        draft = TradeDraft(ANNA, [line("9")], tax_included=True, points=8)
        sale = save(session, SYSTEM, Sale, draft)
        session.flush()
        return int(sale.id)

    drafts = [shop(saved), shop(saved)]
    work = [lambda n=n: shop(lambda s: post(s, SYSTEM, [s.get(Sale, n)])) for n in drafts]
    answers = at_once(*work)
    refused = [each for each in answers if isinstance(each, Conflict)]
    assert len(refused) == 1
    assert "can spend by now" in str(refused[0].message)
    assert has(shop) == 2
    assert is_proved(shop)


def test_a_corrected_sale_moves_its_points_as_it_says_now(shop: Any) -> None:
    give(shop, 10)
    sale = shop(lambda s: sold(s, line("100"), points=10))
    assert has(shop) == 9

    def corrected(session: Any) -> None:
        document = session.get(Sale, sale)
        draft = kind_of(document).draft_of(document)
        correct(session, SYSTEM, document, replace(draft, points=4, lines=[line("50")]))

    shop(corrected)
    assert has(shop) == 6 + 4  # ten less four, and four on 48
    assert is_proved(shop)


def test_merged_contacts_are_one_customer(shop: Any) -> None:
    give(shop, 6, ANNA)
    give(shop, 5, BORIS)
    shop(lambda s: merge(s, SYSTEM, s.get(Contact, ANNA), s.get(Contact, BORIS)))
    assert has(shop) == 11
    shop(lambda s: sold(s, line("9"), points=9))
    assert has(shop) == 2
    assert is_proved(shop)


@pytest.mark.one_engine
def test_what_can_not_be_is_refused_and_nothing_changes(shop: Any) -> None:
    give(shop, 2)
    with pytest.raises(Invalid, match="can spend by now: 2"):
        shop(lambda s: sold(s, line("100"), points=3))
    with pytest.raises(Invalid, match="Say why"):
        shop(lambda s: change_points(s, SYSTEM, contact_id=ANNA, programme_id=1, points=1, note=" "))
    with pytest.raises(Conflict, match="can spend by now: 2"):
        give(shop, -3)
    with pytest.raises(Invalid, match="Points that are spent are above zero"):
        shop(lambda s: sold(s, line("100"), points=-1))
    for wrong in ({"earns": 0}, {"per": D(0)}, {"worth": D("-1")}, {"most_share": D(101)}, {"months": 0}):
        with pytest.raises(Invalid):
            shop(
                lambda s, wrong=wrong: save_programme(
                    s, SYSTEM, **{"name": "X", "earns": 1, "per": D(1), "worth": D(1), **wrong}
                )
            )
    assert has(shop) == 2


def test_a_sale_is_corrected_under_the_terms_of_a_programme_that_is_out_of_use(shop: Any) -> None:
    give(shop, 10)
    sale = shop(lambda s: sold(s, line("100"), points=10))  # 5.00 off, and nine for 95.00

    def change(session: Any) -> None:
        programme = session.get(Programme, 1)
        said = {"name": "Club", "earns": 1, "per": D(10), "worth": D("0.20"), "most_share": D(1), "is_active": False}
        save_programme(session, SYSTEM, programme, version=programme.version, **said)

    shop(change)

    def correct_to(session: Any, price: str, points: int) -> Any:
        document = session.get(Sale, sale)
        draft = kind_of(document).draft_of(document)
        correct(session, SYSTEM, document, replace(draft, points=points, lines=[line(price)]))
        return [(x.points, x.points_off) for x in document.lines]

    assert shop(lambda s: correct_to(s, "90", 9)) == [(9, D("4.50"))]
    with pytest.raises(Invalid, match="At most 4 points"):
        shop(lambda s: correct_to(s, "45", 9))

    def look(session: Any) -> None:
        found = {f.key: f.amounts["points"] for f in now(session, Points.balance, by=("contact",))}
        assert found == {(ANNA,): D(1 + 8)}  # ten less nine, and eight for 85.50
        with pytest.raises(Invalid, match="in no programme"):
            sold(session, line("100"), points=1)

    shop(look)
    assert is_proved(shop)


def test_what_expired_of_a_sale_is_found_by_an_index_of_what_expired(shop: Any) -> None:
    def work(session: Any) -> None:
        session.connection()
        for ask in (lambda: expired_of_lots(session, [7]), lambda: expiries_of(session, 7)):
            with counted(session) as statements:
                ask()
            assert "expired != 0" in statements[0]
            if session.get_bind().dialect.name == "sqlite":
                values = (7,) * statements[0].count("?")
                plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0]}", values).all()
                assert "ix_trade_points_entry_lot_id" in str(plan)

    shop(work)


def test_what_is_left_of_points_is_asked_by_the_index_of_lots_that_have_some(shop: Any) -> None:
    def work(session: Any) -> None:
        session.connection()
        for ask in (lambda: left_of_lot(session, 7, ANNA), lambda: open_lots(session, [ANNA], 1, wall_clock())):
            with counted(session) as statements:
                ask()
            assert "points != 0" in statements[0]
            if session.get_bind().dialect.name == "sqlite":
                values = (1,) * statements[0].count("?")
                plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0]}", values).all()
                assert "ix_trade_points_lots_total_open" in str(plan), plan

    shop(work)


def test_a_point_takes_its_worth_off_net_prices_as_they_are(shop: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        give_to = {"contact_id": ANNA, "programme_id": 1, "points": 4, "note": "Welcome"}
        change_points(session, SYSTEM, **give_to)
        sale = save(session, SYSTEM, Sale, TradeDraft(ANNA, [line("100")], points=4))
        return sale.net, sale.tax, sale.amount

    assert shop(work) == (D(98), D("19.60"), D("117.60"))
