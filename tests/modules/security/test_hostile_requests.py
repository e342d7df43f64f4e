"""Nonsense in every field of a form, one after another: a page or a refusal in words, and nothing is half done.

Every route, method and header: `tests/faults/fuzz.py`.
"""

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


@pytest.fixture(scope="module")
def enterprise(house: Any) -> Any:
    """The sample company with every module on."""
    company = house.company
    company.database.run(lambda s: set_edition(s, SYSTEM, company, "enterprise"), actor=SYSTEM)
    return house


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


#: Forms that are another's over again, and take no more than may reach a database.
ALIKE = {"/trade/purchases/new", "/warehouse/write-offs/new"}


def test_one_spoilt_field_is_reported_on_the_form(enterprise: Any, sign_in: Any) -> None:
    """Every field is sent all nonsense that may reach a database on PostgreSQL, and every other kind of all of it on SQLite;
    a document that is saved on the one engine is posted on the other."""
    client, rules = sign_in("admin"), {rule.rule for rule in enterprise.url_map.iter_rules()}
    is_sqlite, errors = enterprise.company.database.is_sqlite, []
    for address, whole in WHOLE.items():
        assert address in rules or address == "/contacts/new/individual", address
        for place, name in enumerate(whole):
            for number, junk in enumerate(JUNK):
                if (address in ALIKE or not is_sqlite) and junk not in ODD:
                    continue
                if is_sqlite and (number + place) % 2:
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
