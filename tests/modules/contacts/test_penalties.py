"""Penalty interest: proposed by open items as they were settled, charged once, owed and reversed; its pages."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app import ledger
from app.clock import wall_clock
from app.documents import post, save
from app.errors import Conflict, Invalid
from app.security import SYSTEM
from modules.contacts.contracts import change_contract, contract_by_id, create_contract
from modules.contacts.models import OpenItem
from modules.contacts.money.adjustments import record_opening_debt
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.penalties.charging import charge, charged_until, proposed, reverse_penalty
from modules.contacts.penalties.key_rates import save_key_rate
from modules.contacts.penalties.models import KeyRate, Penalty
from modules.contacts.queries import open_of, statement_of
from modules.contacts.registers import PenaltyIncome
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item
from tests.modules.web.browser_forms import Page

JANUARY = date(2026, 1, 31)


@pytest.fixture
def do(company: Any) -> Any:
    return lambda work: company.database.run(work, actor=SYSTEM)


@pytest.fixture
def ids(do: Any) -> dict[str, int]:
    """A contract with 0.1 % a day; an invoice of 1,000 due on the 10th, 400 of it paid on the 20th; another of 500 due then."""

    def work(s: Any) -> dict[str, int]:
        anna = create_contact(s, SYSTEM, kind="legal_entity", name="Anna", code="A").id
        terms = {"penalty_kind": "day", "penalty_rate": D("0.1"), "payment_terms": "days", "payment_days": 5}
        contract = create_contract(s, SYSTEM, contact_id=anna, number="7", **terms).id
        said: dict[str, Any] = {"contact_id": anna, "side": "them", "contract_id": contract}
        first = record_opening_debt(
            s, SYSTEM, amount=D(1000), moment=datetime(2026, 1, 1), due=date(2026, 1, 10), **said
        ).id
        second = record_opening_debt(
            s, SYSTEM, amount=D(500), moment=datetime(2026, 1, 2), due=date(2026, 1, 20), **said
        ).id
        paid = datetime(2026, 1, 20, 12)
        record_payment(s, SYSTEM, contact_id=anna, direction="in", amount=D(400), moment=paid, contract_id=contract)
        return {"anna": anna, "contract": contract, "first": first, "second": second}

    found: dict[str, int] = do(work)
    return found


def test_what_was_late_is_charged_once_line_by_line(do: Any, ids: dict[str, int]) -> None:
    def look(s: Any, until: date = JANUARY, since: date | None = None) -> Any:
        found = proposed(s, contract_by_id(s, ids["contract"]), since, until)
        return [(e.document_id, [(x.since.day, x.until.day, x.debt, x.amount) for x in e.spans]) for e in found]

    lines = [
        (ids["first"], [(11, 20, 1000, 10), (21, 31, 600, D("6.60"))]),
        (ids["second"], [(21, 31, 500, D("5.50"))]),
    ]
    assert do(look) == lines
    assert do(lambda s: look(s, since=date(2026, 1, 30))) == [
        (ids["first"], [(30, 31, 600, D("1.20"))]),
        (ids["second"], [(30, 31, 500, 1)]),
    ]

    def send(s: Any, expected: str = "22.10", **more: Any) -> Penalty:
        said: dict[str, Any] = {"items": _items(s, ids["first"], ids["second"]), "until": JANUARY, **more}
        return charge(s, SYSTEM, contract_id=ids["contract"], expected=D(expected), **said)

    for more, error, words in (
        ({"expected": "22"}, Conflict, "Look at the lines again"),
        ({"items": []}, Invalid, "at least one"),
        ({"until": wall_clock().date()}, Invalid, "has ended"),
    ):
        with pytest.raises(error, match=words):
            do(lambda s, more=more: send(s, **more))
    assert do(lambda s: s.query(Penalty).count()) == 0
    made = do(lambda s: send(s, operation_id="x").id)
    assert do(lambda s: send(s, operation_id="x").id) == made
    assert do(look) == []
    assert do(lambda s: look(s, until=date(2026, 2, 1)))[0] == (ids["first"], [(1, 1, 600, D("0.60"))])
    document = do(lambda s: (lambda p: (p.amount, p.since, p.due, len(p.lines)))(s.get(Penalty, made)))
    today = wall_clock().date()
    assert document == (D("22.10"), date(2026, 1, 11), today + timedelta(days=5), 3)
    assert do(lambda s: charged_until(s, ids["contract"])) == JANUARY
    assert do(lambda s: open_of(s, [made])) == {made: D("22.10")}
    assert do(lambda s: statement_of(s, ids["anna"], contract=ids["contract"])["GBP"].closing["amount"]) == D("1122.10")
    assert do(lambda s: [f.amounts for f in ledger.now(s, PenaltyIncome.income, by=())]) == [
        {"amount": D("22.10"), "base": D("22.10")}
    ]
    assert do(lambda s: list(ledger.verify(s))) == []
    do(lambda s: reverse_penalty(s, SYSTEM, made))
    assert do(look) == lines
    assert do(lambda s: open_of(s, [made])) == {made: 0}
    assert do(lambda s: list(ledger.verify(s))) == []


def _items(session: Any, *documents: int) -> list[int]:
    return list(session.scalars(select(OpenItem.id).where(OpenItem.document_id.in_(documents))))


@pytest.mark.one_engine  # no engine decides what is agreed
def test_a_key_rate_that_is_not_known_is_asked_for_and_terms_are_checked(do: Any, ids: dict[str, int]) -> None:
    def agree(s: Any, **terms: Any) -> None:
        change_contract(s, SYSTEM, contract_by_id(s, ids["contract"]), **terms)

    def amounts(s: Any) -> list[D]:
        return [e.amount for e in proposed(s, contract_by_id(s, ids["contract"]), None, JANUARY)]

    for terms, words in (
        ({"penalty_rate": D(0)}, "how many per cent"),
        ({"penalty_kind": "month"}, "none of the choices"),
        ({"penalty_cap": D(101)}, "between 0 and 100"),
        ({"penalty_part": 20_000}, "150 for 1/150"),
        ({"penalty_grace": -1}, "between 0 and 365"),
    ):
        with pytest.raises(Invalid, match=words):
            do(lambda s, terms=terms: agree(s, **terms))
    do(lambda s: agree(s, penalty_kind="key_part", penalty_part=150, penalty_cap=D(2)))
    with pytest.raises(Invalid, match="No key rate is known"):
        do(amounts)
    rate = do(lambda s: save_key_rate(s, SYSTEM, since=date(2026, 1, 11), rate=D(15)).id)
    assert do(amounts) == [D("16.60"), D("5.50")]  # from the first day that costs anything on
    do(lambda s: save_key_rate(s, SYSTEM, since=date(2025, 1, 1), rate=D(15), known=s.get(KeyRate, rate)).id)
    with pytest.raises(Conflict, match="already"):
        do(lambda s: save_key_rate(s, SYSTEM, since=date(2025, 1, 1), rate=D(16)))
    assert do(amounts) == [D("16.60"), D("5.50")]
    do(lambda s: agree(s, penalty_cap=D(1), penalty_grace=5))
    assert do(amounts) == [D(10), D(3)]
    do(lambda s: agree(s, penalty_kind=""))
    with pytest.raises(Invalid, match="No penalty is agreed"):
        do(amounts)


@pytest.mark.one_engine  # pages
def test_an_accountant_charges_it_on_one_page(app: Any, do: Any, ids: dict[str, int]) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    assert "0.1 % a day" in browser.get(f"/contacts/contracts/{ids['contract']}").text
    address = f"/contacts/penalties/new?contract_id={ids['contract']}&since=&until=2026-01-31"
    app.config["WTF_CSRF_ENABLED"] = True  # what is asked by an address needs no token
    page = browser.get(address).text
    app.config["WTF_CSRF_ENABLED"] = False
    assert all(words in page for words in ("16.60", "0.1 % a day", "600.00", "22.10"))
    form = next(each.fields for each in Page(page).forms if "late" in each.fields)
    sent = {**form, "late": [form["late"][0]]}
    done = browser.post(address, data=sent)
    assert done.status_code == 302
    shown = browser.get(done.location).text
    assert "16.60" in shown
    assert browser.get(f"{done.location}?as=pdf").data.startswith(b"%PDF")
    assert browser.post(address, data={**sent, "operation": "two"}).text.count("Look at the lines again") == 0
    assert do(lambda s: s.query(Penalty).count()) == 1
    assert "Anna" in browser.get("/contacts/penalties").text
    browser.post("/contacts/key-rates/new", data={"since": "2026-01-01", "rate": "21"})
    rates = browser.get("/contacts/key-rates").text
    assert "21" in rates


@pytest.mark.one_engine  # pages
def test_parts_of_one_document_are_charged_each_for_its_days(app: Any, do: Any, ids: dict[str, int]) -> None:
    def sell(s: Any) -> None:
        terms: dict[str, Any] = {"penalty_kind": "day", "penalty_rate": D("0.1"), "instalments": "50/0, 50/10"}
        contract = create_contract(s, SYSTEM, contact_id=ids["anna"], number="8", **terms).id
        item = create_item(s, SYSTEM, code="CUT", name="Cutting", kind="service").id
        draft = TradeDraft(
            ids["anna"], [TradeLineDraft(item, D(1), D(1000))], moment=datetime(2026, 1, 1), contract_id=contract
        )
        post(s, SYSTEM, [save(s, SYSTEM, Sale, draft)])
        ids["contract"] = contract

    do(sell)
    browser = app.test_client()
    browser.post("/login", data={"login": "admin", "password": "correct horse"})
    address = f"/contacts/penalties/new?contract_id={ids['contract']}&since=&until=2026-01-31"
    form = next(each.fields for each in Page(browser.get(address).text).forms if "late" in each.fields)
    nonsense = browser.post(address, data={**form, "late": ["1:sNaN", "2:1"]})
    assert (nonsense.status_code, "Look at the lines again" in nonsense.text) == (200, True)
    assert browser.post(address, data=form).status_code == 302
    assert do(lambda s: [(p.amount, len(p.lines)) for p in s.query(Penalty)]) == [(D("25.00"), 2)]
