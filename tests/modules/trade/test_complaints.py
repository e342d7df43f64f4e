"""Complaints: of what was sold and never more, from open to settled, with what was made to settle them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import wall_clock
from app.documents import Document, correct, kind_of, locked, post, reverse, save
from app.documents.chain import chain_of
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.operations import create_contact
from modules.contacts.queries import open_of
from modules.trade.complaints.crediting import left_to_credit
from modules.trade.complaints.figures import complaint_figures
from modules.trade.complaints.kinds import ComplaintDraft, ComplaintLineDraft, complaint_of
from modules.trade.complaints.models import Complaint, ComplaintReason
from modules.trade.complaints.notices import remind_of_overdue
from modules.trade.complaints.operations import (
    _spread,
    answer,
    cost_so_far,
    credit,
    refuse,
    reopen_complaint,
    settle,
    take_into_work,
)
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.early.operations import DiscountSaid, give_discount
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.trade.returning import return_of
from modules.warehouse.operations import create_item


@pytest.fixture
def sold(proved: Any) -> Any:
    """Ten lamps and five shades bought of Lübeck, three lamps at 10 and one shade at 4.01 sold to Bergen with 20 % tax."""
    ids: dict[str, int] = {}

    def prepare(session: Any) -> None:
        bergen = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen").id
        lubeck = create_contact(session, SYSTEM, kind="legal_entity", name="Lübeck").id
        lamp = create_item(session, SYSTEM, code="LAMP", name="Lamp").id
        shade = create_item(session, SYSTEM, code="SHADE", name="Shade").id
        bought = [TradeLineDraft(lamp, D(10), D(6), tax_rate=D(0)), TradeLineDraft(shade, D(5), D(2), tax_rate=D(0))]
        _made(session, Purchase, TradeDraft(lubeck, bought))
        lines = [
            TradeLineDraft(lamp, D(3), D(10), tax_rate=D(20)),
            TradeLineDraft(shade, D(1), D("4.01"), tax_rate=D(20)),
        ]
        sale = _made(session, Sale, TradeDraft(bergen, lines))
        ids.update(bergen=bergen, lubeck=lubeck, lamp=lamp, shade=shade, sale=sale.id)

    proved(prepare)
    return ids, proved


def _made(session: Any, model: Any, draft: Any) -> Any:
    document = save(session, SYSTEM, model, draft)
    post(session, SYSTEM, [document])
    session.flush()
    return document


def _complain(session: Any, ids: dict[str, int], quantity: int = 2, **said: Any) -> Any:
    line = ComplaintLineDraft(ids["lamp"], D(quantity), reason_id=1, origin=(ids["sale"], 1))
    return _made(
        session, Complaint, ComplaintDraft(ids["bergen"], [line], wish="money", problem="They flicker", **said)
    )


def test_no_more_is_complained_of_than_was_sold(sold: Any) -> None:
    ids, run = sold

    def work(session: Any) -> None:
        draft = complaint_of(session, session.get(Sale, ids["sale"]))
        assert [(x.item_id, x.quantity) for x in draft.lines] == [(ids["lamp"], 3), (ids["shade"], 1)]
        complaint = _complain(session, ids)
        assert (complaint.amount, complaint.lines[0].supplier_id) == (D(24), ids["lubeck"])
        left = complaint_of(session, session.get(Sale, ids["sale"]))
        assert [x.quantity for x in left.lines] == [1, 1]

    run(work)
    with pytest.raises(Invalid, match="only 1 is left"):
        run(lambda s: _complain(s, ids))
    with pytest.raises(Invalid, match="other goods"):
        run(lambda s: _complain(s, {**ids, "lamp": ids["shade"]}))
    with pytest.raises(Invalid, match="another contact"):
        run(lambda s: _complain(s, {**ids, "bergen": ids["lubeck"]}))
    run(lambda s: _made(s, Complaint, ComplaintDraft(ids["lubeck"], [ComplaintLineDraft(ids["lamp"], D(99))])))


def test_what_came_back_is_not_proposed_for_a_complaint_again(sold: Any) -> None:
    ids, run = sold

    def work(session: Any) -> None:
        sale = session.get(Sale, ids["sale"])
        draft = return_of(session, sale)
        _made(session, SalesReturn, replace(draft, lines=[replace(draft.lines[0], quantity=D(1)), draft.lines[1]]))
        assert [(x.item_id, x.quantity) for x in complaint_of(session, sale).lines] == [(ids["lamp"], 2)]

    run(work)


def test_no_more_is_proposed_to_return_to_a_supplier_than_is_there(sold: Any) -> None:
    ids, run = sold

    def work(session: Any) -> None:
        bought = session.scalars(select(Purchase)).one()
        assert [x.quantity for x in return_of(session, bought).lines] == [D(7), D(4)]  # of 10 and 5
        _made(session, Sale, TradeDraft(ids["bergen"], [TradeLineDraft(ids["shade"], D(4), D(4), tax_rate=D(20))]))
        assert [x.quantity for x in return_of(session, bought).lines] == [D(7)]

    run(work)


def test_a_complaint_leads_to_a_return_a_replacement_and_a_credit(sold: Any) -> None:
    ids, run = sold

    def work(session: Any) -> None:
        complaint = _complain(session, ids)
        take_into_work(session, SYSTEM, complaint.id)
        back = answer(session, SYSTEM, complaint.id, "return")
        assert [(x.item_id, x.quantity, x.gross) for x in back.lines] == [(ids["lamp"], 2, D(24))]
        post(session, SYSTEM, [back])
        new = answer(session, SYSTEM, complaint.id, "replacement")
        assert [(x.quantity, x.discount, x.gross) for x in new.lines] == [(2, 0, D(24))]  # as the return credited it
        before = open_of(session, [ids["sale"]])[ids["sale"]]
        with pytest.raises(Invalid, match="more than was charged"):  # the return has credited all of it
            credit(session, SYSTEM, complaint.id, amount=D(4))
        other = _complain(session, ids, quantity=1)
        given = credit(session, SYSTEM, other.id, amount=D(4), operation_id="once")
        assert credit(session, SYSTEM, other.id, amount=D(4), operation_id="once").id == given.id
        assert open_of(session, [ids["sale"]])[ids["sale"]] == before - 4
        shown = {d.id for d in chain_of(session, complaint).documents}
        assert shown >= {ids["sale"], complaint.id, back.id, new.id}
        assert given.id in {d.id for d in chain_of(session, other).documents}
        assert (cost_so_far(session, complaint), cost_so_far(session, other)) == (24, 4)

    run(work)
    with pytest.raises(Conflict, match="settled this complaint"):
        run(lambda s: reverse(s, SYSTEM, _one(s)))
    with pytest.raises(Invalid, match="more than was charged"):
        run(lambda s: credit(s, SYSTEM, _one(s).id, amount=D(25)))


def test_a_replacement_is_free_where_nothing_was_credited(sold: Any) -> None:
    ids, run = sold

    def work(session: Any) -> None:
        complaint = _complain(session, ids)
        new = answer(session, SYSTEM, complaint.id, "replacement")
        assert [(x.item_id, x.quantity, x.discount, x.gross) for x in new.lines] == [(ids["lamp"], 2, 100, 0)]
        post(session, SYSTEM, [new])
        assert cost_so_far(session, complaint) == 20
        unsold = _made(session, Complaint, ComplaintDraft(ids["bergen"], [ComplaintLineDraft(ids["lamp"], D(1))]))
        assert answer(session, SYSTEM, unsold.id, "return").lines[0].quantity == 1

    run(work)


def test_no_more_is_given_for_a_complaint_than_was_charged(sold: Any) -> None:
    ids, run = sold

    def work(session: Any) -> None:
        complaint = _complain(session, ids)
        first = credit(session, SYSTEM, complaint.id, amount=D(20), operation_id="first")
        with pytest.raises(Invalid, match="more than was charged"):
            credit(session, SYSTEM, complaint.id, amount=D(20), operation_id="second")
        credit(session, SYSTEM, complaint.id, amount=D(4), operation_id="third")
        new = answer(session, SYSTEM, complaint.id, "replacement")
        assert [(x.quantity, x.discount, x.gross) for x in new.lines] == [(2, 0, D(24))]  # the money is given already
        with pytest.raises(Conflict, match="replaced already"):
            answer(session, SYSTEM, complaint.id, "replacement")
        post(session, SYSTEM, [new])
        reverse(session, SYSTEM, new)
        assert answer(session, SYSTEM, complaint.id, "replacement").amount == 24
        reverse(session, SYSTEM, first)
        assert credit(session, SYSTEM, complaint.id, amount=D(20), operation_id="fourth").amount == 20

    run(work)


def test_of_several_sales_or_of_one_that_is_closed_nothing_is_made(company: Any, employ: Any, sold: Any) -> None:
    ids, run = sold
    olga = employ("olga", "manager", "accountant")

    def work(session: Any) -> None:
        lines = [TradeLineDraft(ids["lamp"], D(1), D(9), tax_rate=D(20))]
        second = _made(session, Sale, TradeDraft(ids["bergen"], lines))
        of_first, of_second, of_none = (
            ComplaintLineDraft(ids["lamp"], D(1), origin=origin) for origin in ((ids["sale"], 1), (second.id, 1), None)
        )
        for said, why in (((of_first, of_second), "several sales"), ((of_first, of_none), "no sale")):
            complaint = _made(session, Complaint, ComplaintDraft(ids["bergen"], said))
            for target in ("return", "replacement"):
                with pytest.raises(Conflict, match=why):
                    answer(session, SYSTEM, complaint.id, target)
        ids.update(alone=_complain(session, ids, quantity=1).id)

    run(work)
    without = replace(olga, permissions=olga.permissions - {"trade.sale.view"})
    for target in ("return", "replacement"):
        with pytest.raises(Conflict, match="open to you"):
            company.database.run(lambda s, t=target: answer(s, without, ids["alone"], t), actor=without)
    made = company.database.run(lambda s: answer(s, olga, ids["alone"], "return").amount, actor=olga)
    assert made == 12


def test_it_is_settled_or_refused_with_words_and_counted(sold: Any) -> None:
    ids, run = sold

    def work(session: Any) -> None:
        draft = complaint_of(session, session.get(Sale, ids["sale"]))
        complaint = _made(session, Complaint, draft)
        settle(session, SYSTEM, complaint.id, outcome="New driver sent", cost=D("10.01"))
        assert [x.cost for x in complaint.lines] == [D("8.83"), D("1.18")]
        said = kind_of(complaint).draft_of(complaint)
        with pytest.raises(Conflict, match="Reopen it"):
            correct(session, SYSTEM, complaint, said)

        def figures(by: str) -> list[tuple[Any, ...]]:
            table = complaint_figures.of(session, {"by": by})
            columns = {c.name: c.expression for c in table.columns}
            query = table.source(session).add_columns(columns["name"], columns["complaints"], columns["cost"])
            return sorted(tuple(row) for row in session.execute(query))

        assert figures("item") == [("Lamp", 1, D("8.83")), ("Shade", 1, D("1.18"))]
        assert figures("supplier") == [("Lübeck", 1, D("10.01"))]
        assert figures("month") == [(complaint.moment.date().replace(day=1), 1, D("10.01"))]
        reopen_complaint(session, SYSTEM, complaint.id)
        assert figures("item") == [("Lamp", 1, 0), ("Shade", 1, 0)]
        with pytest.raises(Invalid, match="how it ended"):
            refuse(session, SYSTEM, complaint.id, outcome="  ")
        refuse(session, SYSTEM, complaint.id, outcome="They were dropped")
        with pytest.raises(Conflict):
            take_into_work(session, SYSTEM, complaint.id)

    run(work)


def test_whoever_is_responsible_is_reminded_once_of_each_day_that_has_passed(sold: Any) -> None:
    ids, run = sold
    today = wall_clock().date()

    def work(session: Any) -> None:
        complaint = _complain(session, ids, due=today)
        assert remind_of_overdue(session) == 0
        complaint.due = today - timedelta(days=2)
        session.flush()
        assert (remind_of_overdue(session), remind_of_overdue(session)) == (1, 0)

    run(work)


def test_costs_are_spread_to_the_last_coin() -> None:
    assert _spread(D(1), [D(1), D(1), D(1)], 2) == [D("0.33"), D("0.34"), D("0.33")]
    assert sum(_spread(D("0.05"), [D(7), D(0), D(13)], 2)) == D("0.05")


def _one(session: Any) -> Any:
    return session.query(Complaint).first()


def test_complaints_are_entered_and_settled_on_their_pages(app: Any, company: Any, sold_in_app: Any) -> None:
    browser, sale, lamp = sold_in_app
    page = browser.get(f"/trade/complaints/new?of={sale}").get_data(as_text=True)
    assert "Defective" in page
    for address in ("/trade/complaints", f"/trade/documents/{sale}/sale-complaints", "/trade/complaint-reasons"):
        assert browser.get(address).status_code == 200, address
    for by in ("item", "reason", "supplier", "month"):
        assert browser.get(f"/reports/trade.complaint_figure?by={by}").status_code == 200
    assert browser.get("/reports/trade.complaint_figure?by=nothing").status_code == 422
    number = company.database.run(lambda s: _registered(s, sale, lamp), actor=SYSTEM)
    at = f"/trade/complaints/{number}"
    assert "3" in browser.get("/trade/complaints?late=yes").get_data(as_text=True)
    browser.post(f"{at}/work")
    assert browser.post(f"{at}/answer/return").status_code == 302
    assert browser.post(f"{at}/answer/nothing").status_code == 404
    for step in ("settle", "refuse", "credit"):
        assert browser.get(f"{at}/{step}").status_code == 200
    assert browser.post(f"{at}/settle", data={"outcome": "", "cost": "1"}).status_code == 200
    assert browser.post(f"{at}/settle", data={"outcome": "Repaired", "cost": "1.50"}).status_code == 302
    shown = browser.get(at).get_data(as_text=True)
    assert all(word in shown for word in ("Repaired", "Reopen", "1.50"))
    browser.post("/trade/complaint-reasons/new", data={"name": "Too loud", "is_active": "y"})
    assert (
        company.database.run(lambda s: s.query(ComplaintReason).filter_by(name="Too loud").count(), actor=SYSTEM) == 1
    )
    assert "already" in browser.post("/trade/complaint-reasons/new", data={"name": "too LOUD"}).get_data(as_text=True)


def _registered(session: Any, sale: int, lamp: int) -> int:
    line = ComplaintLineDraft(lamp, D(2), origin=(sale, 1))
    contact = session.get(Document, sale).contact_id
    long_ago = wall_clock() - timedelta(days=10)
    draft = ComplaintDraft(contact, [line], moment=long_ago, due=(wall_clock() - timedelta(days=3)).date())
    return int(_made(session, Complaint, draft).id)


@pytest.fixture
def sold_in_app(company: Any, app: Any, employ: Any) -> Any:
    def work(session: Any) -> tuple[int, int]:
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Bergen").id
        lamp = create_item(session, SYSTEM, code="LAMP", name="Lamp", kind="service").id
        moment = wall_clock() - timedelta(days=20)
        sale = _made(session, Sale, TradeDraft(contact, [TradeLineDraft(lamp, D(3), D(10))], moment=moment))
        return int(sale.id), int(lamp)

    employ("maria", "manager", "accountant")
    sale, lamp = company.database.run(work, actor=SYSTEM)
    browser = app.test_client()
    browser.post("/login", data={"login": "maria", "password": "maria-sample"})
    return browser, sale, lamp


def test_no_more_is_credited_than_an_early_payment_has_left(sold: Any, refused: Any) -> None:
    ids, run = sold

    def work(session: Any) -> tuple[int, int]:
        said = DiscountSaid(ids["sale"], D("4.08"), is_late=True)  # 3.60 of it off the lamps
        give_discount(session, SYSTEM, said)
        return _complain(session, ids).id, _complain(session, ids, quantity=1).id

    two, one = run(work)
    # two thirds of 36.00 less what was let off
    assert run(lambda s: left_to_credit(s, s.get(Complaint, two))) == D("21.60")
    refused(lambda s: credit(s, SYSTEM, two, amount=D(24)), Invalid, field="amount")
    run(lambda s: credit(s, SYSTEM, two, amount=D(20)))
    run(lambda s: post(s, SYSTEM, [answer(s, SYSTEM, one, "return")]))
    assert run(lambda s: left_to_credit(s, s.get(Complaint, two))) == D("1.60")
    assert run(lambda s: left_to_credit(s, s.get(Complaint, one))) == 0


def test_complaints_of_a_line_share_what_returns_have_left_of_it(sold: Any, refused: Any) -> None:
    ids, run = sold

    def work(session: Any) -> list[int]:
        lines = [TradeLineDraft(ids[x], D(n), D(p), tax_rate=D(0)) for x, n, p in (("lamp", 5, 10), ("shade", 1, 30))]
        ids["sale"] = _made(session, Sale, TradeDraft(ids["bergen"], lines)).id
        said = [ComplaintLineDraft(ids["lamp"], D(1), origin=(ids["sale"], 1)) for _ in range(2)]
        twice = _made(session, Complaint, ComplaintDraft(ids["bergen"], said))
        shade = ComplaintLineDraft(ids["shade"], D(1), origin=(ids["sale"], 2))
        mixed = _made(session, Complaint, ComplaintDraft(ids["bergen"], [said[0], shade]))
        back = return_of(session, session.get(Sale, ids["sale"]))
        _made(session, SalesReturn, replace(back, lines=[replace(back.lines[0], quantity=D(4))]))  # 10 of 50 is left
        return [twice.id, mixed.id, _complain(session, ids, quantity=1).id]

    twice, mixed, one = run(work)
    left = lambda complaint: run(lambda s: left_to_credit(s, s.get(Complaint, complaint)))  # noqa: E731
    assert [left(twice), left(mixed), left(one)] == [10, 40, 10], "a line is left once, of however many complained"
    run(lambda s: credit(s, SYSTEM, mixed, amount=D(16)))  # 4 of it for the lamp
    assert [left(twice), left(mixed), left(one)] == [6, 24, 6]
    given = run(lambda s: credit(s, SYSTEM, one, amount=D(6)).id)
    refused(lambda s: credit(s, SYSTEM, twice, amount=D("0.01")), Invalid, field="amount")
    run(lambda s: reverse(s, SYSTEM, locked(s, Document, given)))
    run(lambda s: credit(s, SYSTEM, twice, amount=D(6)))
    assert [left(twice), left(one)] == [0, 0]
