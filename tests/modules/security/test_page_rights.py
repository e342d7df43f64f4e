"""What the pages, files, searches and the API show to whom."""

import html
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
import python_calamine
from sqlalchemy import select

from app.audit import AuditLine
from app.documents import post, save
from app.security import SYSTEM, User
from app.web.kit.lines.lookups import Lookup
from app.web.kit.tables import Table
from modules.contacts.models import Contact, Payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale, SalesReturn
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Receipt
from modules.warehouse.operations import create_item
from tests.modules.printing.test_pdf import text_of as words_of

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

#: 1,000 bought at 7.7731, 100 of them sold at 10: cost and margin in every writing that a page, file or API may use.
COSTS = ("7.7731", "7,773.10", "7773.1", "777.31", "222.69", "6,995.79", "6995.79")


def known(house: Any, path: str) -> str:
    """The path, when there is such an address: that one which there is not is refused proves nothing."""
    address = path.partition("?")[0]
    house.url_map.bind("localhost").match(address, method="GET")
    for beginning, file in (("/api/v1/lists/", Table), ("/lookup/", Lookup)):
        if address.startswith(beginning):
            name = address.removeprefix(beginning).partition("/")[0]
            assert name in {entry.name for entry in house.company.contributed("tables", file)}, path
    return path


def text_of(answer: Any) -> str:
    """What the answer tells a reader: a workbook's cells too, and letters that a page or an API writes as codes."""
    if answer.mimetype.endswith("spreadsheetml.sheet"):
        book = python_calamine.load_workbook(io.BytesIO(answer.data))
        return "\n".join(
            str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
        )
    if answer.mimetype == "application/pdf":
        return words_of(answer.data)
    if answer.is_json:
        return json.dumps(answer.json, ensure_ascii=False)
    return html.unescape(answer.text)


@pytest.fixture(scope="module")
def traded(house: Any) -> dict[str, int]:
    """Goods bought at a cost that no other figure has, and sold by Sam to a contact of Sam's."""

    def work(session: Any) -> dict[str, int]:
        sam = session.scalars(select(User.id).where(User.login == "sam")).one()
        contact = session.scalars(select(Contact).where(Contact.responsible_id == sam)).first()
        item = create_item(session, SYSTEM, name="Secret cost", code="SECRET", price=Decimal(10))
        session.flush()
        receipt = save(
            session,
            SYSTEM,
            Receipt,
            MovementDraft([MovementLineDraft(item.id, Decimal(1000), Decimal("7.7731"))], target_id=100),
        )
        post(session, SYSTEM, [receipt])
        sale = save(
            session,
            SYSTEM,
            Sale,
            TradeDraft(contact.id, [TradeLineDraft(item.id, Decimal(100), Decimal(10))], responsible_id=sam),
        )
        post(session, SYSTEM, [sale])
        return {"item_id": item.id, "receipt": receipt.id, "document_id": sale.id, "contact_id": contact.id}

    return house.company.database.run(work, actor=SYSTEM)


def addresses(house: Any, traded: dict[str, int]) -> Iterator[str]:
    """Every page that is read, with the goods', the contact's and the documents' numbers, as page, file and sorted."""
    names = dict.fromkeys(("lookup", "lookup_codes", "lookup_matrices", "lookup_matrix"), "goods")
    names |= {"module_enable": "warehouse", "api_list": "warehouse.stock"}
    values = {**traded, "kind": "individual", "job_id": 1, "user_id": 1, "role_id": 1}
    for rule in house.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        for document in (traded["document_id"], traded["receipt"]) if "document_id" in rule.arguments else (0,):
            arguments = {name: values.get(name, 1) for name in rule.arguments}
            arguments |= {"document_id": document, "name": names.get(rule.endpoint.removeprefix("core."))}
            path = rule.build({n: arguments[n] for n in rule.arguments})
            assert path is not None
            yield path[1].removeprefix("|")
    yield from (f"/api/v1/lists/{table.name}" for table in house.company.contributed("tables", Table))
    for lookup in house.company.contributed("tables", Lookup):
        yield from (f"/lookup/{lookup.name}?q=SECRET", f"/lookup/{lookup.name}/codes?code=SECRET")
    yield from ("/search?q=SECRET", "/warehouse/stock?at=2100-01-01", "/")


ORDERS = ("?order=-cost", "?order=-value", "?order=margin", "?order=-margin", "?q=SECRET")


def answers(client: Any, path: str, more: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """What is answered to the address; and where it shows a list, as a file, and asked for `more`.

    A page that shows no list gives no file, and knows no order: asked with one, it is the same page again.
    """
    plain = client.get(path)
    yield path, plain
    if plain.status_code != 200 or "?" in path:
        return
    if not path.startswith("/api/"):
        file = client.get(f"{path}?as=xlsx")
        yield f"{path}?as=xlsx", file
        if not file.mimetype.endswith("spreadsheetml.sheet"):
            return
    yield from ((path + asked, client.get(path + asked)) for asked in more)


def test_cost_is_in_no_answer_to_a_salesperson(house: Any, traded: dict[str, int], sign_in: Any) -> None:
    """Whoever may see it asks for less: it shows that the test looks for the right figures, and at lists. So does PostgreSQL,
    as who sees what is decided before an engine is asked."""
    whole = ORDERS if house.company.database.is_sqlite else ORDERS[:1]
    shown: dict[str, set[str]] = {"sam": set(), "anna": set()}
    orders: dict[str, int] = dict.fromkeys(shown, 0)
    for address in addresses(house, traded):
        for login, found in shown.items():
            more = whole if login == "sam" else ORDERS[:1]
            for path, answer in answers(sign_in(login), known(house, address), more):
                assert answer.status_code < 500, (login, path)
                words = text_of(answer)
                found.update(f"{path}: {cost}" for cost in COSTS if cost in words)
                orders[login] += "order=-cost" in path
    assert shown["sam"] == set()
    assert len(shown["anna"]) > 10
    assert orders["anna"] >= orders["sam"] > 20, orders


@pytest.fixture(scope="module")
def sofias(house: Any) -> dict[type, int]:
    """A sale and a return of Sofia's, whom the team does not make Sam."""

    def work(session: Any) -> dict[type, int]:
        sofia = session.scalars(select(User.id).where(User.login == "sofia")).one()
        contact = session.scalars(select(Contact.id).where(Contact.responsible_id == sofia)).first()
        item = create_item(session, SYSTEM, name="Sofia's work", code="SOFIA", kind="service")
        draft = TradeDraft(contact, [TradeLineDraft(item.id, Decimal(1), Decimal(10))], responsible_id=sofia)
        made = {kind: save(session, SYSTEM, kind, draft) for kind in (Sale, SalesReturn)}
        for document in made.values():
            post(session, SYSTEM, [document])
        return {kind: document.id for kind, document in made.items()}

    return dict(house.company.database.run(work, actor=SYSTEM))


def others_of(session: Any, me: int, kind: Any) -> list[int]:
    """Documents that are not one's own."""
    return list(session.scalars(select(kind.id).where(kind.responsible_id.is_distinct_from(me)).limit(5)))


def test_a_salesperson_opens_only_their_own(
    house: Any, sign_in: Any, ask: Any, actor: Any, sofias: dict[type, int]
) -> None:
    me = actor("sam").user_id
    pages = {
        Sale: ("/trade/sales/{}", "/trade/sales/{}/edit", "/trade/sales/new?copy={}"),
        SalesReturn: ("/trade/sales-returns/{}", "/trade/sales-returns/{}/edit", "/trade/sales-returns/new?copy={}"),
        Payment: ("/contacts/payments/{}",),
        Contact: (
            "/contacts/{}",
            "/contacts/{}/edit",
            "/contacts/{}/statement",
            "/contacts/{}/statement?as=xlsx",
            "/trade/contacts/{}",
            "/trade/contacts/{}?as=xlsx",
        ),
    }
    for kind, addresses_of_kind in pages.items():
        others = [*ask(None, lambda s, kind=kind: others_of(s, me, kind)), *filter(None, [sofias.get(kind)])]
        assert others, kind
        for path in (known(house, address.format(number)) for number in others for address in addresses_of_kind):
            assert sign_in("sam").get(path).status_code == 404, path
    for path in (f"/trade/sales/{sofias[Sale]}", f"/trade/sales-returns/{sofias[SalesReturn]}"):
        assert sign_in("sofia").get(path).status_code == 200, path


def test_a_salesperson_reverses_only_their_own(house: Any, sign_in: Any, ask: Any, sofias: dict[type, int]) -> None:
    for kind, noun in ((Sale, "sales"), (SalesReturn, "sales-returns")):
        for act in ("post", "reverse"):
            path = f"/trade/{noun}/{sofias[kind]}/{act}"
            house.url_map.bind("localhost").match(path, method="POST")
            assert sign_in("sam").post(path).status_code in (403, 404), path
        assert ask(None, lambda s, kind=kind: s.get(kind, sofias[kind]).state) == "posted"


def test_a_salesperson_reads_no_name_of_others_contacts(house: Any, sign_in: Any, ask: Any, actor: Any) -> None:
    me = actor("sam").user_id
    names = ask(
        None, lambda s: s.scalars(select(Contact.name).where(Contact.responsible_id.is_distinct_from(me))).all()
    )
    assert {"Grünwald & Söhne GmbH", "ООО «Невский Мастер»"} <= set(names)
    searched = ("/search", "/lookup/contacts", "/contacts/companies", "/contacts/people", "/contacts/balances")
    whole = [
        *(f"/contacts/{noun}{form}" for noun in ("companies", "people", "balances") for form in ("", "?as=xlsx")),
        *(f"/api/v1/lists/{table.name}?limit=500" for table in house.company.contributed("tables", Table)),
        "/",
    ]

    def read_by(login: str, searching: Sequence[str]) -> set[str]:
        pages = [text_of(sign_in(login).get(known(house, path))) for path in whole]
        found = {name for name in names if any(name in page for page in pages)}
        for name in searching:
            echoes = (
                f'value="{name}"',
                f"“{name}”",
                f": {name}<",
                f"?q={name}&",
            )  # what was asked for stands on the page again
            for path in searched:
                words = text_of(sign_in(login).get(known(house, path), query_string={"q": name}))
                for echo in echoes:
                    words = words.replace(echo, "")
                found |= {other for other in names if other in words}
        return found

    assert read_by("sam", names if house.company.database.is_sqlite else names[::4]) == set()
    assert read_by("maria", names[:1]) == set(names)  # Maria may see them: the test looks for the right names


def test_registers_give_a_salesperson_only_their_own_contacts(ask: Any, actor: Any) -> None:
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
    for totals in (Settlements.balance, Settlements.open_items, Sales.results):
        for figures in (
            ask("sam", lambda s, totals=totals: now(s, totals, by=("contact",))),
            ask("sam", lambda s, totals=totals: at(s, totals, until, by=("contact",))),
            ask("sam", lambda s, totals=totals: turnover(s, totals, since, until, by=("contact",))),
        ):
            assert figures
            assert {f.key[0] for f in figures} <= mine
    closed = ask("sam", lambda s: statement(s, Settlements.balance, since, until, where={"contact": other}))
    assert closed.lines == []
    assert closed.closing == {"amount": 0, "base": 0}


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
    address, stolen = f"/contacts/{before.id}/edit", {"phone": "stolen", "bank_account": "stolen"}
    assert sign_in("steve").post(address, data={**form, **stolen, "note": ""}).status_code == 200
    assert ask(None, lambda s: s.get(Contact, before.id).name) != "Renamed"
    assert sign_in("steve").post(address, data={**form, "note": ""}).status_code == 302
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
