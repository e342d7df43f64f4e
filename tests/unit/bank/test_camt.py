"""CAMT of any version: what an entry says, batches, currencies, and files that may not be read."""

from decimal import Decimal as D

import pytest

from modules.contacts.bank.reading import read_statements
from modules.contacts.bank.statement import BadFile, Statement

PARTY = "<Nm>Ada</Nm><Id><OrgId><Othr><Id>T-1</Id><SchmeNm><Cd>TXID</Cd></SchmeNm></Othr></OrgId></Id>"


def balance(code: str, amount: str, currency: str = "EUR", side: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd></Bal>"
    )


def entry(amount: str, details: str = "", *, side: str = "CRDT", status: str = "BOOK", more: str = "") -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}<Sts>{status}</Sts>"
        f"<BookgDt><Dt>2026-01-05</Dt></BookgDt><AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def part(amount: str, name: str) -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>{name}-E2E</EndToEndId></Refs><Amt Ccy='EUR'>{amount}</Amt>"
        f"<RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties></TxDtls>"
    )


def read(*inner: str, version: str = "08") -> list[Statement]:
    content = (
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}'><BkToCstmrStmt><Stmt><Id>S</Id>"
        f"<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>{''.join(inner)}</Stmt></BkToCstmrStmt></Document>"
    )
    return list(read_statements(content.encode())[1])


@pytest.mark.parametrize("pty", ["{}", "<Pty>{}</Pty>"])
def test_an_entry_says_who_paid_and_why_in_every_version(pty: str) -> None:
    details = (
        f"<TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs><RltdPties><Dbtr>{pty.format(PARTY)}</Dbtr>"
        "<DbtrAcct><Id><IBAN>GB82WEST12345698765432</IBAN></Id></DbtrAcct><Cdtr><Nm>We</Nm></Cdtr></RltdPties>"
        "<RltdAgts><DbtrAgt><FinInstnId><BICFI>WESTGB22</BICFI></FinInstnId></DbtrAgt></RltdAgts>"
        "<RmtInf><Ustrd>invoice</Ustrd><Ustrd>S-7</Ustrd></RmtInf></TxDtls>"
    )
    (statement,) = read(balance("OPBD", "1"), balance("CLBD", "11"), entry("10", details))
    (line,) = statement.lines
    assert (line.party.name, line.party.tax_id) == ("Ada", "T-1")
    assert (line.party.account, line.party.bic) == ("GB82WEST12345698765432", "WESTGB22")
    assert (line.purpose, line.reference, line.bank_id) == ("invoice S-7", "E-1", "B-1")


def test_a_batch_is_one_entry_of_several_lines_when_its_parts_come_to_it() -> None:
    (statement,) = read(entry("10", part("4", "Ada") + part("6", "Bo")))
    assert [(line.amount, line.party.name) for line in statement.lines] == [(D(4), "Ada"), (D(6), "Bo")]
    assert statement.entries == 1
    (statement,) = read(entry("10", part("4", "Ada") + part("5", "Bo")))
    assert [line.amount for line in statement.lines] == [D(10)]


def test_the_other_side_of_a_reversal_is_whom_one_had_paid() -> None:
    parties = "<TxDtls><RltdPties><Dbtr><Nm>We</Nm></Dbtr><Cdtr><Nm>Supplier</Nm></Cdtr></RltdPties></TxDtls>"
    (statement,) = read(entry("10", parties, more="<RvslInd>true</RvslInd>"))
    assert [(line.amount, line.party.name) for line in statement.lines] == [(D(10), "Supplier")]


def test_what_is_pending_is_counted_and_not_booked() -> None:
    (statement,) = read(balance("OPBD", "1"), balance("CLBD", "1"), entry("10", status="PDNG"))
    assert [(line.amount, line.is_booked) for line in statement.lines] == [(D(10), False)]


def test_each_currency_is_a_statement_of_its_own() -> None:
    dollars = entry("5").replace("'EUR'", "'USD'")
    every = (balance("OPBD", "1"), balance("CLBD", "11"), entry("10"))
    found = read(*every, balance("OPBD", "2", "USD"), balance("CLBD", "7", "USD"), dollars)
    assert [(s.currency, s.opening, s.closing) for s in found] == [("EUR", D(1), D(11)), ("USD", D(2), D(7))]


def test_pages_of_a_statement_begin_and_end_with_interim_balances() -> None:
    (statement,) = read(balance("ITBD", "1"), balance("ITBD", "11"), entry("10"))
    assert (statement.opening, statement.closing) == (D(1), D(11))
    with pytest.raises(BadFile, match="Lines are missing"):
        read(balance("ITBD", "1"), balance("ITBD", "12"), entry("10"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<?xml version='1.0'?><!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><d>&x;</d>", "document type"),
        (b"<Document><BkToCstmrStmt>", "the XML is broken"),
        (b"<Document/>", "there is no statement in it"),
    ],
)
def test_what_holds_no_statement_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read_statements(content)


@pytest.mark.parametrize(
    ("damaged", "words"),
    [
        (entry("ten"), "“ten” isn't an amount of money"),
        (entry("10").replace("CRDT", "CRED"), "credit or a debit"),
        (entry("10").replace("2026-01-05", "05.01.2026"), "isn't a date such as"),
        (entry("1e99999"), "isn't an amount of money"),
    ],
)
def test_a_damaged_entry_is_refused_with_its_line(damaged: str, words: str) -> None:
    with pytest.raises(BadFile, match=words) as refusal:
        read(damaged)
    assert refusal.value.line == 1
