"""What the pages, files, searches and the API show to whom."""

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import python_calamine
from sqlalchemy import select

from app.audit import AuditLine
from app.security import SYSTEM
from modules.contacts.models import Contact, Payment
from modules.trade.models import Sale, SalesReturn
from modules.trade.operations import TradeDraft, TradeLineDraft
from modules.trade.operations import post as post_trade
from modules.trade.operations import save as save_trade
from modules.warehouse.models import Receipt
from modules.warehouse.operations import MovementDraft, MovementLineDraft, create_item, post_movements, save_movement

#: 1,000 bought at 7.7731, 100 of them sold at 10: cost and margin in every writing that a page, file or API may use.
COSTS = ("7.7731", "7,773.10", "7773.1", "777.31", "222.69", "6,995.79", "6995.79")


def text_of(answer: Any) -> str:
    """What the answer tells, a workbook's cells too."""
    if answer.mimetype.endswith("spreadsheetml.sheet"):
        book = python_calamine.load_workbook(io.BytesIO(answer.data))
        return "\n".join(
            str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
        )
    return str(answer.text)


@pytest.fixture(scope="module")
def traded(house: Any) -> dict[str, int]:
    """Goods bought at a cost that no other figure has, and sold by Sam to a contact of his."""
    from app.security import User

    def work(session: Any) -> dict[str, int]:
        sam = session.scalars(select(User.id).where(User.login == "sam")).one()
        contact = session.scalars(select(Contact).where(Contact.responsible_id == sam)).first()
        item = create_item(session, SYSTEM, name="Secret cost", code="SECRET", price=Decimal(10))
        session.flush()
        receipt = save_movement(
            session,
            SYSTEM,
            Receipt,
            MovementDraft([MovementLineDraft(item.id, Decimal(1000), Decimal("7.7731"))], target_id=100),
        )
        post_movements(session, SYSTEM, [receipt])
        sale = save_trade(
            session,
            SYSTEM,
            Sale,
            TradeDraft(contact.id, [TradeLineDraft(item.id, Decimal(100), Decimal(10))], responsible_id=sam),
        )
        post_trade(session, SYSTEM, [sale])
        return {"item_id": item.id, "receipt": receipt.id, "document_id": sale.id, "contact_id": contact.id}

    return house.company.database.run(work, actor=SYSTEM)


def addresses(house: Any, traded: dict[str, int]) -> Iterator[str]:
    """Every page that is read, with the goods', the contact's and the documents' numbers, as page, file and sorted."""
    values = {**traded, "name": "warehouse.stock", "kind": "individual", "job_id": 1, "user_id": 1, "role_id": 1}
    for rule in house.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        for document in (traded["document_id"], traded["receipt"]) if "document_id" in rule.arguments else (0,):
            arguments = {name: values.get(name, 1) for name in rule.arguments} | {"document_id": document}
            path = rule.build({n: arguments[n] for n in rule.arguments})
            assert path is not None
            yield from (
                path[1].removeprefix("|") + s
                for s in ("", "?as=xlsx", "?order=-value", "?order=-cost", "?order=margin", "?q=SECRET")
            )
    for name in (
        "warehouse.stock",
        "warehouse.receipt",
        "trade.result",
        "warehouse.item",
        "contacts.balance",
        "trade.sale",
    ):
        yield from (
            f"/api/v1/lists/{name}{s}" for s in ("", "?order=-value", "?order=-cost", "?order=-margin", "?q=secret")
        )
    yield from (f"/lookup/{name}?q=SECRET" for name in ("items", "goods", "contacts"))
    yield from ("/search?q=SECRET", "/stock", "/")


def test_cost_is_in_no_answer_to_a_salesperson(house: Any, traded: dict[str, int], sign_in: Any) -> None:
    told: dict[str, set[str]] = {"sam": set(), "anna": set()}
    for path in addresses(house, traded):
        for login, found in told.items():
            answer = sign_in(login).get(path)
            assert answer.status_code < 500, (login, path)
            words = text_of(answer)
            found.update(f"{path}: {cost}" for cost in COSTS if cost in words)
    assert told["sam"] == set()
    assert len(told["anna"]) > 10  # she is to see it: the test looks for the right figures


def test_a_salesperson_meets_only_his_own(house: Any, sign_in: Any, ask: Any, actor: Any) -> None:
    me = actor("sam").user_id
    sam = sign_in("sam")

    def others(session: Any) -> tuple[list[tuple[int, str]], list[int], list[int]]:
        contacts = session.execute(select(Contact.id, Contact.name).where(Contact.responsible_id.is_distinct_from(me)))
        ids = [
            list(session.scalars(select(kind.id).where(kind.responsible_id.is_distinct_from(me)).limit(5)))
            for kind in (Sale, SalesReturn, Payment)
        ]
        return [tuple(row) for row in contacts], ids[0] + ids[1], ids[2]

    contacts, sales, payments = ask(None, others)
    assert contacts
    assert sales
    assert payments
    for contact_id, name in contacts:
        assert sam.get(f"/contacts/{contact_id}").status_code == 404
        assert sam.get(f"/contacts/{contact_id}/edit").status_code == 404
        assert sam.get(f"/contacts/{contact_id}/statement").status_code == 404
        assert sam.get(f"/contacts/{contact_id}/statement?as=xlsx").status_code == 404
        for path in ("/search", "/lookup/contacts", "/contacts/companies", "/contacts/people", "/contacts/balances"):
            answer = sam.get(path, query_string={"q": name})
            assert name not in answer.text.replace(f'value="{name}"', "").replace(f"“{name}”", "").replace(
                f": {name}<", ""
            ), path
    everything = "".join(
        text_of(sam.get(path))
        for path in (
            "/contacts/companies?as=xlsx",
            "/contacts/people?as=xlsx",
            "/contacts/balances?as=xlsx",
            "/api/v1/lists/contacts.legal_entity?limit=500",
            "/api/v1/lists/contacts.individual?limit=500",
            "/api/v1/lists/contacts.balance?limit=500",
            "/api/v1/lists/contacts.payment?limit=500",
            "/api/v1/lists/trade.sale?limit=500",
            "/api/v1/lists/trade.result?limit=500",
            "/",
        )
    )
    assert [name for _, name in contacts if name in everything] == []
    for document_id in sales:
        assert sam.get(f"/trade/sales/{document_id}").status_code == 404
        assert sam.get(f"/trade/returns/{document_id}").status_code == 404
    for document_id in payments:
        assert sam.get(f"/contacts/payments/{document_id}").status_code == 404


def test_registers_give_a_salesperson_only_his_own_contacts(ask: Any, actor: Any) -> None:
    from datetime import date

    from app.ledger import at, now, statement, turnover
    from modules.contacts.registers import Settlements
    from modules.trade.registers import Sales

    me = actor("sam").user_id
    mine = set(ask(None, lambda s: s.scalars(select(Contact.id).where(Contact.responsible_id == me)).all()))
    other = ask(
        None, lambda s: s.scalars(select(Contact.id).where(Contact.responsible_id.is_distinct_from(me))).first()
    )
    since, until = date(2000, 1, 1), date(2100, 1, 1)
    for register in (Settlements, Sales):
        for figures in (
            ask("sam", lambda s, register=register: now(s, register, by=("contact",))),
            ask("sam", lambda s, register=register: at(s, register, until, by=("contact",))),
            ask("sam", lambda s, register=register: turnover(s, register, since, until, by=("contact",))),
        ):
            assert figures
            assert {f.key[0] for f in figures} <= mine
    closed = ask("sam", lambda s: statement(s, Settlements, since, until, where={"contact": other}))
    assert closed.lines == []
    assert closed.closing == {"amount": 0}


def test_movements_of_goods_do_not_name_others_customers(ask: Any, actor: Any) -> None:
    from datetime import date

    from modules.warehouse.models import Item
    from modules.warehouse.queries import movements_of

    me = actor("sam").user_id
    others = set(
        ask(None, lambda s: s.scalars(select(Contact.name).where(Contact.responsible_id.is_distinct_from(me))).all())
    )
    items = ask(None, lambda s: s.scalars(select(Item.id)).all())

    def named(session: Any) -> set[str]:
        found = (movements_of(session, item, 100, date(2000, 1, 1), date(2100, 1, 1)) for item in items)
        return {line.summary for statement in found for line in statement.lines}

    assert ask(None, named) & others
    assert not ask("sam", named) & others


def test_a_storekeeper_sees_dots_where_private_and_financial_fields_are(sign_in: Any, ask: Any) -> None:
    def full(session: Any) -> Any:
        return session.execute(
            select(Contact.id, Contact.phone, Contact.email, Contact.address).where(Contact.phone != "")
        ).first()

    contact = ask(None, full)
    page = sign_in("steve").get(f"/contacts/{contact.id}").text
    assert "•••" in page
    assert all(secret not in page for secret in contact[1:] if secret)
    for kind in ("legal_entity", "individual"):
        rows = sign_in("steve").get(f"/api/v1/lists/contacts.{kind}").json["rows"]
        assert rows
        assert not {"phone", "email"} & rows[0].keys()
    assert sign_in("steve").get("/contacts/balances").status_code == 403


def test_saving_a_form_keeps_the_fields_that_one_does_not_see(house: Any, sign_in: Any, ask: Any) -> None:
    from app.security import Role
    from app.security.operations import set_grant

    def contact(session: Any) -> Any:
        return session.execute(
            select(Contact.id, Contact.code, Contact.phone, Contact.bank_account, Contact.note)
            .where(Contact.phone != "", Contact.kind == "legal_entity")
            .order_by(Contact.id)
        ).first()

    def let_edit(session: Any, value: bool) -> None:
        role = session.scalars(select(Role).where(Role.name == "storekeeper")).one()
        set_grant(session, SYSTEM, role, "permission", "contacts.contact.edit", value)

    before = ask(None, contact)
    house.company.database.run(lambda s: let_edit(s, True), actor=SYSTEM)
    form = {"name": "Renamed", "code": before.code, "country": "GB", "responsible_id": "", "is_active": "y"}
    answer = sign_in("steve").post(
        f"/contacts/{before.id}/edit", data={**form, "phone": "stolen", "bank_account": "stolen", "note": ""}
    )
    assert answer.status_code == 302
    assert ask(None, contact) == before
    assert ask(None, lambda s: s.get(Contact, before.id).name) == "Renamed"
    house.company.database.run(lambda s: let_edit(s, False), actor=SYSTEM)
    assert sign_in("steve").get(f"/contacts/{before.id}/edit").status_code == 403  # from the very next request on


def test_every_look_at_a_card_and_every_export_is_in_the_audit(house: Any, sign_in: Any, ask: Any) -> None:
    def lines(session: Any) -> list[tuple[Any, ...]]:
        query = select(AuditLine.action, AuditLine.subject, AuditLine.subject_id).where(AuditLine.actor == "Anna Berg")
        return [tuple(row) for row in session.execute(query.order_by(AuditLine.id))]

    contact = ask(None, lambda s: s.scalars(select(Contact.id)).first())
    anna = sign_in("anna")
    before = len(ask(None, lines))
    for path in (
        f"/contacts/{contact}",
        f"/contacts/{contact}/statement",
        "/contacts/companies?as=xlsx",
        "/api/v1/lists/contacts.balance",
    ):
        assert anna.get(path).status_code == 200
    assert ask(None, lines)[before:] == [
        ("contacts.contact.view", "contacts.contact", contact),
        ("contacts.statement.view", "contacts.contact", contact),
        ("core.list.export", "contacts.legal_entity", None),
        ("core.list.export", "contacts.balance", None),
    ]
