"""Contacts are found by any phone, e-mail, number, account, person or note that is open to whoever asks, and by no other."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from app.errors import Forbidden
from app.importing import run_import
from app.past_policy import Unheld
from app.search import asking
from app.search.proof import rebuild, verify
from app.security import SYSTEM, Actor
from app.web.kit.tables import Query, fetch
from app.web.kit.totals import sums_of
from modules.contacts.models import Contact, LegalEntity
from modules.contacts.operations import change_contact, create_contact, record_payment
from modules.contacts.search import ContactSearch
from modules.contacts.tables import balances, contact_lookup, individuals, legal_entities, open_items, payments

RIGHTS = frozenset(
    f"contacts.{right}" for right in ("contact.view", "contact.edit", "payment.view", "payment.post", "statement.view")
)
PRIVATE, FINANCIAL = "contacts.private", "contacts.financial"
#: who sees which groups
GROUPS = {
    "nothing": frozenset[str](),
    "private": frozenset({PRIVATE}),
    "financial": frozenset({FINANCIAL}),
    "both": frozenset({PRIVATE, FINANCIAL}),
}
FOSS = {
    "name": "Foss & Sønner AS",
    "code": "F-1",
    "country": "NO",
    "phone": "+47 55 30 12 00",
    "email": "post@foss.example",
    "address": "Fjordveien 7, Molde",
    "tax_id": "923609016",
    "note": "prefers 50% up front",
    "bank_account": "NO93 8601 1117 947",
    "legal_name": "Aksjeselskapet Nordlys",
    "registration_number": "REG 778-1",
    "contact_person": "Ånund Ødegård",
}
#: what is typed → the group that it is of; None: found by whoever sees the contact
TYPED: dict[str, str | None] = {
    "foss": None,
    "SONNER": None,
    "f-1": None,
    "fo": None,
    "nordlys": None,
    "foss nordlys": None,
    "+4755301200": PRIVATE,
    "55 30 12 00": PRIVATE,
    "foss 5530": PRIVATE,
    "post@foss": PRIVATE,
    "molde": PRIVATE,
    "923 609 016": PRIVATE,
    "7781": PRIVATE,
    "anund odegard": PRIVATE,
    "50% up": PRIVATE,
    "NO9386011117947": FINANCIAL,
    "no93 8601 1117": FINANCIAL,
    "1117947": FINANCIAL,
}


def actor(groups: str, *, scope: str = "all", user_id: int = 1) -> Actor:
    scopes = {f"contacts.{noun}": scope for noun in ("contact", "payment", "allocation")}
    return Actor(user_id, groups, permissions=RIGHTS, groups=GROUPS[groups], scopes=scopes)


@pytest.fixture
def do(company: Any) -> Callable[..., Any]:
    return lambda work, actor=SYSTEM: company.database.run(work, actor=actor)


@pytest.fixture
def look(company: Any) -> Callable[..., Any]:
    return lambda work, actor=SYSTEM: company.database.run(work, actor=actor, write=False)


@pytest.fixture
def foss(do: Any) -> int:
    def work(session: Any) -> int:
        create_contact(session, SYSTEM, kind="individual", name="Somebody Else", code="E-1", phone="+4722222222")
        return int(create_contact(session, SYSTEM, kind="legal_entity", responsible_id=1, **FOSS).id)

    return int(do(work))


def codes(session: Any, text: str) -> list[str]:
    return [row["code"] for row in contact_lookup.find(session, text, 12)]


@pytest.mark.parametrize("groups", GROUPS)
def test_a_contact_is_found_by_what_is_open_and_by_nothing_else(look: Any, foss: int, groups: str) -> None:
    expected = {text: ["F-1"] if group is None or group in GROUPS[groups] else [] for text, group in TYPED.items()}
    found = look(lambda s: {text: codes(s, text) for text in TYPED}, actor(groups))
    assert found == expected
    in_list = look(
        lambda s: {t: [r.code for r in fetch(s, legal_entities, Query(text=t)).rows] for t in TYPED}, actor(groups)
    )
    assert in_list == expected


@pytest.mark.parametrize("groups", ["nothing", "private", "both"])
def test_documents_and_figures_are_found_by_their_contact_alike(do: Any, look: Any, foss: int, groups: str) -> None:
    do(lambda s: record_payment(s, SYSTEM, contact_id=foss, direction="in", amount=Decimal(7)))
    who = actor(groups)
    asked = {"55301200": PRIVATE, "foss": None, "no such": None}
    expected = {t: int(t != "no such" and (g is None or g in who.groups)) for t, g in asked.items()}
    lists = (payments, balances, open_items) if FINANCIAL in who.groups else (payments,)
    for table in lists:
        found = look(lambda s, t=table: {text: len(fetch(s, t, Query(text=text)).rows) for text in asked}, who)
        assert found == expected, table.name
    sums = look(lambda s: sums_of(s, payments, Query(text="55301200")), who)
    assert bool(sums["amount"]) == (PRIVATE in who.groups), "what is counted tells no more"


def test_another_salespersons_contact_is_not_found(do: Any, look: Any, foss: int) -> None:
    own, other = actor("both", scope="own"), actor("both", scope="own", user_id=77)
    do(lambda s: record_payment(s, SYSTEM, contact_id=foss, direction="in", amount=Decimal(7)))
    for text in TYPED:
        assert look(lambda s, text=text: codes(s, text), own) == ["F-1"], text
        assert look(lambda s, text=text: codes(s, text), other) == [], text
        assert look(lambda s, text=text: fetch(s, payments, Query(text=text)).rows, other) == [], text
    assert len(look(lambda s: fetch(s, payments, Query(text="55301200")).rows, own)) == 1


def test_the_index_itself_is_held_to_scope_and_groups(look: Any, foss: int) -> None:
    from sqlalchemy import select

    query = select(ContactSearch.record_id).where(ContactSearch.private.contains("5530"))
    assert look(lambda s: s.scalars(query).all(), actor("private")) == [foss]
    assert look(lambda s: s.scalars(query).all(), actor("private", scope="own", user_id=77)) == []
    with pytest.raises(Forbidden):
        look(lambda s: s.scalars(query).all(), actor("nothing"))
    with pytest.raises(Unheld):
        look(lambda s: s.execute(select(ContactSearch.__table__.c.public)).all(), actor("both", scope="own"))


def test_a_hit_says_by_what_it_was_found_unless_by_its_name(look: Any, foss: int) -> None:
    def by(text: str, groups: str = "both") -> tuple[str, list[str]]:
        (row,) = look(lambda s: contact_lookup.find(s, text, 12), actor(groups))
        return str(row["hit"].by), [part for part, is_found in row["hit"].said if is_found]

    assert by("foss") == ("None", [])
    assert by("foss nordlys") == ("Name in the register", ["Nordlys"])
    assert by("55 30 12") == ("Phone", ["55 30 12"])
    assert by("foss 5530") == ("Phone", ["55 30"])
    assert by("post@foss") == ("E-mail", ["post@foss"])
    assert by("no93 8601") == ("Bank account", ["NO938601"])
    assert by("odegard") == ("Contact person", ["Ødegård"])


def test_an_exact_code_comes_first_then_names_that_begin_so_then_the_others(do: Any, look: Any) -> None:
    def work(session: Any) -> None:
        for code, name in (("1", "Zeta Anna"), ("2", "anna b"), ("3", "Ánna A"), ("ANNA", "Young"), ("5", "Beta Anna")):
            create_contact(session, SYSTEM, kind="individual", name=name, code=code)

    do(work)
    assert look(lambda s: codes(s, "anna")) == ["ANNA", "3", "2", "5", "1"]


@pytest.mark.parametrize(
    "text", ["%", "_", "%%%", "___", '"""', "' OR 1", "foss*", "foss OR zzz", "NEAR(", "{public}", "f^s", "\\"]
)
def test_signs_with_a_meaning_in_sql_or_full_text_search_are_plain_characters(look: Any, foss: int, text: str) -> None:
    assert look(lambda s: codes(s, text)) == []
    assert look(lambda s: fetch(s, legal_entities, Query(text=text)).rows) == []


def test_words_of_very_many_contacts_are_found_too(do: Any, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW", 2)
    monkeypatch.setattr(asking, "LOOKED_AT", 4)

    def work(session: Any) -> None:
        for n in range(9):
            fields = {"code": f"N{n}", "email": "x@many.example", "responsible_id": 1 if n == 8 else None}
            contact = create_contact(
                session, SYSTEM, kind="individual", name=f"{'Many' if n == 7 else 'Name'} {n}", **fields
            )
            record_payment(session, SYSTEM, contact_id=contact.id, direction="in", amount=Decimal(1))

    do(work)
    assert look(lambda s: codes(s, "many"))[0] == "N7", "the one whose name begins so"
    assert set(look(lambda s: codes(s, "many"))) <= {f"N{n}" for n in range(9)}
    assert look(lambda s: codes(s, "n8")) == ["N8"]
    assert look(lambda s: codes(s, "many"), actor("both", scope="own")) == ["N8"], "theirs are all looked at"
    assert look(lambda s: codes(s, "na"), actor("both", scope="own")) == ["N8"]
    assert look(lambda s: codes(s, "many"), actor("nothing")) == ["N7"]
    names = look(lambda s: [r.code for r in fetch(s, individuals, Query(text="many")).rows])
    assert names == ["N7", "N0", "N1", "N2", "N3", "N4", "N5", "N6", "N8"], "a list has all of them"
    assert len(look(lambda s: fetch(s, payments, Query(text="many")).rows)) == 9
    assert len(look(lambda s: fetch(s, payments, Query(text="many")).rows, actor("both", scope="own"))) == 1


def test_a_list_puts_names_that_begin_so_and_others_together_in_its_order(
    do: Any, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "FEW", 3)
    named = ["Émile A", "Emile B", "Anna Emile", "emile c", "Zoe", "EMILE D", "Bo", "Emile E"]

    def work(session: Any) -> None:
        for n, name in enumerate(named):
            note = "knows Emile" if name == "Bo" else "call Emile" if name == "Émile A" else ""
            create_contact(session, SYSTEM, kind="individual", name=name, code=f"N{n}", note=note)

    do(work)

    def pages(session: Any, **asked: Any) -> list[str]:
        found, after = [], ""
        while True:
            page = fetch(session, individuals, Query(text="emile", limit=2, after=after, **asked))
            found += [row.name for row in page.rows]
            if page.following is None or not page.rows:
                return found
            after = page.following

    ways = look(lambda s: asking.FoundBy(ContactSearch).ways(s, "emile"))
    assert len(ways) == 2
    in_order = ["Anna Emile", "Bo", "Émile A", "Emile B", "emile c", "EMILE D", "Emile E"]
    assert look(lambda s: pages(s)) == in_order
    assert look(lambda s: pages(s, order="-name")) == in_order[::-1]
    assert look(lambda s: pages(s), actor("nothing")) == [name for name in in_order if name != "Bo"]


def test_what_is_changed_is_found_by_what_it_says_now(do: Any, look: Any, foss: int) -> None:
    do(lambda s: change_contact(s, SYSTEM, s.get(Contact, foss), phone="+49 30 901820", name="Neu"))
    assert look(lambda s: {t: codes(s, t) for t in ("55301200", "foss", "901820", "neu", "post@foss")}) == {
        "55301200": [],
        "foss": ["F-1"],  # by its e-mail address
        "901820": ["F-1"],
        "neu": ["F-1"],
        "post@foss": ["F-1"],
    }


def test_whoever_may_not_see_a_phone_number_leaves_it_found(do: Any, look: Any, foss: int) -> None:
    clerk = actor("nothing")
    do(lambda s: change_contact(s, clerk, s.get(Contact, foss), name="Renamed", phone=""), clerk)
    assert look(lambda s: codes(s, "renamed 5530")) == ["F-1"]
    assert look(lambda s: list(verify(s))) == []


def test_an_import_is_found_at_once(company: Any, look: Any, tmp_path: Any) -> None:
    sheet = tmp_path / "contacts.csv"
    sheet.write_text("code,name,country,phone\nI-1,Eins,DE,030 901820\nI-2,Zwei,DE,\n")
    run_import(company, SYSTEM, "contacts.contacts", [sheet])
    assert look(lambda s: codes(s, "901820")) == ["I-1"]
    sheet.write_text("code,name,phone\nI-1,Eins,030 777777\nI-2,Zwei,030 901820\n")
    run_import(company, SYSTEM, "contacts.contacts", [sheet])
    assert look(lambda s: codes(s, "901820")) == ["I-2"]
    assert look(lambda s: list(verify(s))) == []


def test_a_contact_that_is_gone_is_not_found(do: Any, look: Any, foss: int) -> None:
    do(lambda s: (s.delete(s.get(Contact, foss)), s.flush()))
    assert look(lambda s: codes(s, "foss")) == []
    assert look(lambda s: list(verify(s))) == []


def test_a_refused_saving_changes_nothing_that_is_found(do: Any, look: Any, foss: int) -> None:
    def work(session: Any) -> None:
        change_contact(session, SYSTEM, session.get(Contact, foss), name="Neu")
        raise Forbidden("a test")

    with pytest.raises(Forbidden):
        do(work)
    assert look(lambda s: (codes(s, "foss"), codes(s, "neu"))) == (["F-1"], [])


def test_what_nobody_searches_for_costs_no_statement(company: Any, do: Any, foss: int) -> None:
    def statements(**fields: Any) -> list[str]:
        found: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            found.append(statement)

        event.listen(company.database.engine, "before_cursor_execute", note)
        do(lambda s: change_contact(s, SYSTEM, s.get(Contact, foss), **fields))
        event.remove(company.database.engine, "before_cursor_execute", note)
        return [
            s for s in found if s.startswith("SELECT contacts_contact.id, contacts_contact.name, contacts_contact.code")
        ]

    assert len(statements(phone="+49 30 901820")) == 2  # with the contact, and with its main phone
    assert statements(credit_limit=Decimal(5), is_active=True) == []


@pytest.mark.parametrize(
    "statement",
    [
        insert(LegalEntity).values(name="Past", code="P", country=""),
        update(Contact).values(name="Past"),
        update(LegalEntity).values(legal_name="Past"),
    ],
)
def test_a_statement_that_would_leave_the_index_behind_is_refused(
    do: Any, look: Any, foss: int, statement: Any
) -> None:
    with pytest.raises(Unheld):
        do(lambda s: s.execute(statement))
    with pytest.raises(Unheld):
        do(lambda s: s.execute(insert(LegalEntity), [{"name": "Past", "code": "P", "country": ""}]))
    assert look(lambda s: codes(s, "past")) == []
    do(lambda s: s.execute(update(Contact).values(is_active=True)))


def test_what_is_found_is_proven_and_rebuilt(do: Any, look: Any, foss: int) -> None:
    assert look(lambda s: list(verify(s))) == []
    do(lambda s: s.connection().exec_driver_sql("UPDATE contacts_contact SET email = 'forged@x' WHERE code = 'F-1'"))
    do(lambda s: s.connection().exec_driver_sql("DELETE FROM contacts_contact_search WHERE code = 'e-1'"))
    other = foss - 1
    words = "contacts_contact_search: record {} is found by other texts than it has"
    assert look(lambda s: list(verify(s))) == [words.format(other), words.format(foss)]
    do(rebuild)
    assert look(lambda s: list(verify(s))) == []
    assert look(lambda s: (codes(s, "forged@"), codes(s, "somebody"), codes(s, "post@"))) == (
        ["F-1"],
        ["E-1"],
        ["F-1"],
    )  # its own e-mail says so


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # PostgreSQL keeps its indexes by itself
def test_trigrams_that_lack_a_text_are_reported(do: Any, look: Any, foss: int) -> None:
    do(lambda s: s.connection().exec_driver_sql("DROP TRIGGER contacts_contact_search_trigrams_update"))
    do(lambda s: change_contact(s, SYSTEM, s.get(Contact, foss), note="something else"))
    assert look(lambda s: list(verify(s))) == [
        "contacts_contact_search_trigrams: the trigrams aren't those of contacts_contact_search"
    ]


def test_a_search_asks_the_index_once(company: Any, look: Any, foss: int) -> None:
    """Words of a query are asked for together, in a list and in a look-up."""
    counts = []
    for text in ("foss", "foss sonner nordlys post@"):
        found: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any, found: list[str] = found) -> None:
            found.append(statement)

        event.listen(company.database.engine, "before_cursor_execute", note)
        look(lambda s, text=text: fetch(s, legal_entities, Query(text=text)))
        in_list = len([s for s in found if s.startswith("SELECT")])
        look(lambda s, text=text: contact_lookup.find(s, text, 12))
        event.remove(company.database.engine, "before_cursor_execute", note)
        counts.append((in_list, len([s for s in found if s.startswith("SELECT")]) - in_list))
    assert counts == [(2, 3), (2, 3)]


def test_two_who_search_share_nothing(look: Any, foss: int) -> None:
    """What the index gave to one session is not known to another with other rights."""
    assert look(lambda s: codes(s, "5530"), actor("private")) == ["F-1"]
    assert look(lambda s: codes(s, "5530"), replace(actor("private"), groups=frozenset())) == []
