"""The books in an accountant's words: with currency, leading to documents, and nothing that is closed."""

import re
from typing import Any

import pytest

from app import ledger
from app.ledger import Register
from app.security import SYSTEM
from tests.statements import counted

pytestmark = pytest.mark.one_engine  # pages and their words: no engine decides


def figures_of(page: str) -> dict[str, tuple[str, str]]:
    card = r'<a class="card figure" href="([^"]*)"><span class="figure-title">(.*?)</span><span class="figure-value">(.*?)</'
    return {title: (value, address.replace("&amp;", "&")) for address, title, value in re.findall(card, page)}


def test_the_books_are_said_as_an_accountant_says_them(sign_in: Any, house: Any) -> None:
    client = sign_in("anna")
    figures = figures_of(client.get("/admin/books").text)
    assert list(figures) == [
        "Receivables: contacts owe us",
        "Payables: we owe contacts",
        "Goods in stock",
        "Revenue",
        "Cost of what was sold",
        "Gross profit",
    ]
    for value, address in figures.values():
        assert re.fullmatch(r"-?[\d,]+\.\d\d GBP", value)
        assert client.get(address).status_code == 200
    sums = house.company.database.run(ledger.totals_of, actor=SYSTEM, write=False)
    assert figures["Goods in stock"][0] == f"{sums['warehouse.stock']['value']:,.2f} GBP"


def test_receivables_and_payables_differ_by_what_settlements_come_to(sign_in: Any, house: Any) -> None:
    figures = figures_of(sign_in("anna").get("/admin/books").text)
    amounts = [float(v.split()[0].replace(",", "")) for v, _ in list(figures.values())[:2]]
    sums = house.company.database.run(ledger.totals_of, actor=SYSTEM, write=False)
    assert round(amounts[0] - amounts[1], 2) == round(float(sums["contacts.settlements"]["base"]), 2)


def test_no_sum_of_different_units_or_currencies_is_shown(sign_in: Any) -> None:
    main = sign_in("anna").get("/admin/books").text.partition("<main")[2]
    assert "quantity" not in main
    assert "in the base currency" not in main
    assert "Stock" in main.partition("Entries in the books")[2]


def test_costs_are_left_out_for_whoever_may_not_see_them(house: Any, actor: Any) -> None:
    from dataclasses import replace

    from app.hooks import book_figures

    anna = actor("anna")
    blind = replace(anna, groups=anna.groups - {"warehouse.cost"})
    with house.test_request_context("/"), house.company.database.session(blind) as session:
        titles = [figure.title for figure in book_figures(session, blind)]
    assert "Revenue" in titles
    assert not {"Goods in stock", "Cost of what was sold", "Gross profit"} & set(titles)


def test_the_page_asks_as_often_whatever_is_in_the_books(sign_in: Any, house: Any) -> None:
    client = sign_in("anna")
    client.get("/admin/books")
    with house.company.database.session(SYSTEM) as session, counted(session) as statements:
        client.get("/admin/books")
    assert len(statements) <= 6 + 2 * len(Register.declared)  # each is looked for, and counted


def test_closing_says_the_day_as_the_page_does(sign_in: Any) -> None:
    admin = sign_in("admin")
    answer = admin.post("/admin/books/period", data={"until": "2025-03-31"}, follow_redirects=True).text
    assert "The books are closed up to 31 Mar 2025." in answer
    assert "2025-03-31." not in answer
