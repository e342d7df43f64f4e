"""Two contacts that are one: everything is seen at the head, the books stay true, and undoing leaves no trace."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Base
from app.documents import post, save
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.ledger import verify
from app.security import SYSTEM
from app.web.kit.tables import Query, fetch
from modules.contacts.allocations import AllocationLineDraft, allocate
from modules.contacts.contracts import check_contract, create_contract, offered
from modules.contacts.credit import credit_of
from modules.contacts.details import add_detail, details_of
from modules.contacts.folders import add_folder
from modules.contacts.merging import _naming, merge, unmerge
from modules.contacts.models import Address, Channel, Contact
from modules.contacts.operations import change_contact, create_contact, record_payment
from modules.contacts.queries import balances_of, open_items_of, statement_of
from modules.contacts.relations import add_relation, relations_of
from modules.contacts.tables import balances, contact_lookup
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Sale
from modules.warehouse.operations import create_item

PHONES = "+442079460001", "+442079460002", "+442079460003"


@pytest.fixture
def pair(company: Any) -> tuple[int, int, int]:
    """Acme, which stays; ACME Limited, the same; and a third that belongs to the second."""

    def make(session: Any) -> tuple[int, int, int]:
        company.refresh(session)
        folder = add_folder(session, SYSTEM, name="Buyers").id
        acme = create_contact(
            session, SYSTEM, kind="legal_entity", name="Acme", code="A", country="GB", phone=PHONES[0], tags="dear"
        )
        same = create_contact(
            session,
            SYSTEM,
            kind="legal_entity",
            name="ACME Limited",
            code="B",
            country="GB",
            phone=PHONES[1],
            email="info@acme.example",
            address="1 High St",
            contact_person="Jo",
            tags="dear, old",
            credit_limit=Decimal(500),
            folder_id=folder,
            note="pays late",
        )
        add_detail(session, SYSTEM, same, Channel, kind="phone", value=PHONES[0], label="twin")
        add_detail(session, SYSTEM, same, Channel, kind="phone", value=PHONES[2])
        third = create_contact(session, SYSTEM, kind="individual", name="Ann", code="C")
        add_relation(session, SYSTEM, third, what="director", other_id=same.id)
        add_relation(session, SYSTEM, same, what="related", other_id=acme.id)
        for contact, direction, amount in ((acme, "out", 100), (same, "out", 70), (same, "in", 30)):
            record_payment(session, SYSTEM, contact_id=contact.id, direction=direction, amount=Decimal(amount))
        return acme.id, same.id, third.id

    made: tuple[int, int, int] = company.database.run(make, actor=SYSTEM)
    return made


@pytest.fixture
def run(company: Any, pair: Any) -> Callable[..., Any]:
    """Do something with Acme and its twin."""

    def do(work: Callable[..., Any], actor: Any = SYSTEM) -> Any:
        head, other, _ = pair
        return company.database.run(lambda s: work(s, s.get(Contact, head), s.get(Contact, other)), actor=actor)

    return do


def rows(session: Any, *_contacts: Any) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored of contacts, except how often it was saved and in what order rows were written again."""
    tables = [t for t in Base.metadata.sorted_tables if t.name.startswith("contacts_") or t.name == "core_document"]
    found = {}
    for table in tables:
        said = session.connection().execute(select(table)).mappings()
        kept = [{k: v or None for k, v in row.items() if k != "version"} for row in said]  # nothing is "" or None
        found[table.name] = sorted(kept, key=str)
    return found


def proven(session: Any, *_contacts: Any) -> None:
    from app.search import proof

    assert [*verify(session), *proof.verify(session)] == []


def test_everything_is_seen_at_the_head_and_the_books_stay(run: Callable[..., Any], pair: Any) -> None:
    run(lambda s, head, other: merge(s, SYSTEM, head, other, wins=["phone"]))

    def look(session: Any, head: Contact, other: Contact) -> None:
        assert (head.name, head.phone, head.email, head.address) == (
            "Acme",
            PHONES[1],
            "info@acme.example",
            "1 High St",
        )
        assert (head.tags, head.credit_limit, head.note, head.contact_person) == ("dear, old", 500, "pays late", "Jo")
        assert head.folder_id == 1
        phones = [(d.value, d.is_main) for d in details_of(session, Channel, head.id) if d.kind == "phone"]
        assert phones == [(PHONES[1], True), (PHONES[0], False), (PHONES[2], False)]
        assert [d.street for d in details_of(session, Address, head.id)] == ["1 High St"]
        assert [(str(r.title), r.contact.name) for r in relations_of(session, head)] == [
            ("Connected with", "ACME Limited"),
            ("Director", "Ann"),
        ]
        assert not other.is_active
        assert balances_of(session, head.id) == {"GBP": 140}
        assert credit_of(session, head.id).owed == 140
        statement = statement_of(session, head.id)["GBP"]
        assert [(line.amounts["amount"], line.balance["amount"]) for line in statement.lines] == [
            (100, 100),
            (70, 170),
            (-30, 140),
        ]
        assert {d.open for d in open_items_of(session, head.id)} == {100, 40}
        present = balances.present(session)
        assert [(r.code, r.amount) for r in fetch(session, present, Query()).rows] == [("A", 140)]
        found = [[row["id"] for row in contact_lookup.find(session, text, 9)] for text in (PHONES[2], "info@acme", "A")]
        assert [head.id in ids for ids in found] == [True] * 3
        assert all(other.id not in ids for ids in found)

    run(look)
    run(proven)


def test_what_the_head_pays_settles_what_was_posted_with_the_other(run: Callable[..., Any]) -> None:
    def pay(session: Any, head: Contact, other: Contact) -> int:
        merge(session, SYSTEM, head, other)
        open_ones = {d.open: d.document_id for d in open_items_of(session, head.id)}
        part = [(open_ones[Decimal(40)], Decimal(40))]
        paid = record_payment(session, SYSTEM, contact_id=head.id, direction="in", amount=Decimal(50), pays=part)
        # The rest, an advance of the head's, is moved by hand.
        lines = [AllocationLineDraft(paid.id, open_ones[Decimal(100)], Decimal(10))]
        allocate(session, SYSTEM, contact_id=head.id, lines=lines)
        return paid.id

    run(pay)
    assert run(lambda s, head, _o: [d.open for d in open_items_of(s, head.id)]) == [90]
    run(proven)
    run(lambda s, _h, other: unmerge(s, SYSTEM, other.id))
    run(proven)


def test_undoing_leaves_everything_as_it_was(run: Callable[..., Any], pair: Any) -> None:
    before = run(rows)
    run(lambda s, head, other: merge(s, SYSTEM, head, other, wins=["phone", "name", "country"]))
    assert run(lambda s, head, _o: head.name) == "ACME Limited"
    run(lambda s, _h, other: unmerge(s, SYSTEM, other.id))
    after = run(rows)
    for name, said in before.items():
        changed = [(o, n) for o, n in zip(said, after[name], strict=True) if o != n]
        assert [{k: (o[k], n[k]) for k in o if o[k] != n[k]} for o, n in changed] == [], name
        assert len(after[name]) == len(said), name
    run(proven)


def test_what_was_changed_at_the_head_since_stays(run: Callable[..., Any]) -> None:
    run(lambda s, head, other: merge(s, SYSTEM, head, other))
    run(lambda s, head, _o: change_contact(s, SYSTEM, head, note="pays well", name="Acme plc"))
    run(lambda s, _h, other: unmerge(s, SYSTEM, other.id))
    assert run(lambda s, head, other: (head.note, head.name, head.credit_limit, other.note)) == (
        "pays well",
        "Acme plc",
        None,
        "pays late",
    )


def test_who_came_along_goes_further_and_back(run: Callable[..., Any], pair: Any, company: Any) -> None:
    def more(session: Any, head: Contact, other: Contact) -> int:
        merge(session, SYSTEM, head, other)
        last = create_contact(session, SYSTEM, kind="legal_entity", name="Acme Group", code="D")
        merge(session, SYSTEM, last, head)
        return last.id

    last = run(more)
    assert run(lambda s, _h, _o: balances_of(s, last)) == {"GBP": 140}
    with pytest.raises(Conflict, match="later merge"):
        run(lambda s, _h, other: unmerge(s, SYSTEM, other.id))
    run(lambda s, head, _o: unmerge(s, SYSTEM, head.id))
    assert run(lambda s, head, _o: balances_of(s, head.id)) == {"GBP": 140}
    run(lambda s, _h, other: unmerge(s, SYSTEM, other.id))
    assert run(lambda s, head, _o: balances_of(s, head.id)) == {"GBP": 100}
    run(proven)


def test_what_can_not_be_merged_is_refused_and_nothing_changes(
    run: Callable[..., Any], pair: Any, refused: Callable[..., str], employ: Callable[..., Any]
) -> None:
    head, other, third = pair

    def merged(one: int, two: int, actor: Any = SYSTEM) -> Callable[[Any], Any]:
        return lambda s: merge(s, actor, s.get(Contact, one), s.get(Contact, two))

    refused(merged(head, head), Invalid, field="other_id")
    refused(merged(head, third), Invalid, field="other_id")
    refused(lambda s: unmerge(s, SYSTEM, head), NotFound)
    sam = employ("sam", "salesperson")
    with pytest.raises(Forbidden):
        run(lambda s, h, o: merge(s, sam, h, o))
    run(lambda s, h, o: merge(s, SYSTEM, h, o))
    refused(merged(head, other), Conflict)
    refused(lambda s: change_contact(s, SYSTEM, s.get(Contact, other), name="X"), Conflict)


def test_rows_of_any_module_that_name_a_contact_are_known(company: Any) -> None:
    """What goes with records, what merely names them; not documents, what goes with those, or the books."""
    named = {f"{c.table.name}.{c.name}" for c in _naming()}
    assert {"contacts_channel.contact_id", "contacts_relation.first_id", "contacts_contact_label.contact_id"} <= named
    assert not {
        name for name in named if name.split(".")[0] in ("contacts_payment", "contacts_open_item", "trade_sale")
    }
    assert not {name for name in named if "settlements" in name or "search" in name or "merge" in name}


def test_two_are_chosen_compared_merged_and_parted_on_their_pages(sign_in: Any, ask: Any) -> None:
    maria = sign_in("maria")
    said = {"name": "Bergen Joinry", "country": "SE", "phone": "+4722864400", "note": "the same one"}
    maria.post("/contacts/new/legal_entity", data={**said, "is_active": "y"})
    other = ask(None, lambda s: s.scalar(select(Contact.id).where(Contact.name == said["name"])))
    head = ask(None, lambda s: s.scalar(select(Contact.id).where(Contact.code == "C-1001")))
    page = f"/contacts/{head}/merge"
    compared = maria.post(page, data={"other_id": other}, follow_redirects=True)
    assert compared.status_code == 200
    for text in ("Bergen Joinery AS", "Bergen Joinry", "Sweden", "Norway", "the same one", 'value="country"'):
        assert text in compared.text, text
    merged = maria.post(page, data={"other_id": other, "then": "merge", "wins": ["country"]}, follow_redirects=True)
    assert "Merged into this contact" in merged.text
    assert ask(None, lambda s: (s.get(Contact, head).country, s.get(Contact, head).note)) == ("SE", "the same one")
    assert maria.get(f"/contacts/{other}").headers["Location"].endswith(f"/contacts/{head}")
    assert maria.post(page, data={"other_id": head}).status_code == 200  # itself: refused in words
    maria.post(f"/contacts/{other}/unmerge")
    assert ask(None, lambda s: (s.get(Contact, head).country, s.get(Contact, head).note)) == ("NO", "")
    assert maria.get(f"/contacts/{other}").status_code == 200
    assert sign_in("sam").get(page).status_code == 403
    maria.post("/contacts/duplicates/find")
    assert maria.get("/contacts/duplicates").status_code == 200


def test_what_is_open_drafts_and_contracts_of_both_are_found_at_the_head(run: Callable[..., Any]) -> None:
    def work(session: Any, acme: Any, same: Any) -> Any:
        service = create_item(session, SYSTEM, code="WORK", name="Work", kind="service").id
        line = [TradeLineDraft(service, Decimal(1), Decimal(10))]
        drafts = [save(session, SYSTEM, Sale, TradeDraft(same.id, line)) for _ in range(2)]
        for contact in (acme, same):  # of one number, so that the second one can't become the first one's
            create_contract(session, SYSTEM, contact_id=contact.id, number="1", currency="GBP")
        merge(session, SYSTEM, acme, same)
        assert [draft.contact_id for draft in drafts] == [acme.id] * 2
        contracts = [int(number) for number, _title in offered(session, acme.id)]
        assert len(contracts) == 2
        for contract in contracts:
            assert check_contract(session, contract, contact_id=acme.id, currency="GBP")
        post(session, SYSTEM, drafts[:1])
        # 140 are open of the two, and 10 of the sale: the oldest are paid first, whosever they are.
        record_payment(session, SYSTEM, contact_id=acme.id, direction="in", amount=Decimal(150))
        assert {item.document_id for item in open_items_of(session, acme.id)} == set()
        assert list(verify(session)) == []
        unmerge(session, SYSTEM, same.id)
        session.expire_all()
        return [draft.contact_id for draft in drafts], (acme.id, same.id)

    assert run(work) == ([1, 2], (1, 2)), "what is posted by now stays with the head"
