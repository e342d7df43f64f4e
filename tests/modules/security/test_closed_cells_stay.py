"""Whoever saves a record keeps what stands in its fields that are closed to them: by form, by import, in every model."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import configure_mappers

from app.custom.operations import save_custom_field
from app.documents import kind_of, post, save
from app.importing import run_import
from app.registry.state import bump_generation
from app.security import MASKED, SYSTEM, Actor, Grant, Role
from app.security.operations import set_grant
from app.security.policy import _closed
from modules.contacts.details import SORTS
from modules.contacts.models import KINDS, Contact
from modules.contacts.operations import create_contact
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Disassembly, Item, Receipt
from modules.warehouse.operations import create_item
from tests.modules.web.browser_forms import fields_of

SECRETS: dict[str, dict[str, Any]] = {
    "legal_entity": {"registration_number": "R-77", "contact_person": "Ida"},
    "individual": {"birth_date": date(1980, 5, 6), "identity_document": "passport 7"},
    "sole_proprietor": {"registration_number": "R-78", "birth_date": date(1980, 5, 6)},
}
COMMON: dict[str, Any] = {
    "phone": "+4722864400",
    "email": "ida@example.com",
    "address": "Bryggen 1",
    "tax_id": "974760673",
    "note": "pays late",
    "bank_account": "NO9386011117947",
    "credit_limit": D(500),
}
AT = datetime(2026, 3, 2)
#: models with confidential columns that people write: by which door each is held below
WRITTEN = {
    **dict.fromkeys(("Contact", "Registered", "LegalEntity", "SoleProprietor", "Individual"), "contacts"),
    **dict.fromkeys(("Channel", "TaxNumber", "Address", "Person", "BankAccount"), "details"),
    "Contract": "contracts",  # in test_contracts.py
    **dict.fromkeys(("Activity", "Task"), "tests/modules/contacts/test_work.py"),
    **dict.fromkeys(("Movement", "MovementLine", "Receipt", "Issue", "Transfer", "WriteOff", "Opening"), "documents"),
    **dict.fromkeys(("Surplus", "TransferReceipt", "Assembly", "Disassembly"), "documents"),
    "Item": "tests/modules/security/test_sales_prices_stay_closed.py",
    **dict.fromkeys(("ItemPrice", "AgreedPrice"), "prices"),
    "ItemSupplier": "tests/modules/trade/test_item_suppliers.py",
    "ItemModel": "tests/modules/warehouse/test_variants.py",
    "CompetitorPrice": "tests/modules/warehouse/test_competitors.py",
}
#: those that follow from what is posted or kept, or that files of banks say, and that nobody writes; letters are written once,
#: by who sees addresses; batches of payments are made once, by who sees accounts
FOLLOWING = {
    *("BankStatement", "BankLine", "BankRule", "BankOrderLine"),
    *(
        "ClientAccess",
        "Letter",
        "ComplaintLine",
        "OpenItem",
        "AllocationLine",
        "OpenLayer",
        "ContactSearch",
        "Merge",
        "Pair",
    ),
    *("PenaltyLine", "Revaluation", "Reminder", "ReminderLine"),
}


@pytest.fixture
def mia(app: Any, company: Any, employ: Callable[..., Any]) -> tuple[Actor, Any]:
    """A manager to whose role no confidential group is open any more; contacts of all kinds, an item and documents that say
    something in every closed field, custom ones too."""

    def work(session: Any) -> None:
        role = select(Role.id).where(Role.name == "manager").scalar_subquery()
        session.execute(delete(Grant).where(Grant.role_id == role, Grant.kind == "group"))
        for subject in (
            "contacts.legal_entity",
            "contacts.individual",
            "contacts.sole_proprietor",
            "warehouse.item",
            "trade.sale",
            "warehouse.receipt",
            "warehouse.disassembly",
        ):
            save_custom_field(
                session, SYSTEM, title="Secret", key="secret", subject=subject, type="text", group="warehouse.cost"
            )
            save_custom_field(session, SYSTEM, title="Plain", key="plain", subject=subject, type="text")
        bump_generation(session)
        said = {"secret": "hush", "plain": "loud"}
        for kind, own in SECRETS.items():
            create_contact(session, SYSTEM, kind=kind, name=kind, code=kind, country="NO", custom=said, **COMMON, **own)
        create_item(session, SYSTEM, code="A", name="Anvil", price=D("876.5"), custom=said)
        lines = [TradeLineDraft(1, D(1), D(5))]
        sale = save(session, SYSTEM, Sale, TradeDraft(1, lines, moment=AT, custom=said, responsible_id=1))
        goods = [MovementLineDraft(1, D(3), D("2.5"))]
        posted, draft = (
            save(session, SYSTEM, Receipt, MovementDraft(goods, target_id=100, moment=AT, custom=said))
            for _ in range(2)
        )
        post(session, SYSTEM, [posted])
        create_item(session, SYSTEM, code="K", name="Kit")
        parts = [MovementLineDraft(1, D(3), share=D("2.5"))]
        apart = MovementDraft(parts, target_id=100, kit_id=2, kit_quantity=D(1), moment=AT, custom=said)
        taken = save(session, SYSTEM, Disassembly, apart)
        session.flush()
        assert (sale.id, posted.id, draft.id, taken.id) == (1, 2, 3, 4)

    company.database.run(work, actor=SYSTEM)
    actor: Actor = employ("mia", "manager")
    assert not actor.groups
    client = app.test_client()
    assert client.post("/login", data={"login": "mia", "password": "mia-sample"}).status_code == 302
    return actor, client


def stored(company: Any, model: Any, number: int) -> dict[str, Any]:
    """What a record says in its closed columns, in its lines' and in its custom fields."""

    def work(session: Any) -> dict[str, Any]:
        company.refresh(session)  # which custom fields there are, it learned before there were any
        record = session.get(model, number)
        said = {key: getattr(record, key) for key, _ in _closed[type(record)]}
        for line in getattr(record, "lines", ()):
            said |= {f"{line.line}.{key}": getattr(line, key) for key, _ in _closed[type(line)]}
        return said | {"custom": dict(record.custom)}

    return dict(company.database.run(work, actor=SYSTEM, write=False))


def test_every_model_with_confidential_columns_is_held_here(shell: Any) -> None:
    """One that is new says here by which door it is written, and is held to it."""
    assert shell.company  # which has loaded every module
    configure_mappers()
    closed = {
        model.__name__ for model, columns in _closed.items() if columns and model.__module__.startswith("modules.")
    }
    assert closed == WRITTEN.keys() | FOLLOWING


def test_prices_are_changed_by_nobody_who_does_not_see_them(mia: Any) -> None:
    actor, client = mia
    assert not actor.may("trade.price.edit"), "a manager may, where prices are open to the role"
    for page in ("/trade/price-types/new", "/trade/price-runs/new", "/trade/price-policy"):
        assert client.post(page, data={"name": "Shelf"}).status_code in (403, 404)


def test_details_are_written_by_nobody_who_does_not_see_them(company: Any, mia: Any) -> None:
    def look(session: Any) -> dict[str, list[tuple[Any, ...]]]:
        tables = {name: sort.model.__table__ for name, sort in SORTS.items()}
        return {n: [tuple(row) for row in session.connection().execute(select(table))] for n, table in tables.items()}

    _, client = mia
    before = company.database.run(look, actor=SYSTEM, write=False)
    assert all(before.values())
    secrets = [COMMON[name] for name in ("phone", "email", "address", "bank_account")]
    for sort in before:
        said = {"kind": "phone", "value": "+4722864401", "street": "x", "name": "x", "number": "x"}
        for page in (f"/contacts/1/{sort}/new", f"/contacts/1/{sort}/1", f"/contacts/1/{sort}/1/remove"):
            answer = client.post(page, data=said)
            assert answer.status_code == 403
            assert not any(secret in answer.text for secret in secrets)
    assert company.database.run(look, actor=SYSTEM, write=False) == before


@pytest.mark.parametrize(
    ("model", "number", "address"),
    [
        (Contact, 1, "/contacts/1/edit"),
        (Contact, 2, "/contacts/2/edit"),
        (Item, 1, "/warehouse/items/1/edit"),
        (Sale, 1, "/trade/sales/1/edit"),
        (Receipt, 3, "/warehouse/receipts/3/edit"),
        (Disassembly, 4, "/warehouse/disassemblies/4/edit"),
    ],
)
def test_a_form_keeps_what_its_writer_does_not_see(
    company: Any, mia: Any, model: Any, number: int, address: str
) -> None:
    _, client = mia
    if model is Sale:  # there is nothing of it without prices; its custom field is closed still
        company.database.run(_let_see_prices, actor=SYSTEM)
    before, page = stored(company, model, number), client.get(address).text
    assert all(value not in (None, "", 0, MASKED) for key, value in before.items() if key not in UNSAID.get(model, ()))
    shown = [str(v) for v in (*before.values(), "hush") if isinstance(v, str)]
    assert not any(secret in page for secret in shown)
    fields = {**fields_of(page), "custom_plain": "changed"}
    assert client.post(address, data=fields).status_code == 302
    after = stored(company, model, number)
    assert after == {**before, "custom": {"secret": "hush", "plain": "changed"}}


#: what such documents don't say
UNSAID = {Receipt: {"1.share"}, Disassembly: {"value", "1.price", "1.amount"}}


def _let_see_prices(session: Any) -> None:
    manager = session.scalars(select(Role).where(Role.name == "manager")).one()
    set_grant(session, SYSTEM, manager, "group", "warehouse.price", True)


def test_a_correction_keeps_it_too(company: Any, mia: Any) -> None:
    _, client = mia
    before = stored(company, Receipt, 2)
    page = client.get("/warehouse/receipts/2/edit").text
    rows = json.loads(fields_of(page)["lines"][0])
    rows[0]["quantity"] = "4"
    answer = client.post(
        "/warehouse/receipts/2/edit", data={**fields_of(page), "lines": json.dumps(rows), "then": "correct"}
    )
    assert answer.status_code == 302
    assert stored(company, Receipt, 2) == {**before, "1.amount": D(10), "value": D(10)}, "4 at what one cost"


@pytest.mark.parametrize(
    ("target", "name", "content", "model", "numbers"),
    [
        ("contacts.contacts", "c.csv", "code,name\nlegal_entity,One\nindividual,Two\n", Contact, (1, 2)),
        ("contacts.contacts", "c.csv", "code,name,custom_plain\nindividual,Two,changed\n", Contact, (2,)),
        ("warehouse.items", "i.csv", "code,name\nA,Great anvil\n", Item, (1,)),
    ],
)
def test_an_import_keeps_what_its_writer_does_not_see(
    company: Any, mia: Any, tmp_path: Path, target: str, name: str, content: str, model: Any, numbers: tuple[int, ...]
) -> None:
    actor, _ = mia
    before = [stored(company, model, number) for number in numbers]
    file = tmp_path / name
    file.write_text(content)
    report = run_import(company, actor, target, [file])
    assert report.is_whole, report.errors
    after = [stored(company, model, number) for number in numbers]
    for one, other in zip(before, after, strict=True):
        assert {**other, "custom": other["custom"]["secret"]} == {**one, "custom": "hush"}
    names = company.database.run(lambda s: [s.get(model, n).name for n in numbers], actor=SYSTEM, write=False)
    assert set(names) <= {"One", "Two", "Great anvil"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_typed_into_a_closed_field_all_the_same_is_refused(company: Any, mia: Any, kind: str) -> None:
    _, client = mia
    number = [*SECRETS].index(kind) + 1
    before = stored(company, Contact, number)
    fields = fields_of(client.get(f"/contacts/{number}/edit").text)
    for name in (*COMMON, *SECRETS[kind], "custom_secret"):
        answer = client.post(f"/contacts/{number}/edit", data={**fields, name: "1"})
        assert answer.status_code == 200, name
        assert "open to you" in answer.text, name
    assert stored(company, Contact, number) == before


def test_what_the_kinds_draft_gives_is_masked_to_who_may_not_see_it(company: Any, mia: Any) -> None:
    actor, _ = mia

    def prices(session: Any) -> list[Any]:
        return [line.price for line in kind_of(Receipt).draft_of(session.get(Receipt, 2)).lines]

    assert company.database.run(prices, actor=actor, write=False) == [MASKED]
    assert company.database.run(prices, actor=SYSTEM, write=False) == [D("2.5")]
