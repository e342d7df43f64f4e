"""Every file of real banks is read as its ground truth says, or refused with words that name the error."""

import json
from collections.abc import Sequence
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from modules.contacts.bank.reading import read_statements
from modules.contacts.bank.statement import BadFile, Statement

#: What can't be taken into anybody's books, and the words that say why; what stands here alone may be refused.
REFUSED = {
    **dict.fromkeys(
        (
            *("betterplace__amount_formats", "betterplace__empty_86", "betterplace__empty_entry_date"),
            *("betterplace__empty_line", "betterplace__missing_crlf_at_end", "cmxl__account_balance_credit"),
            *("cmxl__account_balance_debit", "cmxl__available_balance", "cmxl__closing_balance", "cmxl__reference"),
            *("cmxl__statement_details", "cmxl__statement_line", "cmxl__statement_number"),
            *("self-provided__empty_non_swift", "self-provided__sparkassen"),
        ),
        "the account (:25:) is missing",
    ),
    **dict.fromkeys(
        ("betterplace__currency_in_25", "cmxl__account_identification_iban", "cmxl__account_identification_legacy"),
        "no balance says the currency",
    ),
    "betterplace__sepa_snippet.sta": "= −4,472,349.17 EUR, but the closing balance says −4,472,049.09",
    "betterplace__sepa_snippet_broken": "an account (:25:) stands among the lines",
    "mBank__with_newline_in_tnr": "0.46 + 89.00 − 0.00 = 89.46 PLN, but the closing balance says 860.17",
    **dict.fromkeys(
        ("details_60-63", "malformed_details", "overly_long_details", "whitespace"),
        "= 12,111.97 EUR, but the closing balance says 12,345.98",
    ),
    "self-provided__gv_codes": "the closing balance (:62F:) is missing",
    "self-provided__invalid_statement": "this isn't a bank statement that can be read",
    "self-provided__mt942": "it says 2.30 in 1 lines, but there are 0.42 in 1",
    "raiffeisen-cmi": "= 24,158,423.60 HUF, but the closing balance says 25,281,687.60",
    "camt053.v2.all-balance-types": "1.01 + 8.85 − 0.00 = 9.86 EUR, but the closing balance says 4.04",
    "camt053.v2.five.decimals": "18.15 + 8.85 − 0.00 = 27.00 EUR, but the closing balance says 27.05",
    **dict.fromkeys(
        ("camt053.v2.minimal", "camt053.v2.with-party-ids", "camt053.v3", "camt053.v4", "camt053.v8"),
        "the opening balance is in EUR, the closing balance in SEK",
    ),
    "camt053.v2.wrong": "there is no statement in it",
}
#: The package that gave the ground truth adds the reversal of a credit; the bank's own balances subtract it.
RC = {"betterplace__sepa_mt9401.sta": D("-9268316.38") - 4 * D("204.88")}


def expected(truth: dict[str, Any], file: str) -> tuple[int, D | None]:
    """How many lines there are, and what they come to, as far as the ground truth knows."""
    if "statements" in truth:
        every = truth["statements"]
        return sum(s["entries"] for s in every), sum((D(s["net_of_entries"]) for s in every), D(0))
    if "documents" in truth:
        came, went = (truth[f"sum_{way} filled)"] for way in ("credited(ДатаПоступило", "debited(ДатаСписано"))
        return truth["documents"], D(came) - D(went)
    net = truth.get("net_amount")
    return truth["lines(:61: tags)"], RC.get(file, None if net is None else D(net))


def net(statements: Sequence[Statement]) -> D:
    return sum((s.credit - s.debit for s in statements), D(0))


def test_every_sample_is_read_to_the_cent_or_refused_by_name(data: Path) -> None:
    folder = data / "bank_samples"
    truths = json.loads((folder / "ground_truth.json").read_text("utf-8"))
    read: list[str] = []
    refused: dict[str, tuple[str | None, BadFile]] = {}
    for kind in ("mt940", "camt", "1c"):
        for name, truth in truths[kind].items():
            file = name.partition("/")[2]
            reason = next((why for start, why in REFUSED.items() if start in file), None)
            try:
                _format, statements = read_statements((folder / name).read_bytes())
            except BadFile as error:
                refused[file] = (reason, error)
                continue
            count, total = expected(truth, file)
            assert sum(s.entries for s in statements) == count, file
            assert total is None or net(statements) == total, file
            read.append(file)
    for file, (reason, error) in refused.items():
        assert reason, file
        assert reason in str(error), file
    assert (len(read), len(refused)) == (30, 38)


def test_closing_balances_are_those_of_the_ground_truth(data: Path) -> None:
    folder = data / "bank_samples"
    truths = json.loads((folder / "ground_truth.json").read_text("utf-8"))["mt940"]
    seen = 0
    for name, truth in truths.items():
        said = str(truth.get("final_closing_balance(last seen)", "")).split()
        try:
            _format, statements = read_statements((folder / name).read_bytes())
        except BadFile:
            continue
        if len(said) == 2 and said[1].isalpha():
            assert (statements[-1].closing, statements[-1].currency) == (D(said[0]), said[1]), name
            seen += 1
    assert seen >= 8


@pytest.mark.parametrize("name", ["one_day.txt", "one_day_utf8.txt"])
def test_an_exchange_is_read_in_its_true_encoding_whatever_it_claims(data: Path, name: str) -> None:
    content = (data / "bank_samples/1c_client_bank_exchange" / name).read_bytes()
    _format, (statement,) = read_statements(content)
    assert (statement.account, statement.currency) == ("40702810200000000001", "RUB")
    assert (statement.opening, statement.credit) == (D("45329.91"), D("40000.00"))
    assert (statement.debit, statement.closing) == (D("41184.00"), D("44145.91"))
    assert {line.party.name for line in statement.lines if line.amount > 0} == {"Some random payer"}
