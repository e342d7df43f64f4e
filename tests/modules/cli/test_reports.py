"""What commands report: every key and value of their JSON, their exit codes, and refusals in one line on stderr."""

from typing import Any

import pytest
from sqlalchemy import text

from app.security import SYSTEM


@pytest.mark.usefixtures("traded")
def test_a_statement_gives_each_currencys_opening_lines_and_closing(tell: Any) -> None:
    assert tell("statement", "B-1", "--from", "2026-02-01", "--to", "2026-03-31", "--json").json == {
        "contact": "B-1",
        "name": "Bergen Joinery AS",
        "currencies": {
            "GBP": {
                "opening": "0.00",
                "lines": [
                    {
                        "moment": "2026-02-10 12:30:00",
                        "document": "trade.sale",
                        "number": "S-000001",
                        "debit": "12.00",
                        "credit": "0.00",
                        "balance": "12.00",
                    },
                    {
                        "moment": "2026-03-01 09:00:00",
                        "document": "contacts.payment",
                        "number": "P-000001",
                        "debit": "0.00",
                        "credit": "5.25",
                        "balance": "6.75",
                    },
                ],
                "closing": "6.75",
            }
        },
    }
    march = tell("statement", "B-1", "--from", "2026-03-01", "--json").json["currencies"]["GBP"]
    assert [march["opening"], *(line["balance"] for line in march["lines"]), march["closing"]] == [
        "12.00",
        "6.75",
        "6.75",
    ]
    assert tell("statement", "B-1").out.splitlines() == [
        "B-1 Bergen Joinery AS",
        "GBP: opening 0.00",
        "  2026-02-10 12:30:00  trade.sale          S-000001             12.00          0.00         12.00",
        "  2026-03-01 09:00:00  contacts.payment    P-000001              0.00          5.25          6.75",
        "GBP: closing 6.75",
    ]


def test_a_statement_of_nobody_or_of_a_day_there_is_not_is_refused(tell: Any) -> None:
    assert tell("statement", "B-2", "--json").refusal == "There is no contact with the code 'B-2'."
    wrong = tell("statement", "B-1", "--from", "31.01.2026")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.endswith("'31.01.2026' isn't a date; write it as 2026-01-31.\n")


@pytest.mark.usefixtures("traded")
def test_totals_are_the_sums_of_every_register(tell: Any) -> None:
    assert tell("ledger", "totals", "--json").json == {
        "contacts.account_results": {"entries": 0, "base": "0.00"},
        "contacts.cash": {"entries": 0, "amount": "0.00", "base": "0.00"},
        "contacts.exchange_results": {"entries": 0, "base": "0.00"},
        "contacts.penalty_income": {"entries": 0, "amount": "0.00", "base": "0.00"},
        "contacts.settlements": {"entries": 2, "amount": "6.75", "base": "6.75"},
        "trade.commission": {
            "entries": 0,
            **dict.fromkeys(("quantity", "sold", "returned"), "0"),
            **dict.fromkeys(("amount", "commission"), "0.00"),
        },
        "trade.orders": {"entries": 0},
        "trade.consigned": {"entries": 0, "quantity": "0"},
        "trade.points": {"entries": 0, **dict.fromkeys(("points", "earned", "spent", "expired", "corrected"), "0")},
        "trade.sales": {"entries": 1, "quantity": "4", "revenue": "10.00", "cost": "6.00"},
        "trade.taxes": {"entries": 1, "base": "10.00", "tax": "2.00"},
        # What is inside the company: ten came in, four went out, each in one entry.
        **{f"warehouse.{name}": {"entries": 0} for name in ("bins", "logistic_units", "requests", "second")},
        "warehouse.stock": {"entries": 2, "quantity": "6", "value": "9.00"},
    }


@pytest.mark.usefixtures("traded")
def test_books_are_proven_until_a_total_is_changed_and_rebuilding_mends_it(tell: Any, company: Any) -> None:
    assert tell("ledger", "verify", "--json").json == {"proven": True, "faults": []}
    assert tell("ledger", "verify").out == "The books are proven: every total is what its entries sum to.\n"
    company.database.run(
        lambda s: s.execute(text("UPDATE contacts_settlements_balance_total SET amount = amount + 100")), actor=SYSTEM
    )
    found = tell("ledger", "verify", "--json")
    assert (found.code, found.err) == (1, "")
    assert '"proven": false' in found.out
    assert "contacts.settlements" in found.out
    assert tell("ledger", "rebuild").out == "Totals and turnovers are rebuilt, and what records are found by.\n"
    assert tell("ledger", "verify", "--json").json == {"proven": True, "faults": []}


def test_every_route_says_what_it_needs_and_few_are_public(tell: Any) -> None:
    routes = tell("routes", "--json").json
    assert {tuple(route) for route in routes} == {("endpoint", "rule", "methods", "permission", "module")}
    public = {r["endpoint"] for r in routes if r["permission"] == "public"}
    helping = {"core.help_list", "core.help_view", "core.help_search"}
    assert public == {"static", "core.health", "core.login", "core.login_code", "core.first_restore", *helping}
    assert all(route["permission"] and route["methods"] for route in routes)
    by_endpoint = {route["endpoint"]: route for route in routes}
    assert by_endpoint["core.login"] == {
        "endpoint": "core.login",
        "rule": "/login",
        "methods": ["GET", "POST"],
        "permission": "public",
        "module": "core",
    }
    assert by_endpoint["trade.sales_return_view"] == {
        "endpoint": "trade.sales_return_view",
        "rule": "/trade/sales-returns/<int:document_id>",
        "methods": ["GET"],
        "permission": "trade.sales_return.view",
        "module": "trade",
    }
    assert by_endpoint["static"]["module"] == "core"
    assert {route["module"] for route in routes} == {"core", "contacts", "warehouse", "trade", "production"}
