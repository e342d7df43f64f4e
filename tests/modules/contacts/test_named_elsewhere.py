"""Where a person stands beside their own records: earlier versions of documents, custom fields, lines of banks."""

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from app.custom import set_custom
from app.custom.operations import save_custom_field
from app.db import Base
from app.documents import correct, post, save
from app.documents.correction import versions_of
from app.ledger import verify
from app.persons import Person
from app.persons.person import is_of_documents
from app.security import SYSTEM
from app.web.admin.recorded import noun_word
from modules.contacts.bank.statement import Line, Party, Statement
from modules.contacts.bank_models import BankLine, BankRule
from modules.contacts.bank_statements import keep_statements
from modules.contacts.mentions import Naming, what_becomes
from modules.contacts.models import Contact
from modules.contacts.models import Person as ContactPerson
from modules.contacts.money.accounts import save_account
from modules.contacts.money.models import ExpenseItem
from modules.contacts.operations import create_contact
from modules.contacts.persons import erase_person, find_person, person_of
from modules.contacts.routes.persons import word_of
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.models import Item
from modules.warehouse.operations import create_item
from tests.modules.contacts.test_persons import everything

OWN, THEIRS = "GB82WEST12345698765432", "DE89370400440532013000"


def test_a_name_is_taken_out_as_whole_words_and_never_of_numbers() -> None:
    naming = Naming(Person("x", None, (1,), ("Ann Lee", "Rose", "123456"), "Erased person 1"))
    assert naming.without("ask ANN LEE, not Joann Leeds; 123456, not 91234567") == (
        "ask Erased person 1, not Joann Leeds; Erased person 1, not 91234567"
    )
    assert naming.is_in("a rose")
    assert not naming.takes_out("a rose")
    said = '{"note": "for Ann Lee", "due": "2026-01-02", "lines": [{"price": "123456", "text": "Ann Lee"}]}'
    assert naming.without_in_json(said) == (
        '{"note": "for Erased person 1", "due": "2026-01-02", "lines": [{"price": "123456", "text": "Erased person 1"}]}'
    )
    assert Naming(Person("x", None, (1,), (), "y")).without("anything") == "anything"


def test_a_person_is_erased_from_versions_custom_fields_and_lines_of_banks(company: Any) -> None:
    def run(work: Any) -> Any:
        return company.database.run(work, actor=SYSTEM)

    def declare(session: Any) -> None:
        for subject in ("contacts.legal_entity", "warehouse.item", "trade.sale"):
            save_custom_field(session, SYSTEM, subject=subject, title="Hint", type="text", key="hint")
        save_custom_field(session, SYSTEM, subject="trade.sale", title="Weight", type="number", key="weight")

    def line(amount: int, entry: int, name: str, purpose: str, account: str = "") -> Line:
        return Line(date(2026, 3, 5), D(amount), party=Party(name, account), purpose=purpose, entry=entry)

    def prepare(session: Any) -> dict[str, int]:
        said = {"kind": "individual", "email": "ann@example.com", "bank_account": THEIRS}
        ann = create_contact(session, SYSTEM, name="Ann Lee", **said)
        firm = create_contact(session, SYSTEM, kind="legal_entity", name="Firm", custom={"hint": "ask Ann Lee"})
        item = create_item(session, SYSTEM, code="W", name="Work", kind="service")
        set_custom(session, SYSTEM, {item: {"hint": "as ann@example.com has it"}})
        custom = {"hint": "Ann Lee pays", "weight": D(3)}
        lines = [TradeLineDraft(item.id, D(1), D(100))]
        draft = TradeDraft(firm.id, lines, moment=datetime(2026, 3, 1), note="Ann Lee's", custom=custom)
        sale = save(session, SYSTEM, Sale, draft)
        post(session, SYSTEM, [sale])
        correct(session, SYSTEM, sale, TradeDraft(firm.id, lines, moment=datetime(2026, 3, 1), note="theirs"))
        save_account(session, SYSTEM, kind="bank", name="Main", currency="GBP", number=OWN)
        bank = [
            line(10, 0, "ANN LEE", "rent of flat 5"),
            line(20, 1, "A.L.", "from my other account", THEIRS),
            line(30, 2, "Joann Leeds", "for ann@example.com"),
        ]
        keep_statements(session, SYSTEM, [Statement(OWN, "GBP", bank)], format="OFX", file="march.ofx")
        rule = {"expense_item_id": session.scalar(select(ExpenseItem.id).limit(1)), "organisation_id": 1}
        session.add_all(BankRule(signature=f"in|{side}|rent", **rule) for side in ("ANNLEE", "JO"))
        return {"ann": ann.id, "firm": firm.id, "item": item.id, "sale": sale.id}

    run(declare)
    company.database.run(lambda s: company.refresh(s), actor=SYSTEM, write=False)
    ids = run(prepare)

    def shown(session: Any) -> tuple[Any, set[Any]]:
        ann = session.get(Contact, ids["ann"])
        found = find_person(session, SYSTEM, ann)
        return found, set(what_becomes(found, person_of(session, ann)))

    found, becomes = run(shown)
    assert becomes == {
        ("contacts_contact_value", "ask Ann Lee", True),
        ("warehouse_item_value", "as ann@example.com has it", True),
        ("core_document_version", "Ann Lee's", True),
        ("core_document_version", "Ann Lee pays", True),
        ("core_document_value", "Ann Lee pays", True),
        ("contacts_bank_line", "ANN LEE", True),
        ("contacts_bank_line", "Joann Leeds", False),  # shown, so that nothing stays unseen
        ("contacts_bank_line", "for ann@example.com", True),
    }
    assert [row["purpose"] for row in found.rows["contacts_bank_line"]] == ["from my other account"]

    run(lambda s: erase_person(s, SYSTEM, s.get(Contact, ids["ann"]), "Ann Lee"))

    name = f"Erased person {ids['ann']}"
    words = ("ann lee", "annlee", "ann@example.com", "from my other account", THEIRS.lower())
    left = everything(company).replace("Joann Leeds", "")
    assert [row for row in left.splitlines() if any(word in row.lower() for word in words)] == []

    def look(session: Any) -> None:
        assert session.get(Contact, ids["firm"]).custom == {"hint": f"ask {name}"}
        assert session.get(Item, ids["item"]).custom == {"hint": f"as {name} has it"}
        ((_version, draft),) = versions_of(session, session.get(Sale, ids["sale"]))
        assert (draft.note, draft.custom) == (f"{name}'s", {"hint": f"{name} pays", "weight": D(3)})
        assert (draft.lines[0].price, draft.moment) == (D(100), datetime(2026, 3, 1))
        rows = session.scalars(select(BankLine).order_by(BankLine.position))
        assert [(row.amount, row.name, row.purpose) for row in rows] == [
            (D(10), name, "rent of flat 5"),
            (D(20), name, ""),
            (D(30), "Joann Leeds", f"for {name}"),
        ]
        assert session.scalars(select(BankRule.signature)).all() == ["in|JO|rent"]
        assert list(verify(session)) == []

    run(look)


@pytest.mark.one_engine
def test_every_sort_of_rows_has_a_name(app: Any) -> None:
    """The page of a person names each table of which rows may be found; a new one is named by its module or by the page."""
    documents = Base.metadata.tables["core_document"]
    heads = {documents, *(t for t in Base.metadata.tables.values() if is_of_documents(t))}
    lines = {t for t in Base.metadata.tables.values() for key in t.foreign_keys if key.column.table in heads}
    lines = {t for t in lines if "document_id" in t.c and "register" not in t.info}
    of_them = (Contact.__table__, ContactPerson.__table__)
    found = {t for own in of_them for t, _c, _goes in Person("x", own, (1,), (), "").columns()}
    app.test_client().get("/login")  # the company learns which modules are on
    with app.test_request_context():
        names = {t.name: noun_word(word_of(t.name)) for t in {*found, *lines} if not is_of_documents(t)}
    assert sorted(name for name, word in names.items() if "." in word) == []
