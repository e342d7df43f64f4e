"""Legal entities, sole proprietors and individuals: each with fields, a list and figures of its own."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.errors import Invalid
from app.importing import run_import
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.analysis import BY, report
from modules.contacts.models import Contact, SoleProprietor
from modules.contacts.operations import create_contact, record_payment
from modules.contacts.tables import contact_lookup

IVAN = {
    "kind": "sole_proprietor",
    "name": "Иванов",
    "legal_name": "ИП Иванов Иван",
    "country": "RU",
    "tax_id": "500100732259",
    "registration_number": "304500116000157",
    "birth_date": date(1980, 5, 1),
    "identity_document": "45 10 123456",
    "contact_person": "Пётр",
}


@pytest.fixture
def run(company: Any) -> Callable[..., Any]:
    """Do something for the system, or somebody else."""

    def do(work: Callable[[Any], Any], actor: Any = SYSTEM) -> Any:
        return company.database.run(work, actor=actor)

    run = do
    run(company.refresh)
    return run


def test_a_sole_proprietor_has_what_a_register_and_a_person_have(run: Callable[..., Any]) -> None:
    number = run(lambda s: create_contact(s, SYSTEM, **IVAN).id)

    def look(session: Any) -> tuple[Any, ...]:
        kept = session.get(Contact, number)
        assert isinstance(kept, SoleProprietor)
        assert {name: getattr(kept, name) for name in IVAN} == IVAN
        found = [[row["id"] for row in contact_lookup.find(session, t, 9)] for t in ("ип иванов", "304500116", "петр")]
        return found, session.execute(text("SELECT kind, form FROM contacts_contact")).one()

    found, stored = run(look)
    assert found == [[number]] * 3
    assert stored == ("legal_entity", "sole_proprietor")


def test_what_a_sole_proprietor_can_not_be_is_refused(refused: Callable[..., str]) -> None:
    for wrong in ({"tax_id": "7707083893"}, {"kind": "sole_trader"}):  # the ИНН of a company; no such kind
        refused(lambda s, wrong=wrong: create_contact(s, SYSTEM, **{**IVAN, **wrong}), Invalid, field=next(iter(wrong)))


def test_a_file_says_a_kind_by_its_word_or_title(run: Callable[..., Any], company: Any, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("code,name,kind\nA,An,sole_proprietor\nB,Bo,Sole proprietor\nC,Cy,individual\n", "utf-8")
    assert run_import(company, SYSTEM, "contacts.contacts", [file]).errors == []
    said = run(lambda s: {row.code: row.kind for row in s.execute(select(Contact.code, Contact.kind))})
    assert said == {"A": "sole_proprietor", "B": "sole_proprietor", "C": "individual"}


def test_contacts_are_counted_by_kind_with_turnover_and_debt(
    run: Callable[..., Any], employ: Callable[..., Any]
) -> None:
    sam, maria = employ("sam", "salesperson"), employ("maria", "manager")

    def make(session: Any) -> None:
        one = create_contact(session, SYSTEM, **IVAN, tags="old, dear", responsible_id=sam.user_id)
        two = create_contact(session, SYSTEM, kind="individual", name="Ann", country="GB", importance="hot")
        create_contact(session, SYSTEM, kind="individual", name="Gone", is_active=False)
        for contact, direction, amount in ((one, "out", 70), (one, "in", 30), (two, "in", 25)):
            record_payment(session, SYSTEM, contact_id=contact.id, direction=direction, amount=Decimal(amount))

    run(make)

    def rows(session: Any, **asked: Any) -> list[tuple[Any, ...]]:
        return [tuple(row)[:-2] for row in fetch(session, report.of(session, asked), Query()).rows]

    kinds = run(lambda s: sorted(rows(s)), maria)
    assert kinds == [("individual", 1, 0, 25, 0, 25), ("sole_proprietor", 1, 40, 0, 70, 30)]
    assert run(lambda s: rows(s, kind="individual", by="country"), maria) == [("GB", 1, 0, 25, 0, 25)]
    assert run(lambda s: sorted(rows(s, by="tag", until=date(2020, 1, 1))), maria) == [
        ("", 1, 0, 25, 0, 0),
        ("dear", 1, 40, 0, 0, 0),
        ("old", 1, 40, 0, 0, 0),
    ]
    # Sam sees but the contacts that are Sam's own.
    assert run(lambda s: rows(s), sam)[0][:4] == ("sole_proprietor", 1, 40, 0)
    for by in BY:
        assert sum(row[1] for row in run(lambda s, by=by: rows(s, by=by), maria)) == (3 if by == "tag" else 2), by
        run(
            lambda s, by=by: [fetch(s, report.of(s, {"by": by}), Query(order=o)).rows for o in ("group", "-them")],
            maria,
        )


def test_a_card_begins_what_each_module_offers_to_whom_it_may(sign_in: Any, ask: Any) -> None:
    number = ask(None, lambda s: s.scalars(select(Contact.id).where(Contact.code == "C-1001")).one())
    pages = {login: sign_in(login).get(f"/contacts/{number}").text for login in ("sam", "maria", "anna")}
    begins = {
        login: [name for name in ("sale", "purchase") if f"/trade/{name}s/new?contact={number}" in page]
        for login, page in pages.items()
    }
    assert begins["sam"] == ["sale"]
    assert begins["maria"] == ["sale", "purchase"]
    assert f"/contacts/payments/new?contact={number}" in pages["anna"]
    assert 'data-hotkey="Alt+S"' in pages["sam"]
