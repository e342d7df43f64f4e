"""Nonsense on every route: each answer is a page or a refusal in words, never an error, and nothing is half done."""

import io
import random
from collections.abc import Iterator
from typing import Any

import pytest

from app import ledger
from app.audit import verify as verify_audit
from app.security import SYSTEM
from app.setup import set_edition

SCRIPT = "<script>alert(1)</script>"
#: What no form and no list expects, as text.
JUNK = (
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "NaN",
    "-Infinity",
    "9" * 30,
    "99999999999999.999999",
    "0.0000000001",
    "٣٤",
    "1\x002",
    "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    "0000-00-00",
    "9999-12-31",
    "9999-12-31T23:59",
    "2026-02-30",
    "' OR 1=1 --",
    "%s%(x)s{0}{{7*7}}",
    SCRIPT,
    "🧨" * 50,
    "x" * 5000,
    "../../etc/passwd",
    "[]",
    '{"a": 1}',
    '[{"item_id": "1", "quantity": "1e999", "price": "-5"}]',
    '[{"item_id": 99999999999999999999, "quantity": "1", "price": "1"}]',
    '[{"item_id": "1", "quantity": "NaN", "price": "Infinity", "discount": "101", "tax_rate": "-1"}]',
    '[{"item_id": {"a": []}, "quantity": [], "price": null}]',
    '[{"item_id": "1", "quantity": "999999999", "price": "999999999"}]',
    "[" * 2000,
)
#: Of these, what may get past a form or a list and be more than a database can take, or other than it expects.
ODD = (
    "",
    "-1",
    "9" * 30,
    "99999999999999.999999",
    "1\x002",
    "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    "9999-12-31",
    "9999-12-31T23:59",
    "' OR 1=1 --",
    "%s%(x)s{0}{{7*7}}",
    "x" * 5000,
    '[{"item_id": 99999999999999999999, "quantity": "1", "price": "1"}]',
    '[{"item_id": "1", "quantity": "999999999", "price": "999999999"}]',
)
assert set(ODD) < set(JUNK)
NUMBERS = ("0", "1", "3", "4711", str(2**31), str(2**63 - 1), str(2**63))
#: They end the session that the test works in.
#: pages that sign out whoever asks for them, which a login's number found by chance does too
ENDING = {"core.logout", "core.login", "core.login_revoke", "static"}
#: Methods by which a route shows or does something; of the others one request for each route shows all.
ACTING = {"GET", "POST"}
HEADERS = (
    {},
    {"HX-Request": "true", "HX-Target": "list"},
    {"Accept-Language": "x-" + "9" * 300},
    {"Accept-Language": "ru;q=abc,vi;q=9"},
    {"Authorization": "Bearer \xff"},
    {"Authorization": "Basic Og=="},
    {"X-Forwarded-For": "' , ,", "X-Forwarded-Host": SCRIPT},
    {"Content-Type": "application/json"},
    {"Referer": "javascript:alert(1)"},
)


@pytest.fixture(scope="module")
def enterprise(house: Any) -> Any:
    """The sample company with every module on."""
    company = house.company
    company.database.run(lambda s: set_edition(s, SYSTEM, company, "enterprise"), actor=SYSTEM)
    return house


def addresses(app: Any, chance: random.Random, numbers: int) -> Iterator[tuple[str, set[str]]]:
    """Every route with so many numbers, and words, in its place, and its methods: all of them the first time."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ENDING:
            continue
        for count, number in enumerate(chance.sample(NUMBERS, numbers) if rule.arguments else ("",)):
            values = {
                name: number
                if converter.regex == r"\d+"
                else chance.choice(("sale", "trade.sale", "items", SCRIPT, "-"))
                for name, converter in rule._converters.items()
            }
            address = rule.rule
            for name, value in values.items():
                for written in (f"<int:{name}>", f"<{name}>", f"<path:{name}>"):
                    address = address.replace(written, value)
            yield address, rule.methods & ACTING if count else rule.methods | {"PUT"}


#: What forms and lists ask for by name, anywhere: each route gets some of it.
NAMES = (
    *("q", "order", "after", "before", "limit", "as", "at", "state", "since", "until", "kind", "place", "contact"),
    *("group", "active", "name", "code", "amount", "direction", "moment", "currency", "lines", "then", "operation"),
    *("contact_id", "place_id", "source_id", "target_id", "bom_id", "item_id", "quantity", "output", "due", "number"),
    *("unit_id", "digits", "price", "tax_included", "permission", "scope:trade.sale", "locale", "what", "day"),
)
LINES = '[{"item_id": "1", "quantity": "1", "price": "2.5"}]'
#: Forms that would go through, except for the one field that is spoilt.
WHOLE = {
    "/trade/sales/new": {"contact_id": "1", "place_id": "100", "moment": "2026-03-01T10:00", "lines": LINES},
    "/trade/purchases/new": {"contact_id": "1", "place_id": "100", "currency": "GBP", "due": "", "lines": LINES},
    "/warehouse/receipts/new": {"target_id": "100", "moment": "2026-03-01T10:00", "note": "", "lines": LINES},
    "/warehouse/write-offs/new": {"source_id": "100", "moment": "2026-03-01T10:00", "lines": LINES},
    "/contacts/payments/new": {
        "contact_id": "1",
        "direction": "in",
        "amount": "5",
        "currency": "GBP",
        "method": "bank",
    },
    "/contacts/new/individual": {
        "name": "N",
        "code": "",
        "country": "GB",
        "responsible_id": "1",
        "email": "",
        "note": "",
    },
    "/warehouse/items/new": {"name": "N", "code": "C", "unit_id": "1", "kind": "goods", "price": "1", "barcode": ""},
    "/warehouse/places/new": {"name": "N", "code": "C"},
    "/production/boms/new": {"item_id": "2", "output": "1", "name": "", "lines": LINES},
    "/production/work-orders/new": {"bom_id": "1", "quantity": "1", "place_id": "100", "lines": LINES},
    "/admin/books/period": {"until": "2020-01-01"},
    "/admin/rates/new": {"currency": "USD", "day": "2026-01-01", "number": "1.5"},
    "/account": {"locale": "en", "password": "", "current": ""},
}


#: Engine and login → numbers in a route's place, and requests by each method that acts.
HOW_OFTEN = {
    ("sqlite", "admin"): (4, 2),
    ("sqlite", "sam"): (2, 1),
    ("postgresql", "admin"): (2, 1),
    ("postgresql", "sam"): (1, 1),
}


@pytest.mark.parametrize("login", ["admin", "sam"])
def test_no_nonsense_makes_an_error(enterprise: Any, sign_in: Any, login: str) -> None:
    """Little of it gets as far as a database: PostgreSQL is sent what may, and whoever is refused most asks less often."""
    engine, errors = enterprise.company.database.engine.name, []
    client, chance = sign_in(login), random.Random(f"{login} {engine}")
    junk, (numbers, tries) = (JUNK if engine == "sqlite" else ODD), HOW_OFTEN[engine, login]
    for address, methods in addresses(enterprise, chance, numbers):
        for method in sorted(methods):
            for _ in range(tries if method in ACTING else 1):
                given = {name: chance.choice(junk) for name in chance.sample(NAMES, 14)}
                some: dict[str, Any] = {"headers": chance.choice(HEADERS), "method": method}
                if method == "POST":
                    given["lines"] = chance.choice(junk)
                    given["files"] = (io.BytesIO(b"PK\x03\x04junk"), "a.xlsx")  # type: ignore[assignment]
                    some["data"] = given
                else:
                    some["query_string"] = given
                answer = client.open(address, **some)
                if answer.status_code >= 500:
                    errors.append((answer.status_code, method, address, given, some["headers"]))
                elif answer.mimetype == "text/html" and SCRIPT in answer.text:
                    errors.append(("unescaped", method, address, given, some["headers"]))
    assert not errors, f"{len(errors)}: {errors[:5]}"
    assert client.get("/").status_code == 200, "still signed in"


#: Forms that are another's over again, and take no more than may reach a database.
ALIKE = {"/trade/purchases/new", "/warehouse/write-offs/new"}


def test_one_spoilt_field_is_reported_on_the_form(enterprise: Any, sign_in: Any) -> None:
    """Every field is sent all nonsense, on PostgreSQL that which may reach it; a document that is saved on the one engine is
    posted on the other."""
    client, rules = sign_in("admin"), {rule.rule for rule in enterprise.url_map.iter_rules()}
    is_sqlite, errors = enterprise.company.database.is_sqlite, []
    for address, whole in WHOLE.items():
        assert address in rules or address == "/contacts/new/individual", address
        for name in whole:
            for number, junk in enumerate(JUNK):
                if junk not in ODD and not (is_sqlite and address not in ALIKE):
                    continue
                if junk.startswith("[{") and name != "lines":  # to any other field that is a text as others are
                    continue
                # Each is the first of its kind, so that no other refuses it before the database sees what is spoilt.
                own = {"code": f"C{name}{number}"} if "code" in whole else {}
                then = ("save", "post")[(number + is_sqlite) % 2]
                answer = client.post(address, data={**whole, **own, name: junk, "then": then})
                if answer.status_code >= 500 or SCRIPT in answer.text:
                    errors.append((answer.status_code, address, name, junk[:40]))
    assert not errors, f"{len(errors)}: {errors[:9]}"


def test_the_books_are_as_whole_as_before(enterprise: Any) -> None:
    def errors(session: Any) -> list[str]:
        return [*ledger.verify(session), *verify_audit(session)]

    assert enterprise.company.database.run(errors, actor=SYSTEM, write=False) == []
