"""Ways to reach a contact, addresses, persons and bank accounts: several of each, one of them the main one."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from app.importing import run_import
from app.search.proof import verify
from app.security import SYSTEM, Actor
from modules.contacts.details import (
    MAIN,
    MOST,
    SORTS,
    add_detail,
    change_detail,
    detail_by_id,
    details_of,
    remove_detail,
    text_of,
)
from modules.contacts.models import Address, BankAccount, Channel, Contact, LegalEntity, Person, TaxNumber
from modules.contacts.operations import change_contact, create_contact
from modules.contacts.tables import contact_lookup

FIRST, SECOND, THIRD = "+442079460001", "+442079460002", "+442079460003"


@pytest.fixture
def acme(company: Any) -> int:
    """A company with one of each."""

    def work(session: Any) -> int:
        company.refresh(session)
        fields = {
            "phone": FIRST,
            "email": "info@acme.example",
            "address": "1 High St\nEly",
            "contact_person": "Jo Bloggs",
        }
        more = {"bank_account": "GB29NWBK60161331926819", "country": "GB", "name": "Acme Ltd"}
        return create_contact(session, SYSTEM, kind="legal_entity", **fields, **more).id

    return int(company.database.run(work, actor=SYSTEM))


@pytest.fixture
def do(company: Any, acme: int) -> Callable[..., Any]:
    """Do something with the contact, for the system or somebody else."""

    def run(work: Callable[[Any, Contact], Any], actor: Actor = SYSTEM) -> Any:
        return company.database.run(lambda session: work(session, session.get(Contact, acme)), actor=actor)

    return run


def said(session: Any, contact: Contact) -> dict[str, list[tuple[str, bool]]]:
    """By sort: what each detail says, and whether it is the main one."""
    return {
        sort.name: [(text_of(d), d.is_main) for d in details_of(session, sort.model, contact.id)]
        for sort in SORTS.values()
    }


def repeats(session: Any, contact: Contact) -> None:
    """One of each kind is the main one, and the contact says the same."""
    for name, (model, kind) in MAIN.items():
        own = [d for d in details_of(session, model, contact.id) if not kind or d.kind == kind]
        mains = [text_of(d) for d in own if d.is_main]
        assert len(mains) == min(1, len(own)), name
        if hasattr(contact, name):
            assert (getattr(contact, name) or "") == "".join(mains), name


def test_what_a_contact_says_of_itself_becomes_its_main_details(do: Callable[..., Any]) -> None:
    assert do(said) == {
        "channel": [("info@acme.example", True), (FIRST, True)],
        "address": [("1 High St\nEly", True)],
        "tax-number": [],
        "person": [("Jo Bloggs", True)],
        "bank-account": [("GB29NWBK60161331926819", True)],
    }
    do(repeats)


def test_another_one_becomes_the_main_one_and_the_contact_repeats_it(do: Callable[..., Any]) -> None:
    def work(session: Any, contact: Contact) -> None:
        add_detail(session, SYSTEM, contact, Channel, kind="phone", value="020 7946 0002", label="accounts")
        assert contact.phone == FIRST
        add_detail(session, SYSTEM, contact, Channel, kind="phone", value="020 7946 0003", is_main=True)

    do(work)
    assert do(lambda _session, contact: contact.phone) == THIRD
    assert do(said)["channel"] == [("info@acme.example", True), (THIRD, True), (FIRST, False), (SECOND, False)]
    do(repeats)


def test_with_the_main_one_removed_the_next_is_the_main_one_until_there_is_none(do: Callable[..., Any]) -> None:
    def remove(session: Any, contact: Contact) -> str:
        main = session.scalars(select(Channel).where(Channel.kind == "phone", Channel.is_main)).one()
        remove_detail(session, SYSTEM, contact, main)
        return contact.phone

    do(lambda session, contact: add_detail(session, SYSTEM, contact, Channel, kind="phone", value=SECOND))
    assert [do(remove), do(remove)] == [SECOND, ""]
    assert do(said)["channel"] == [("info@acme.example", True)]
    do(repeats)


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("typed", "main", "channels"),
    [
        (SECOND, SECOND, [(SECOND, True)]),
        (f"{SECOND}, {FIRST}, {THIRD}", SECOND, [(SECOND, True), (FIRST, False), (THIRD, False)]),
        ("", "", []),
        (FIRST, FIRST, [(FIRST, True)]),
    ],
)
def test_a_field_of_the_contact_changes_its_main_detail(
    do: Callable[..., Any], typed: str, main: str, channels: list[tuple[str, bool]]
) -> None:
    do(lambda session, contact: change_contact(session, SYSTEM, contact, phone=typed))
    assert do(lambda _session, contact: contact.phone) == main
    assert sorted(do(said)["channel"]) == sorted([("info@acme.example", True), *channels])
    do(repeats)


def test_a_file_with_several_numbers_goes_in_once(company: Any, tmp_path: Any) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("Code,Name,Phone\nB-1,Bo,020 7946 0001; 020 7946 0002\n", "utf-8")
    first, again = (run_import(company, SYSTEM, "contacts.contacts", [path]) for _ in range(2))
    assert (first.created, first.errors) == ({"contacts.contact": 1}, [])
    assert (again.updated, len(again.skipped)) == ({}, 1)

    def look(session: Any) -> list[tuple[str, bool]]:
        bo = session.scalars(select(Contact).where(Contact.code == "B-1")).one()
        return [(d.value, d.is_main) for d in details_of(session, Channel, bo.id)]

    assert company.database.run(look, actor=SYSTEM, write=False) == [(FIRST, True), (SECOND, False)]


def test_a_field_that_says_what_is_known_already_makes_it_the_main_one(do: Callable[..., Any]) -> None:
    do(
        lambda session, contact: add_detail(
            session, SYSTEM, contact, Channel, kind="phone", value=SECOND, label="mobile"
        )
    )
    do(lambda session, contact: change_contact(session, SYSTEM, contact, phone=SECOND))
    found = do(
        lambda session, contact: [(d.value, d.label, d.is_main) for d in details_of(session, Channel, contact.id)]
    )
    assert found == [("info@acme.example", "", True), (SECOND, "mobile", True), (FIRST, "", False)]


def test_an_address_of_parts_stays_until_another_text_is_said(do: Callable[..., Any]) -> None:
    parts = {
        "street": "1 Main St",
        "city": "Springfield",
        "region": "illinois",
        "postal_code": "62701",
        "country": "US",
    }
    do(lambda session, contact: add_detail(session, SYSTEM, contact, Address, kind="billing", is_main=True, **parts))
    written = "1 Main St\nSpringfield, IL 62701"
    assert do(lambda _session, contact: contact.address) == written

    def look(session: Any, contact: Contact) -> list[tuple[str, str, str]]:
        return [(a.street, a.region, a.country) for a in details_of(session, Address, contact.id)]

    do(lambda session, contact: change_contact(session, SYSTEM, contact, address=written, note="as it was"))
    assert do(look) == [("1 Main St", "IL", "US"), ("1 High St\nEly", "", "GB")]
    do(lambda session, contact: change_contact(session, SYSTEM, contact, address="PO Box 7"))
    assert do(look) == [("PO Box 7", "", "GB"), ("1 High St\nEly", "", "GB")]
    do(repeats)


WRONG = [
    (
        Channel,
        {"kind": "fax", "value": "1"},
        "kind",
        "Choose what it is: a phone number, an e-mail address, a site or a messenger.",
    ),
    (Channel, {"kind": "phone", "value": ""}, "value", "Please fill this in."),
    (
        Channel,
        {"kind": "phone", "value": f"{SECOND}, {THIRD}"},
        "value",
        "Write one number here, and add the others one by one.",
    ),
    (Channel, {"kind": "email", "value": "anna"}, "value", "Write an e-mail address, such as anna@example.com."),
    (Channel, {"kind": "site", "value": "javascript:alert(1)"}, "value", None),
    (Channel, {"kind": "site", "value": "https://user:word@example.com"}, "value", None),
    (Channel, {"kind": "site", "value": "file:///etc/passwd"}, "value", None),
    (Channel, {"kind": "site", "value": "example"}, "value", None),
    (Channel, {"kind": "site", "value": "https://[example.com"}, "value", None),
    (Channel, {"kind": "messenger", "value": "m" * 201}, "value", "At most 200 characters."),
    (TaxNumber, {"kind": "vat", "number": "GB980780685"}, "number", None),
    (TaxNumber, {"kind": "kpp", "number": "770701001"}, "kind", None),
    (TaxNumber, {"kind": "kpp", "number": "77070100", "country": "RU"}, "number", None),
    (TaxNumber, {"kind": "ogrn", "number": "1027700132196", "country": "RU"}, "number", None),
    (TaxNumber, {"kind": "secret", "number": "1"}, "kind", None),
    (TaxNumber, {"kind": "tax", "number": "1", "country": "XX"}, "country", None),
    (TaxNumber, {"kind": "other", "number": "<b>"}, "number", None),
    (
        Channel,
        {"kind": "messenger", "value": "m", "person_id": 999},
        "person_id",
        "Choose one of this contact's persons.",
    ),
    (Channel, {"kind": "messenger", "value": "m", "colour": "red"}, "colour", "there is no such field"),
    (Address, {"street": " "}, "street", "Please fill this in."),
    (Address, {"street": "x", "kind": "secret"}, "kind", "Choose what the address is for."),
    (Address, {"street": "x", "country": "GB", "postal_code": "1"}, "postal_code", None),
    (Person, {"name": ""}, "name", "Please fill this in."),
    (BankAccount, {"number": "GB29NWBK60161331926818"}, "number", None),
    (BankAccount, {"number": "1", "bic": "X"}, "bic", None),
    (BankAccount, {"number": "40702810900000005556", "bic": "044525225"}, "number", None),
    (BankAccount, {"number": "40702810900000005555", "bic": "044525225", "correspondent": "1"}, "correspondent", None),
    (BankAccount, {"number": "1", "currency": "XXQ"}, "currency", None),
]


def test_a_contact_has_tax_numbers_of_several_kinds_and_countries(company: Any) -> None:
    """The main one of those by which tax offices know it is the contact's own; each is found."""

    def make(session: Any) -> int:
        company.refresh(session)
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="ООО", country="RU", tax_id="7707083893")
        for fields in (
            {"kind": "kpp", "number": "7707 01001"},
            {"kind": "ogrn", "number": "1027700132195"},
            {"kind": "vat", "number": "IT 00743110157", "country": "IT"},
            {"kind": "tax", "number": "0100109106", "country": "VN"},
        ):
            add_detail(session, SYSTEM, contact, TaxNumber, **fields)
        return contact.id

    number = company.database.run(make, actor=SYSTEM)

    def look(session: Any) -> Any:
        contact = session.get(Contact, number)
        repeats(session, contact)
        found = [contact_lookup.find(session, t, 9)[0]["id"] for t in ("770701001", "743110157", "0100109106")]
        own = {(d.kind, d.number, d.is_main) for d in details_of(session, TaxNumber, number)}
        return contact.tax_id, own, found, list(verify(session))

    assert company.database.run(look, actor=SYSTEM, write=False) == (
        "7707083893",
        {
            ("tax", "7707083893", True),
            ("kpp", "770701001", True),
            ("ogrn", "1027700132195", True),
            ("vat", "IT00743110157", True),
            ("tax", "0100109106", False),
        },
        [number] * 3,
        [],
    )


def test_a_number_in_a_messenger_is_kept_as_phones_are(do: Callable[..., Any]) -> None:
    def work(session: Any, contact: Contact) -> list[str]:
        typed = (("WhatsApp", "020 7946 0958"), ("Telegram", "@acme_sales"), ("Signal", "123 4567 890 12345 67"))
        return [
            add_detail(session, SYSTEM, contact, Channel, kind="messenger", label=label, value=value).value
            for label, value in typed
        ]

    assert do(work) == ["+442079460958", "@acme_sales", "123 4567 890 12345 67"]


@pytest.mark.one_engine
@pytest.mark.parametrize(("model", "fields", "field", "words"), WRONG)
def test_what_can_not_be_is_refused_and_nothing_changes(
    refused: Callable[..., str], acme: int, model: Any, fields: dict[str, Any], field: str, words: str | None
) -> None:
    text = refused(lambda s: add_detail(s, SYSTEM, s.get(Contact, acme), model, **fields), Invalid, field=field)
    assert words is None or text == words


def test_what_is_there_already_is_refused(refused: Callable[..., str], acme: int) -> None:
    def again(session: Any) -> None:
        add_detail(session, SYSTEM, session.get(Contact, acme), Channel, kind="phone", value="020 7946 0001")

    assert refused(again, Conflict, field="value") == f"The contact has “{FIRST}” already."


def test_there_are_so_many_at_most(do: Callable[..., Any], acme: int, refused: Callable[..., str]) -> None:
    def fill(session: Any, contact: Contact) -> None:
        session.add_all(Person(contact_id=contact.id, name=f"P{i}") for i in range(MOST - 1))

    do(fill)
    text = refused(lambda s: add_detail(s, SYSTEM, s.get(Contact, acme), Person, name="one more"), Invalid)
    assert text == f"A contact can have {MOST} of these at most."


def test_a_person_leaves_and_the_contact_is_reached_as_before(do: Callable[..., Any]) -> None:
    def work(session: Any, contact: Contact) -> tuple[int, int]:
        person = add_detail(session, SYSTEM, contact, Person, name="Ann Other", role="purchasing")
        channel = add_detail(session, SYSTEM, contact, Channel, kind="phone", value=SECOND, person_id=person.id)
        return person.id, channel.id

    person_id, channel_id = do(work)
    do(lambda session, contact: remove_detail(session, SYSTEM, contact, session.get(Person, person_id)))
    assert do(lambda session, _contact: session.get(Channel, channel_id).person_id) is None
    assert do(said)["person"] == [("Jo Bloggs", True)]


def test_who_began_from_an_older_one_is_refused(do: Callable[..., Any], refused: Callable[..., str], acme: int) -> None:
    def change(session: Any, contact: Contact, label: str) -> None:
        (main,) = (d for d in details_of(session, Channel, contact.id) if d.kind == "phone")
        change_detail(session, SYSTEM, contact, main, version=1, label=label)

    do(lambda session, contact: change(session, contact, "work"))
    refused(lambda s: change(s, s.get(Contact, acme), "home"), Changed)


def test_only_whom_the_group_is_open_to_writes_them(
    employ: Callable[..., Any], acme: int, company: Any, refused: Any
) -> None:
    steve, sam = employ("steve", "storekeeper"), employ("sam", "salesperson")
    for model, fields in ((Channel, {"kind": "phone", "value": SECOND}), (BankAccount, {"number": "1"})):
        with pytest.raises(Forbidden), company.database.session(steve, write=True) as session:
            add_detail(session, steve, session.get(Contact, acme), model, **fields)
    with company.database.session(sam, write=True) as session:  # somebody else's contact
        assert session.get(Contact, acme) is None
        assert session.scalars(select(Channel)).all() == []


def test_a_detail_is_found_at_its_own_contact_alone(do: Callable[..., Any]) -> None:
    def work(session: Any, contact: Contact) -> None:
        other = create_contact(session, SYSTEM, kind="individual", name="Bo", phone=SECOND)
        (own,) = details_of(session, Channel, other.id)
        with pytest.raises(NotFound):
            detail_by_id(session, contact.id, Channel, own.id)

    do(work)


PHONES = st.sampled_from([FIRST, SECOND, THIRD])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), PHONES, st.booleans()),
        st.tuples(st.just("change"), st.integers(0, 3), PHONES),
        st.tuples(st.just("remove"), st.integers(0, 3)),
        st.tuples(st.just("say"), st.lists(PHONES, max_size=3, unique=True)),
    ),
    max_size=8,
)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=ACTS)
def test_whatever_is_done_there_is_one_main_one_and_nothing_is_lost(company: Any, acts: list[tuple[Any, ...]]) -> None:
    """Against a naive list of numbers, the main one first."""
    with company.database.session(SYSTEM, write=True) as session:
        company.refresh(session)
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Acme")
        assert isinstance(contact, LegalEntity)
        known: list[str] = []
        for act, *how in acts:
            rows = details_of(session, Channel, contact.id)
            if act == "add" and how[0] not in known:
                add_detail(session, SYSTEM, contact, Channel, kind="phone", value=how[0], is_main=how[1])
                known.insert(0 if how[1] else len(known), how[0])
            elif act == "change" and how[0] < len(rows) and how[1] not in known:
                known[known.index(rows[how[0]].value)] = how[1]
                change_detail(session, SYSTEM, contact, rows[how[0]], value=how[1])
            elif act == "remove" and how[0] < len(rows):
                known.remove(rows[how[0]].value)
                remove_detail(session, SYSTEM, contact, rows[how[0]])
                main = next((d.value for d in details_of(session, Channel, contact.id) if d.is_main), None)
                known.sort(key=lambda number: number != main)
            elif act == "say":
                (numbers,) = how
                change_contact(session, SYSTEM, contact, phone=", ".join(numbers))
                if not numbers:
                    known = known[1:]
                elif numbers[0] in known:
                    known.remove(numbers[0])
                    known.insert(0, numbers[0])
                else:
                    known[:1] = [numbers[0]]
                known += [number for number in numbers if number not in known]
                main = contact.phone or None
                known.sort(key=lambda number: number != main)
            rows = details_of(session, Channel, contact.id)
            assert sorted(d.value for d in rows) == sorted(known)
            assert contact.phone == (known[0] if known else "")
            repeats(session, contact)


def test_a_contact_is_found_by_each_of_its_details_and_no_longer_by_what_is_gone(do: Callable[..., Any]) -> None:
    def found(text: str) -> list[str]:
        return do(lambda session, _contact: [hit["title"] for hit in contact_lookup.find(session, text, 5)])

    def add(session: Any, contact: Contact) -> None:
        person = add_detail(session, SYSTEM, contact, Person, name="Ann Öther")
        add_detail(session, SYSTEM, contact, Channel, kind="phone", value=SECOND, person_id=person.id)
        add_detail(session, SYSTEM, contact, Channel, kind="messenger", value="@acme_sales")
        add_detail(
            session, SYSTEM, contact, Address, street="7 Low Rd", city="Łódź", postal_code="90-001", country="PL"
        )
        add_detail(session, SYSTEM, contact, BankAccount, number="40702810900000005555", bic="044525225")

    texts = ("ann other", "020 7946 0002", "acme_sales", "lodz", "90001", "4070281090000000")
    assert [found(text) for text in texts] == [[]] * len(texts)
    do(add)
    assert [found(text) for text in texts] == [["Acme Ltd"]] * len(texts)
    assert do(lambda session, _contact: list(verify(session))) == []

    def remove(session: Any, contact: Contact) -> None:
        for sort in SORTS.values():
            for detail in details_of(session, sort.model, contact.id):
                if not detail.is_main:
                    remove_detail(session, SYSTEM, contact, detail)

    do(remove)
    assert found("ann other") == found("020 7946 0002") == found("lodz") == []
    assert do(lambda session, _contact: list(verify(session))) == []
