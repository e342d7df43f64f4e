"""Bank statements come in once, whole or not at all, and say what they come to."""

import json
from collections.abc import Callable
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import Forbidden, Invalid
from app.importing import Report, run_import
from app.security import SYSTEM, Actor
from modules.contacts.bank_models import BankLine, BankStatement

Bring = Callable[..., Report]
FEE = (":61:260102D1,00NCHGX", ":86:monthly fee")
PAID = (":61:260103C50,00NTRFINV-1//ID-1", ":86:from Ada")


def mt940(*fields: str, opening: int = 0, closing: int = 0, number: str = "1") -> str:
    side = "C" if closing >= 0 else "D"
    head = (":20:S", ":25:DE02120300000000202051", f":28C:{number}", f":60F:C260101EUR{opening},00")
    return "\n".join((*head, *fields, f":62F:{side}260131EUR{abs(closing)},00", "-", ""))


@pytest.fixture
def bring(company: Any, tmp_path: Path) -> Bring:
    """Import texts as files."""

    def go(*texts: str, name: str = "bank.sta", actor: Actor = SYSTEM, **options: Any) -> Report:
        paths = [tmp_path / f"{number}{name}" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        report = run_import(company, actor, "contacts.bank_statement", paths, **options)
        made = sum(count for kind, count in report.created.items() if kind.endswith("_line"))
        assert made + len(report.skipped) + len(report.errors) == report.rows_read
        return report

    return go


def stored(company: Any) -> tuple[int, int, D | None]:
    """How many statements and lines are kept, and what the lines come to."""

    def work(session: Any) -> Any:
        count = session.scalars(select(func.count()).select_from(BankStatement)).one()
        amounts = list(session.scalars(select(BankLine.amount)))
        return count, len(amounts), sum(amounts, D(0))

    found: tuple[int, int, D] = company.database.run(work, actor=SYSTEM, write=False)
    return found


def test_a_line_comes_in_once_however_often_it_comes(bring: Bring, company: Any) -> None:
    month = mt940(*FEE, *FEE, *PAID, closing=48)
    tried = bring(month, dry_run=True)
    assert tried.created == {"contacts.bank": 1, "contacts.bank_line": 3}
    assert stored(company) == (0, 0, D(0))
    first = bring(month)
    assert first.created == tried.created
    assert first.controls == tried.controls
    assert stored(company) == (1, 3, D(48))
    again = bring(month)
    assert (dict(again.created), [s.row for s in again.skipped]) == ({}, [5, 7, 9])
    assert again.controls == first.controls
    # Two equal fees are there: of three, one is new. The paid one is known by the bank's own number, whatever its text.
    more = bring(mt940(*FEE, *FEE, *FEE, ":61:260103C50,00NTRFOTHER//ID-1", closing=47, number="2"))
    assert (more.created["contacts.bank_line"], len(more.skipped)) == (1, 3)
    assert stored(company) == (2, 4, D(47))


def test_one_damaged_file_keeps_the_others_out_unless_it_is_left_out(bring: Bring, company: Any) -> None:
    good, bad = mt940(*PAID, closing=50), mt940(*PAID, closing=51)
    report = bring(good, bad)
    assert [(e.file, e.row, e.field) for e in report.errors] == [(1, 7, "")]
    assert report.errors[0].message.startswith(
        "1bank.sta, line 7: account DE02120300000000202051: 0.00 + 50.00 − 0.00 = 50.00"
    )
    assert stored(company) == (0, 0, D(0))
    assert bring(good, bad, skip_errors=True).created["contacts.bank_line"] == 1
    assert stored(company) == (1, 1, D(50))


def test_control_sums_say_what_each_account_comes_to(bring: Bring) -> None:
    report = bring(
        mt940(*FEE, *PAID, closing=49) + mt940(opening=49, closing=49, number="2").replace("202051", "202052")
    )
    assert json.loads("".join(report.json()))["control"] == [
        {
            "account": "DE02120300000000202051",
            "currency": "EUR",
            **{"lines": 2, "credit": "50.00", "debit": "1.00", "opening": "0.00", "closing": "49.00"},
        },
        {
            "account": "DE02120300000000202052",
            "currency": "EUR",
            **{"lines": 0, "credit": "0.00", "debit": "0.00", "opening": "49.00", "closing": "49.00"},
        },
    ]
    assert report.created["contacts.bank"] == 2


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_table_comes_in_by_its_titles_or_by_a_preset(bring: Bring, company: Any, tmp_path: Path) -> None:
    text = (
        "Date,Amount,Own account,Currency,Name,Balance\n2026-01-02,-1.00,77,EUR,Bank,9\n2026-01-03,50,77,EUR,Ada,59\n"
    )
    assert bring(text, name="a.csv").controls[0] == {
        **{"account": "77", "currency": "EUR", "lines": 2},
        **{"credit": "50.00", "debit": "1.00", "opening": "10.00", "closing": "59.00"},
    }
    preset = tmp_path / "mine.toml"
    preset.write_text(
        'target = "contacts.bank_statement"\nmoments = ["%d.%m.%Y"]\n'
        '[columns]\ndate = "Buchung"\namount = "Betrag"\nname = "Wer"\n'
        '[defaults]\naccount = "77"\ncurrency = "EUR"\n'
    )
    report = bring("Buchung;Betrag;Wer\n03.01.2026;50,00;Ada\n04.01.2026;7,50;Bo\n", name="b.csv", preset=str(preset))
    assert (report.created["contacts.bank_line"], len(report.skipped)) == (1, 1)
    assert stored(company) == (2, 3, D("56.5"))
    missing = bring("Date,Amount,Currency\n2026-01-02,5,EUR\n", name="c.csv")
    assert [(e.row, e.field) for e in missing.errors] == [(2, "account")]
    with pytest.raises(Invalid, match="one after the other"):
        run_import(company, SYSTEM, "contacts.bank_statement", [tmp_path / "0a.csv", preset])


@pytest.mark.parametrize("engine", ["sqlite"])
def test_only_who_may_import_does(bring: Bring, company: Any, employ: Any) -> None:
    with pytest.raises(Forbidden):
        bring(mt940(*PAID, closing=50), actor=employ("sam", "salesperson"))
    assert stored(company) == (0, 0, D(0))
    bring(mt940(*PAID, closing=50), actor=employ("anna", "accountant"))
    assert stored(company) == (1, 1, D(50))


@pytest.mark.parametrize("engine", ["sqlite"])
def test_statements_and_their_lines_are_shown(bring: Bring, app: Any) -> None:
    bring(mt940(*FEE, *PAID, closing=49))
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    page = client.get("/contacts/bank").text
    assert "DE02120300000000202051" in page
    page = client.get("/contacts/bank/1").text
    assert "monthly fee" in page
    assert "49.00" in page
    assert client.get("/contacts/bank/2").status_code == 404
