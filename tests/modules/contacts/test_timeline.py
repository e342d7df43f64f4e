"""The timeline of a contact: whole, in order, page by page, and to each only as far as they may see."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import g
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.security import SYSTEM
from app.web.kit.history import PAGE, timeline_of
from modules.contacts.letters.models import Letter
from modules.contacts.models import Contact, LegalEntity
from modules.contacts.operations import create_contact
from modules.contacts.work.activities import log_activity
from modules.contacts.work.models import Activity
from modules.contacts.work.tasks import create_task, finish_task
from tests.statements import counted

NOON = datetime(2026, 3, 4, 12)


@pytest.fixture
def acme(company: Any) -> int:
    """A contact with notes and calls, five of each moment, and a task that is done."""

    def work(session: Any) -> int:
        company.refresh(session)
        contact = create_contact(session, SYSTEM, kind="legal_entity", name="Acme")
        for i in range(PAGE):
            for kind in ("note", "call"):
                said = {"direction": "in"} if kind == "call" else {}
                moment = NOON + timedelta(days=i // 5)
                log_activity(session, SYSTEM, contact, kind, text=f"{kind} {i}", moment=moment, **said)
        task = create_task(session, SYSTEM, title="Ring", day=NOON.date(), contact_id=contact.id, responsible_id=1)
        finish_task(session, SYSTEM, task, "rang")
        return contact.id

    return int(company.database.run(work, actor=SYSTEM))


def pages(app: Any, contact: int, actor: Any = SYSTEM, **asked: str) -> list[list[tuple[str, int]]]:
    """All pages, one after the other, as their links lead on: the source and number of each entry."""

    def work(session: Any) -> list[list[tuple[str, int]]]:
        found, after = [], ""
        record = session.get(Contact, contact)
        while True:
            page = timeline_of(session, actor, "contacts.contact", record, MultiDict({**asked, "after": after}))
            moments = [entry.moment for _, entry in page.entries]
            assert moments == sorted(moments, reverse=True)
            found.append([(source, entry.id) for source, entry in page.entries])
            if not (after := page.following):
                return found

    app.company.database.run(app.company.refresh, actor=SYSTEM)
    with app.test_request_context(), app.company.database.session(actor) as session:
        g.actor, g.session = actor, session
        return work(session)


def statements_of(app: Any, contact: int) -> int:
    """How many statements the first page takes."""
    app.company.database.run(app.company.refresh, actor=SYSTEM)
    with app.test_request_context(), app.company.database.session(SYSTEM) as session:
        g.actor, g.session = SYSTEM, session
        record = session.get(Contact, contact)
        with counted(session) as sent:
            timeline_of(session, SYSTEM, "contacts.contact", record, MultiDict())
    return len(sent)


def test_every_entry_stands_on_one_page_and_on_no_other(app: Any, acme: int) -> None:
    found = pages(app, acme)
    every = [each for page in found for each in page]
    assert [len(page) for page in found] == [PAGE, PAGE, 2]  # with the task, and the line of who added the contact
    assert len(set(every)) == len(every) == 2 * PAGE + 2
    calls = [each for page in pages(app, acme, what="contacts.call") for each in page]
    assert {source for source, _ in calls} == {"contacts.call"}
    assert len(calls) == PAGE
    assert sum(map(len, pages(app, acme, what="no.such"))) == len(every)
    assert pages(app, acme, after="nonsense") == found


def test_a_page_costs_the_same_however_long_the_history_is(company: Any, app: Any, acme: int) -> None:
    few = statements_of(app, acme)

    def more(session: Any) -> None:
        contact = session.get(Contact, acme)
        session.add_all(Activity(contact_id=contact.id, kind="note", text="x", moment=NOON) for _ in range(PAGE))

    company.database.run(more, actor=SYSTEM)
    assert statements_of(app, acme) == few


def contact_of(ask: Any, code: str = "C-1001") -> int:
    return int(ask(None, lambda s: s.scalars(select(LegalEntity.id).where(LegalEntity.code == code)).one()))


def test_each_role_sees_its_part(sign_in: Any, ask: Any) -> None:
    number = contact_of(ask)
    page = f"/contacts/{number}/timeline"
    sent = {"kind": "call", "text": "They like Zebrawood", "direction": "in", "next_title": "Send a sample"}
    answer = sign_in("sam").post(f"/contacts/{number}/activities/new", data=sent, follow_redirects=True)
    assert "They like Zebrawood" in answer.text
    assert "Send a sample" in answer.text
    assert "/contacts/payments/" in answer.text
    steve = sign_in("steve").get(page).text  # sees contacts; neither what is written nor payments nor others' tasks
    for hidden in ("Zebrawood", "Send a sample", "/contacts/payments/", "What happened?", "Changes of the details"):
        assert hidden not in steve, hidden
    assert "Changes of the details" in sign_in("maria").get(page).text
    assert sign_in("sofia").get(page).status_code == 404  # another's contact
    assert sign_in("sofia").post(f"/contacts/{number}/activities/new", data=sent).status_code == 404
    assert sign_in("steve").post(f"/contacts/{number}/activities/new", data=sent).status_code == 403


def test_my_day_is_done_put_off_and_opened_again(sign_in: Any) -> None:
    steve = sign_in("steve")
    tasks = {"title": "Sweep <b>", "day": "2026-01-01"}
    steve.post("/tasks/new?from=home", data={**tasks, "responsible_id": ""})
    assert "Sweep" not in steve.get("/").text  # nobody does it
    me = re.search(r'<option selected value="(\d+)"', steve.get("/tasks/new").text)
    assert me is not None
    steve.post("/tasks/new?from=home", data={**tasks, "responsible_id": me[1]})
    home = steve.get("/").text
    assert "Overdue" in home
    assert "Sweep &lt;b&gt;" in home
    (address,) = set(re.findall(r'action="(/tasks/\d+)/finish\?from=home"', home))
    assert sign_in("sam").get(address).status_code == 404
    assert sign_in("sam").post(f"{address}/finish").status_code == 404
    assert steve.post(f"{address}/postpone?from=home", data={"to": "someday"}).status_code == 422
    steve.post(f"{address}/postpone?from=home", data={"to": "tomorrow"})
    assert "Next days" in steve.get("/").text
    done = steve.post(f"{address}/finish?from=home", follow_redirects=True).text
    assert f"{address}/reopen" in done
    assert "Next days" not in done
    steve.post(f"{address}/reopen?from=home")
    assert "Next days" in steve.get("/").text


def test_letters_and_files_stand_on_it_too(sign_in: Any, ask: Any, house: Any) -> None:
    number = contact_of(ask)
    said = {"enclosure": "x", "title": "Offer 7", "language": "en", "recipients": "a@b.example", "subject": "Hello"}

    def write(session: Any) -> None:
        session.add(Letter(contact_id=number, body="…", state="sent", **said))

    house.company.database.run(write, actor=SYSTEM)
    sent = {"file": [(io.BytesIO(b"%PDF-1"), "offer.pdf")]}
    address = f"/files/contacts.contact/{number}/upload"
    sign_in("sam").post(address, data=sent, content_type="multipart/form-data")
    page = f"/contacts/{number}/timeline"
    shown = sign_in("sam").get(page).text
    for text in ("Offer 7", "Hello", "offer.pdf"):
        assert text in shown, text
    assert "Offer 7" not in sign_in("sam").get(f"{page}?what=core.file").text
    steve = sign_in("steve").get(page).text
    assert not [text for text in ("Offer 7", "offer.pdf") if text in steve]
