"""Whoever may not see costs keeps the books as well as anybody: what is closed stays as it is stored, and counts as it is."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.custom.operations import save_custom_field
from app.documents import DocumentVersion, correct, kind_of, post, save
from app.errors import Forbidden
from app.registry.state import bump_generation
from app.security import MASKED, SYSTEM, Actor, Grant, Role
from modules.contacts.models import Contact, LegalEntity
from modules.contacts.operations import change_contact, create_contact
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import FIRST_WAREHOUSE, Receipt
from modules.warehouse.operations import create_item
from modules.warehouse.registers import Stock
from tests.modules.web.browser_forms import fields_of

pytestmark = pytest.mark.one_engine  # who may what: no engine decides

AT = datetime(2026, 3, 1, 12)
#: item, quantity, price: as the manager wrote them
PRICED = [(1, D(10), D("2.5")), (2, D(4), D("7.25")), (1, D(6), D("3.1"))]


@pytest.fixture
def steve(company: Any, employ: Callable[..., Any]) -> Actor:
    """A storekeeper from whose role the right to costs was taken; a draft of a receipt with prices; a contact with secrets."""

    def work(session: Any) -> None:
        role = select(Role.id).where(Role.name == "storekeeper").scalar_subquery()
        session.execute(delete(Grant).where(Grant.role_id == role, Grant.name == "warehouse.cost"))
        bump_generation(session)
        for code in ("A", "B"):
            create_item(session, SYSTEM, code=code, name=code)
        secrets = {"phone": "+47 22 86 44 00", "bank_account": "NO93 8601 1117 947", "credit_limit": D(500)}
        create_contact(session, SYSTEM, kind="legal_entity", name="Bergen AS", **secrets)
        lines = [MovementLineDraft(*line) for line in PRICED]
        save(session, SYSTEM, Receipt, MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=AT))

    company.database.run(work, actor=SYSTEM)
    actor: Actor = employ("steve", "storekeeper")
    assert not actor.sees("warehouse.cost")
    return actor


@pytest.fixture
def browser(app: Any, steve: Actor) -> Any:
    """Steve's."""
    client = app.test_client()
    assert client.post("/login", data={"login": "steve", "password": "steve-sample"}).status_code == 302
    return client


def form_of(browser: Any, address: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The fields of a page's form, and its lines."""
    fields = fields_of(browser.get(address).text)
    return fields, json.loads(fields["lines"][0])


def send(browser: Any, address: str, fields: dict[str, Any], rows: Any, **more: Any) -> Any:
    return browser.post(address, data={**fields, "lines": json.dumps(rows), **more})


def stored(company: Any, document: int = 1) -> tuple[str, list[tuple[Any, ...]], Any]:
    def work(session: Any) -> Any:
        found = session.get(Receipt, document)
        return found.state, [(x.item_id, x.quantity, x.price, x.amount) for x in found.lines], found.value

    return company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def booked(company: Any) -> list[tuple[Any, ...]]:
    e = Stock.entries.c
    query = select(e.line, e.item_id, e.quantity, e.value).order_by(e.line)
    return company.database.run(lambda s: [tuple(r) for r in s.execute(query)], actor=SYSTEM, write=False)  # type: ignore[no-any-return]


def worth(*lines: tuple[int, D, D | None]) -> list[tuple[Any, ...]]:
    return [(item, quantity, price, None if price is None else quantity * price) for item, quantity, price in lines]


def test_a_draft_keeps_its_prices_when_its_quantities_change(company: Any, browser: Any) -> None:
    fields, rows = form_of(browser, "/warehouse/receipts/1/edit")
    assert all("price" not in row for row in rows)
    rows[0]["quantity"] = "12"
    assert send(browser, "/warehouse/receipts/1/edit", fields, rows).status_code == 302
    kept = worth((1, D(12), D("2.5")), *PRICED[1:])
    assert stored(company) == ("draft", kept, sum(line[3] for line in kept))


@pytest.mark.parametrize(
    ("order", "left"),
    [((2, 1, 0), (2, 1, 0)), ((1, 2), (1, 2)), ((2,), (2,)), ((0, 2), (0, 2))],
)
def test_prices_go_with_their_lines(company: Any, browser: Any, order: Any, left: Any) -> None:
    fields, rows = form_of(browser, "/warehouse/receipts/1/edit")
    sent = [rows[i] for i in order]
    assert send(browser, "/warehouse/receipts/1/edit", fields, sent).status_code == 302
    assert stored(company)[1] == worth(*(PRICED[i] for i in left))


def test_a_line_that_is_new_or_of_other_goods_takes_nobodys_price(company: Any, browser: Any) -> None:
    fields, rows = form_of(browser, "/warehouse/receipts/1/edit")
    rows[0] |= {"item_id": 2, "item": "B B"}
    rows.insert(1, {"item_id": 1, "item": "A A", "quantity": "1"})
    assert send(browser, "/warehouse/receipts/1/edit", fields, rows).status_code == 302
    assert stored(company)[1] == worth((2, D(10), None), (1, D(1), None), *PRICED[1:])


def test_posting_books_the_true_prices(company: Any, browser: Any) -> None:
    assert browser.post("/warehouse/receipts/1/post").status_code == 302
    assert stored(company) == ("posted", worth(*PRICED), D("72.6"))
    assert booked(company) == [(1, 1, D(10), D(25)), (2, 2, D(4), D(29)), (3, 1, D(6), D("18.6"))]


def test_saved_and_posted_at_once_the_books_have_the_true_prices(company: Any, browser: Any) -> None:
    fields, rows = form_of(browser, "/warehouse/receipts/1/edit")
    rows[1]["quantity"] = "8"
    answer = send(browser, "/warehouse/receipts/1/edit", fields, rows[1:], then="post")
    assert answer.status_code == 302
    assert booked(company) == [(1, 2, D(8), D(58)), (2, 1, D(6), D("18.6"))]
    page = browser.get("/warehouse/receipts/1").text + browser.get("/warehouse/receipts/1?as=json").text
    assert "76.6" not in page
    assert "7.25" not in page


def test_a_correction_keeps_the_prices_and_what_it_said_before(company: Any, browser: Any) -> None:
    assert browser.post("/warehouse/receipts/1/post").status_code == 302
    fields, rows = form_of(browser, "/warehouse/receipts/1/edit")
    rows[2]["quantity"] = "7"
    answer = send(browser, "/warehouse/receipts/1/edit", fields, [rows[2], rows[0]], then="correct")
    assert answer.status_code == 302
    assert stored(company) == ("posted", worth((1, D(7), D("3.1")), PRICED[0]), D("46.7"))
    before = company.database.run(lambda s: s.scalars(select(DocumentVersion.content)).one(), actor=SYSTEM)
    assert [D(line["price"]) for line in json.loads(before)["lines"]] == [D("2.5"), D("7.25"), D("3.1")]
    page = browser.get("/warehouse/receipts/1").text
    assert "7.25" not in page


def test_reversing_leaves_nothing_of_what_was_booked(company: Any, browser: Any) -> None:
    browser.post("/warehouse/receipts/1/post")
    assert browser.post("/warehouse/receipts/1/reverse").status_code == 302
    assert stored(company)[0] == "reversed"
    assert sum(value for *_, value in booked(company)) == 0


def test_a_price_that_is_typed_is_refused_at_its_line(company: Any, browser: Any) -> None:
    before = stored(company)
    fields, rows = form_of(browser, "/warehouse/receipts/1/edit")
    rows[1]["price"] = "1"
    answer = send(browser, "/warehouse/receipts/1/edit", fields, rows)
    assert answer.status_code == 200
    assert "“Cost of one” isn" in answer.text
    assert stored(company) == before
    new = send(browser, "/warehouse/receipts/new", fields, [{"item_id": 1, "item": "A", "quantity": "1", "price": "2"}])
    assert new.status_code == 200


def test_an_operation_refuses_a_price_from_whoever_may_not_see_it(company: Any, steve: Actor) -> None:
    before = stored(company)
    draft = MovementDraft([MovementLineDraft(1, D(1), D("2.5"))], target_id=FIRST_WAREHOUSE, moment=AT)

    def change(session: Any) -> None:
        save(session, steve, Receipt, draft, document=session.get(Receipt, 1))

    def create(session: Any) -> None:
        save(session, steve, Receipt, draft)

    for work in (change, create):
        with pytest.raises(Forbidden, match=r"warehouse\.cost"):
            company.database.run(work, actor=steve)
    assert stored(company) == before


def test_lines_without_numbers_keep_the_prices_of_their_items_in_order(company: Any, steve: Actor) -> None:
    lines = [
        MovementLineDraft(1, D(1)),
        MovementLineDraft(1, D(2)),
        MovementLineDraft(1, D(3)),
        MovementLineDraft(2, D(4)),
    ]
    draft = MovementDraft(lines, target_id=FIRST_WAREHOUSE, moment=AT)
    company.database.run(lambda s: save(s, steve, Receipt, draft, document=s.get(Receipt, 1)) and None, actor=steve)
    kept = ((1, D(1), D("2.5")), (1, D(2), D("3.1")), (1, D(3), None), (2, D(4), D("7.25")))
    assert stored(company)[1] == worth(*kept)


def test_nothing_true_is_left_in_the_session_that_has_saved_or_posted(company: Any, steve: Actor) -> None:
    def seen(session: Any) -> list[Any]:
        document = session.get(Receipt, 1)
        said = [document.value, *(line.price for line in document.lines)]
        draft = kind_of(document).draft_of(document)
        save(session, steve, Receipt, draft, document=document)
        said += [document.value, *(line.price for line in document.lines)]
        post(session, steve, [document])
        said += [document.value, *(line.amount for line in document.lines)]
        correct(session, steve, document, kind_of(document).draft_of(document))
        return [*said, document.value, *(line.price for line in document.lines)]

    assert set(company.database.run(seen, actor=steve)) == {MASKED}
    assert stored(company) == ("posted", worth(*PRICED), D("72.6"))


def test_who_saves_second_keeps_the_prices_as_the_first_has_left_them(company: Any, app: Any, browser: Any) -> None:
    admin = app.test_client()
    admin.post("/login", data={"login": "admin", "password": "correct horse"})
    fields, rows = form_of(browser, "/warehouse/receipts/1/edit")
    others, theirs = form_of(admin, "/warehouse/receipts/1/edit")
    theirs[0]["price"], theirs[1]["price"] = "20", "70"
    theirs = [theirs[1], theirs[0] | {"quantity": "11"}, theirs[2]]  # the lines change places, too
    assert send(admin, "/warehouse/receipts/1/edit", others, theirs).status_code == 302
    rows[0]["quantity"] = "12"
    answer = send(browser, "/warehouse/receipts/1/edit", fields, rows)
    assert answer.status_code == 200
    fields = fields_of(answer.text)
    assert send(browser, "/warehouse/receipts/1/edit", fields, json.loads(fields["lines"][0])).status_code == 302
    assert {(item, price) for item, _, price, _ in stored(company)[1]} == {(1, D(20)), (2, D(70)), (1, D("3.1"))}
    assert stored(company)[1][1] == (2, D(4), D(70), D(280))


@pytest.fixture
def of_contacts(company: Any, steve: Actor) -> None:
    """Steve may change contacts, without seeing what of them is private or financial; so is a custom field of theirs."""

    def work(session: Any) -> None:
        role = session.scalars(select(Role.id).where(Role.name == "storekeeper")).one()
        session.add(Grant(role_id=role, kind="permission", name="contacts.contact.edit"))
        subject = LegalEntity.custom_subject()
        save_custom_field(session, SYSTEM, title="Rating", subject=subject, type="text", group="contacts.financial")
        change_contact(session, SYSTEM, session.get(Contact, 1), custom={"rating": "AAA"})
        bump_generation(session)

    del steve
    company.database.run(work, actor=SYSTEM)


def secrets_of(company: Any) -> Any:
    def work(session: Any) -> Any:
        company.refresh(session)
        c = session.get(Contact, 1)
        return c.name, c.phone, c.bank_account, c.credit_limit, dict(c.custom)

    return company.database.run(work, actor=SYSTEM, write=False)


@pytest.mark.usefixtures("of_contacts")
def test_closed_fields_of_a_contact_stay_as_they_are(company: Any, browser: Any) -> None:
    before = secrets_of(company)
    assert all(before)
    fields = fields_of(browser.get("/contacts/1/edit").text)
    assert not {"phone", "bank_account", "credit_limit", "custom_rating"} & fields.keys()
    assert browser.post("/contacts/1/edit", data={**fields, "name": "Bergen Joinery AS"}).status_code == 302
    assert secrets_of(company) == ("Bergen Joinery AS", *before[1:])


@pytest.mark.usefixtures("of_contacts")
@pytest.mark.parametrize("field", ["phone", "bank_account", "credit_limit", "custom_rating"])
def test_what_is_sent_in_a_closed_field_is_refused(company: Any, browser: Any, field: str) -> None:
    before = secrets_of(company)
    fields = fields_of(browser.get("/contacts/1/edit").text)
    answer = browser.post("/contacts/1/edit", data={**fields, "name": "Other", field: "1"})
    assert answer.status_code == 200
    assert "open to you" in answer.text
    assert secrets_of(company) == before
