"""From the bank's line to what is posted: proposed, confirmed, set aside, undone; and nothing is posted twice."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import event, select

from app.documents import post, save
from app.errors import Conflict, Forbidden, Invalid
from app.security import SYSTEM
from modules.contacts.bank.statement import Line, Party, Statement
from modules.contacts.bank_lines import confirm_line, confirm_sure, set_aside, statement_by_id, undo_line
from modules.contacts.bank_models import BankLine
from modules.contacts.bank_proposals import _booked, movement_of, own_account, waiting_of
from modules.contacts.bank_statements import keep_statements
from modules.contacts.models import Payment
from modules.contacts.money.accounts import expense_items, save_account
from modules.contacts.money.models import Transfer
from modules.contacts.money.queries import balances_of_accounts
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.queries import open_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item

OWN, SAVINGS, THEIRS = "GB82WEST12345698765432", "GB33BUKB20201555555555", "DE89370400440532013000"
DAY = date(2026, 3, 5)


def line(amount: int, name: str = "", account: str = "", purpose: str = "", entry: int = 0) -> Line:
    return Line(DAY, D(amount), party=Party(name, account), purpose=purpose, entry=entry, bank_id=f"B{entry}")


@pytest.fixture
def ids(company: Any) -> dict[str, int]:
    """A customer with an account and two sales (100 and 50), two own accounts, and a statement of five lines."""

    def work(session: Any) -> dict[str, int]:
        ada = create_contact(session, SYSTEM, kind="legal_entity", name="Ada Ltd", code="A", bank_account=THEIRS).id
        bo = create_contact(session, SYSTEM, kind="legal_entity", name="Bo & Sons", code="B").id
        main = save_account(session, SYSTEM, kind="bank", name="Main", currency="GBP", number=OWN, may_overdraw=True)
        savings = save_account(session, SYSTEM, kind="bank", name="Savings", currency="GBP", number=SAVINGS)
        work = create_item(session, SYSTEM, code="W", name="Work", kind="service").id
        sales = []
        for price in (100, 50):
            draft = TradeDraft(ada, [TradeLineDraft(work, D(1), D(price))], moment=datetime(2026, 3, 1, 12))
            sales.append(save(session, SYSTEM, Sale, draft))
        post(session, SYSTEM, sales)
        lines = [
            line(100, "Ada", THEIRS, f"invoice {sales[0].number}, thanks", 0),
            line(30, "Bo & Sons", "", "on account", 1),
            line(-2, "Bank", "", "fee 03.2026", 2),
            line(-10, "We", SAVINGS, "to the savings", 3),
            line(50, "Ada", THEIRS, "rest", 4),
        ]
        keep_statements(session, SYSTEM, [Statement(OWN, "GBP", lines)], format="OFX", file="march.ofx")
        return {
            "ada": ada,
            "bo": bo,
            "main": main.id,
            "savings": savings.id,
            "first": sales[0].id,
            "second": sales[1].id,
        }

    found: dict[str, int] = company.database.run(work, actor=SYSTEM)
    return found


def run(company: Any, work: Any, actor: Any = SYSTEM) -> Any:
    return company.database.run(work, actor=actor)


def fee(session: Any) -> int:
    return next(int(item.id) for item in expense_items(session) if item.direction != "in" and not item.purpose)


def test_lines_are_proposed_with_the_reasons_why(company: Any, ids: dict[str, int]) -> None:
    waiting = run(company, lambda s: waiting_of(s, statement_by_id(s, 1)))
    said = {n: (p.contact_id, p.other_account_id, p.pays, p.reasons, p.is_sure) for n, p in waiting.proposals.items()}
    assert said == {
        1: (ids["ada"], None, ((ids["first"], D(100)),), ("account", "numbers"), True),
        2: (ids["bo"], None, (), ("name", "advance"), False),
        4: (None, ids["savings"], None, ("own",), True),
        5: (ids["ada"], None, ((ids["second"], D(50)),), ("account", "amount"), True),
    }


def test_sure_lines_are_posted_together_and_the_balance_is_the_banks(company: Any, ids: dict[str, int]) -> None:
    assert run(company, lambda s: confirm_sure(s, SYSTEM, statement_by_id(s, 1))) == 3
    run(company, lambda s: confirm_line(s, SYSTEM, 2, contact_id=ids["bo"], pays=[]))
    run(company, lambda s: confirm_line(s, SYSTEM, 3, expense_item_id=fee(s), remembers=True))

    def look(session: Any) -> None:
        assert balances_of_accounts(session) == {ids["main"]: D(168), ids["savings"]: D(10)}
        assert open_of(session, [ids["first"], ids["second"]]) == {ids["first"]: D(0), ids["second"]: D(0)}
        again = Statement(OWN, "GBP", [line(-3, "Bank", "", "fee 04.2026", 9)])
        keep_statements(session, SYSTEM, [again], format="OFX", file="april.ofx")
        (proposal,) = waiting_of(session, statement_by_id(session, 2)).proposals.values()
        assert (proposal.expense_item_id, proposal.reasons, proposal.is_sure) == (fee(session), ("rule",), True)
        # The other account's statement has the same transfer: it is in the books already.
        other = Statement(SAVINGS, "GBP", [line(10, "We", OWN, "from the main account", 1)])
        keep_statements(session, SYSTEM, [other], format="OFX", file="savings.ofx")
        (proposal,) = waiting_of(session, statement_by_id(session, 3)).proposals.values()
        assert session.get(Transfer, proposal.booked_id) is not None
        confirm_line(session, SYSTEM, 7, booked_id=proposal.booked_id)
        with pytest.raises(Conflict, match="doesn't wait any more"):
            confirm_line(session, SYSTEM, 7, booked_id=proposal.booked_id)
        assert balances_of_accounts(session)[ids["savings"]] == D(10)

    run(company, look)


def test_an_undone_line_waits_again_and_its_payment_is_reversed(company: Any, ids: dict[str, int]) -> None:
    payment = run(
        company, lambda s: confirm_line(s, SYSTEM, 1, contact_id=ids["ada"], pays=[(ids["first"], D(100))]).id
    )
    run(company, lambda s: undo_line(s, SYSTEM, 1))

    def look(session: Any) -> None:
        assert session.get(Payment, payment).state == "reversed"
        assert session.get(BankLine, 1).payment_id is None
        assert open_of(session, [ids["first"]]) == {ids["first"]: D(100)}

    run(company, look)


def test_a_payment_recorded_by_hand_is_recognised_and_stays_when_its_line_is_undone(
    company: Any, ids: dict[str, int]
) -> None:
    said = {"contact_id": ids["ada"], "direction": "in", "amount": D(100), "account_id": ids["main"]}
    made = run(company, lambda s: record_payment(s, SYSTEM, moment=datetime(2026, 3, 4, 9), **said).id)
    waiting = run(company, lambda s: waiting_of(s, statement_by_id(s, 1)))
    assert (waiting.proposals[1].booked_id, waiting.proposals[1].is_sure) == (made, True)
    run(company, lambda s: confirm_line(s, SYSTEM, 1, booked_id=made))
    run(company, lambda s: undo_line(s, SYSTEM, 1))
    assert run(company, lambda s: s.get(Payment, made).state) == "posted"
    assert run(company, lambda s: s.get(BankLine, 1).payment_id) is None


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_is_refused_posts_nothing(company: Any, ids: dict[str, int], employ: Any) -> None:
    with pytest.raises(Invalid, match="one of them"):
        run(company, lambda s: confirm_line(s, SYSTEM, 1))
    with pytest.raises(Conflict, match="isn't this line"):
        run(company, lambda s: confirm_line(s, SYSTEM, 1, booked_id=ids["second"]))
    with pytest.raises(Conflict, match=r"Only 50\.00"):
        run(company, lambda s: confirm_line(s, SYSTEM, 1, contact_id=ids["ada"], pays=[(ids["second"], D(60))]))
    sam = employ("sam", "salesperson")
    with pytest.raises(Forbidden):
        run(company, lambda s: confirm_line(s, sam, 1, contact_id=ids["ada"]), sam)
    run(company, lambda s: set_aside(s, SYSTEM, 2, is_aside=True))
    with pytest.raises(Conflict, match="set it aside"):
        run(company, lambda s: confirm_line(s, SYSTEM, 2, contact_id=ids["bo"]))
    other = [Statement("999", "GBP", [line(1, "Ada", THEIRS, "", 1)])]
    run(company, lambda s: keep_statements(s, SYSTEM, other, format="OFX", file="x.ofx"))
    with pytest.raises(Conflict, match="None of your bank accounts has the number 999 in GBP"):
        run(company, lambda s: confirm_line(s, SYSTEM, 6, contact_id=ids["ada"]))
    assert run(company, lambda s: s.scalars(select(Payment)).all()) == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_lines_are_confirmed_one_after_the_other_on_one_page(
    company: Any, app: Any, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    with monkeypatch.context() as patch:
        patch.setattr("modules.contacts.routes.bank.MOST_PARTS", 0)
        page = client.get("/contacts/bank/1/confirm").text
        assert f'name="part_{ids["first"]}"' in page, "what is proposed has a box, however many are older"
        assert f'name="part_{ids["second"]}"' not in page
    page = client.get("/contacts/bank/1/confirm").text
    assert "by the account, pays the documents that it names" in page
    sent = {"line": "1", "contact_id": str(ids["ada"]), f"part_{ids['first']}": "100"}
    answer = client.post("/contacts/bank/1/confirm", data=sent)
    assert answer.headers["Location"].endswith("/contacts/bank/1/confirm")
    page = client.get("/contacts/bank/1/confirm").text
    assert 'name="line" value="2"' in page
    client.post("/contacts/bank/lines/2/aside")
    client.post("/contacts/bank/1/confirm-sure")
    page = client.get("/contacts/bank/1/confirm").text
    assert 'name="line" value="3"' in page
    assert "Choose a contact" in client.post("/contacts/bank/1/confirm", data={"line": "3"}).text
    client.post("/contacts/bank/lines/1/undo")
    assert 'name="line" value="1"' in client.get("/contacts/bank/1/confirm").text
    assert "In our books" in client.get("/contacts/bank/1").text


def test_what_was_booked_is_looked_for_in_the_days_of_the_lines_alone(company: Any, ids: dict[str, int]) -> None:
    def work(session: Any) -> None:
        statement = statement_by_id(session, 1)
        account, movements = own_account(session, statement), [movement_of(row) for row in statement.lines]
        assert account is not None
        asked: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
            asked.append((text, values))

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            _booked(session, account, movements)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len(asked) == 3
        for text, values in asked:
            assert "contacts_bank_line.payment_id = " in text
            if engine.dialect.name == "sqlite":
                rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()
                plan = [row[-1] for row in rows]
                assert any("ix_core_document_kind_moment_id (kind=? AND moment>? AND moment<?)" in x for x in plan), (
                    plan
                )
                assert any("ix_contacts_bank_line_payment_id" in x for x in plan), plan
                assert not any(x.startswith("SCAN") for x in plan), plan

    run(company, work)
