"""An accountant's day and a salesperson's morning by keyboard alone, from the home page on, counted in keys.

A text counts each of its letters. The bounds are what the days took when they were written; whoever makes one longer says why.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.contacts.queries import open_items_of
from tests.browser.keyboard import Keyboard

pytestmark = pytest.mark.browser


def statement_of_the_bank(number: str, amount: Decimal) -> str:
    """MT940: a customer pays a document in full, and the bank takes a fee."""
    day = f"{date.today():%y%m%d}"
    fields = (
        ":20:DAY",
        ":25:GB33BUKB20201555555555",
        ":28C:1/1",
        f":60F:C{day}GBP0,00",
        f":61:{day}C{amount:.2f}NTRFNONREF//A1",
        f":86:{number} with thanks",
        f":61:{day}D2.50NCHGNONREF//A2",
        ":86:Account fee",
        f":62F:C{day}GBP{amount - Decimal('2.5'):.2f}",
    )
    return "\r\n".join((*(f.replace(".", ",") if f.startswith((":61", ":62")) else f for f in fields), "-", ""))


def open_of_fenland(session: Any) -> Any:
    fenland = session.scalars(select(Contact.id).where(Contact.name == "Fenland Boatyard Ltd")).one()
    return open_items_of(session, fenland, "GBP", sign=1)


def test_an_accountants_day(open_page: Any, server: Any, tmp_path: Path) -> None:
    """Bank file → allocation → statement → act → ageing → letters."""
    jobs, run = server.app.extensions["kontor.jobs"], server.app.company.database.run
    *older, paid = run(open_of_fenland, actor=SYSTEM, write=False)
    assert older, "what the bank's line names isn't what would be paid anyway"
    file = tmp_path / "day.sta"
    file.write_text(statement_of_the_bank(paid.number, paid.open))
    page = open_page("anna")
    page.goto("/")
    me = Keyboard(page)

    me.go("bank statements", "Bank statements", "h1:text-is('Import')")
    me.until("#files:focus")
    page.set_input_files("#files:focus", file)  # what Space opens there is the system's own
    me.keys += 1
    for then in ("button:has-text('Import the rows')", "a[data-hotkey]:has-text('Bank statements')"):
        with page.expect_navigation():
            me.press("Control+Enter")
        jobs.run_waiting()
        me.until(then)
    me.press("Control+Enter")
    me.until("h1:text-is('Bank statements')")
    me.did("bank file")

    me.press("Alt+ArrowDown", "Enter")
    me.until("a:has-text('Confirm lines (2)')")
    me.press("Control+Enter")
    me.until(f"p:has-text('{paid.number} with thanks')")
    me.press("Enter")  # what is proposed: the document that the customer names
    me.until("p:has-text('Account fee')")
    expect(page.locator("#contact_id-text")).to_be_focused()
    me.press("Tab")
    me.type("bank")
    me.press("Control+Enter")
    me.until("text=Every line of this statement is confirmed.")
    me.did("allocation")

    me.go("fenland", "Fenland", "h1:has-text('Fenland Boatyard Ltd')")
    me.go("statement", "Statement", "input[name=since]")
    expect(page.locator("main tbody tr").last).to_contain_text(f"{paid.open:.2f}")
    me.did("statement")

    me.go("act", "Reconciliation act", "h1:text-is('Reconciliation act')")
    me.go("send", "Send by e-mail", "#body:focus")
    me.did("act and its letter")

    me.go("ageing", "Ageing of debts", "h1:text-is('Ageing of debts')")
    me.press("Alt+ArrowDown", "Enter")
    me.until("h1:text-is('What was open')")
    me.did("ageing")

    me.go("reminders", "Payment reminders", "h1:text-is('Payment reminders')")
    me.press("Insert")
    me.until("h1:text-is('Remind of what is overdue')")
    me.press("Control+Enter")
    me.until("text=reminders are made")
    me.did("letters of reminder")

    assert run(open_of_fenland, actor=SYSTEM, write=False) == older, "it is paid, and nothing else"
    assert me.counts == {
        "bank file": 22,
        "allocation": 10,
        "statement": 22,
        "act and its letter": 13,
        "ageing": 11,
        "letters of reminder": 14,
    }


def test_a_salespersons_morning(open_page: Any, server: Any) -> None:
    """A task is put down and done, a call noted, a customer who is new made within a sale, and the sale posted."""
    page = open_page("sofia")
    page.goto("/")
    me = Keyboard(page)

    me.press("n")
    me.until("#title:focus")
    me.type("Spokes")
    me.press("Control+Enter")
    me.until("[data-task-open]:focus")
    me.press("d")
    page.wait_for_url("**done=1*")
    expect(page.locator("#my-day [data-task]")).to_have_count(0)
    me.did("task")

    me.go("c-1003", "Clockwork Cycles", "h1:has-text('Clockwork Cycles')")
    me.go("timeline", "Timeline", "#text:focus")
    me.type("40 spokes")
    me.press("Control+Enter")
    me.until("main li:has-text('40 spokes')")
    me.did("note on the call")

    me.go("home", "Home", "h1:has-text('Hello, Sofia')")
    me.press("Insert")
    me.until("#contact_id-text:focus")
    me.type("Roadside")
    me.press("ArrowDown")
    me.until(".offers .creation")
    me.press("ArrowDown", "Enter")
    me.until("dialog[open] [name=name]:focus")
    me.press("Enter")
    expect(page.locator('input[name="contact_id"]')).not_to_have_value("")
    me.did("customer in the sale")

    me.press("Insert")
    me.until('[data-column="item"]:focus')
    me.type("FA-0108", pause=60)
    me.until(".offers li")
    me.press("Enter")
    me.until('[data-column="quantity"]:focus')
    me.type("3")
    me.press("Control+Enter")
    me.until(".state-posted")
    me.did("sale")
    assert "Roadside" in page.inner_text("main")
    assert me.counts == {"task": 9, "note on the call": 30, "customer in the sale": 20, "sale": 11}
