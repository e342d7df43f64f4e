"""1C client-bank, OFX and tables."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from modules.contacts.bank.reading import format_of, read_statements
from modules.contacts.bank.statement import BadFile, Statement
from modules.contacts.bank.tables import TableRow, statements_of

OWN, OTHER = "40702810200000000001", "40702810900000000002"


def account(number: str = OWN, opening: str = "10.00", came: str = "5", went: str = "2", closing: str = "13.00") -> str:
    return (
        f"СекцияРасчСчет\nДатаНачала=11.01.2026\nДатаКонца=11.01.2026\nРасчСчет={number}\nНачальныйОстаток={opening}\n"
        f"ВсегоПоступило={came}\nВсегоСписано={went}\nКонечныйОстаток={closing}\nКонецРасчСчет\n"
    )


def document(number: str, amount: str, payer: str, payee: str, **more: str) -> str:
    said = {
        **{"Номер": number, "Дата": "11.01.2026", "Сумма": amount, "ПлательщикСчет": payer, "ПолучательСчет": payee},
        **{"Плательщик": "ИНН 7701234567 ООО Ромашка", "ПлательщикИНН": "7701234567", "Получатель1": "ООО Лютик"},
        **{"НазначениеПлатежа": "Оплата № 7"},
        **more,
    }
    return "СекцияДокумент=Платежное поручение\n" + "".join(f"{k}={v}\n" for k, v in said.items()) + "КонецДокумента\n"


BOTH = document("1", "5", OTHER, OWN) + document("2", "2", OWN, OTHER)


def exchange(*sections: str, end: str = "КонецФайла\n", encoding: str = "cp1251") -> bytes:
    return ("1CClientBankExchange\nВерсияФормата=1.03\nКодировка=DOS\n" + "".join(sections) + end).encode(encoding)


def read(content: bytes) -> list[Statement]:
    return list(read_statements(content)[1])


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16"])
def test_an_exchange_is_read_in_any_encoding(encoding: str) -> None:
    (statement,) = read(exchange(account(), BOTH, encoding=encoding))
    first, second = statement.lines
    assert (first.amount, first.party.name, first.party.tax_id) == (D(5), "ООО Ромашка", "7701234567")
    assert (second.amount, second.party.name, second.reference) == (D(-2), "ООО Лютик", "2")
    assert (first.purpose, first.day) == ("Оплата № 7", date(2026, 1, 11))


def test_days_of_an_account_are_one_statement_and_must_follow_each_other() -> None:
    second = account(opening="13.00", came="0", went="0", closing="13.00")
    (statement,) = read(exchange(account(), second, BOTH))
    assert (statement.opening, statement.closing) == (D(10), D(13))
    with pytest.raises(BadFile, match="the day begins with 12"):
        read(exchange(account(), account(opening="12", came="0", went="0", closing="12"), BOTH))


def test_a_transfer_between_two_accounts_of_a_file_is_on_both() -> None:
    other = account(OTHER, "0", "2", "5", "-3")
    statements = read(exchange(account(), other, BOTH))
    assert [(s.account, s.credit, s.debit) for s in statements] == [(OWN, D(5), D(2)), (OTHER, D(2), D(5))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (exchange(account(), BOTH, end=""), "КонецФайла"),
        (exchange(account(), BOTH[:-16]), "КонецДокумента"),
        (exchange(account(came="6", closing="14"), BOTH), "its documents come to 5"),
        (exchange(account(came="", went="", closing="14"), BOTH), "but the closing balance says 14"),
        (exchange(account(), document("9", "5", "1", "2")), "document 9 is on none of the file's accounts"),
        (exchange(account(), document("9", "5x", OTHER, OWN)), "“5x” isn't an amount of money"),
        (exchange(account(), document("9", "5", OTHER, OWN, Дата="2026")), "isn't a date such as"),
    ],
)
def test_a_damaged_exchange_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read(content)


SGML = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>123-4<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260101<DTEND>20260131120000.000[-5:EST]
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260105120000[-5:EST]<TRNAMT>+100.50<FITID>F1<NAME>Zo\xeb &amp; Co<MEMO>Inv 7</STMTTRN>
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260106<TRNAMT>-20<FITID>F2<CHECKNUM>1001<PAYEE><NAME>Bo</PAYEE></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>80.50<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""


def test_ofx_of_the_first_version_is_read() -> None:
    (statement,) = read(SGML.encode("cp1252"))
    assert (statement.account, statement.currency, statement.closing) == ("123-4", "USD", D("80.50"))
    first, second = statement.lines
    assert (first.amount, first.party.name, first.purpose, first.bank_id) == (D("100.50"), "Zoë & Co", "Inv 7", "F1")
    assert (second.amount, second.party.name, second.reference, second.day) == (D(-20), "Bo", "1001", date(2026, 1, 6))


def test_ofx_of_the_second_version_is_read() -> None:
    transaction = (
        "<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260105</DTPOSTED><TRNAMT>-5.00</TRNAMT><FITID>F1</FITID>"
        "<NAME>Shop</NAME><MEMO></MEMO></STMTTRN>"
    )
    text = (
        '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?><OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS>'
        "<CURDEF>EUR</CURDEF><CCACCTFROM><ACCTID>4111</ACCTID></CCACCTFROM><BANKTRANLIST><DTSTART>20260101</DTSTART>"
        f"<DTEND>20260131</DTEND>{transaction}</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>"
    )
    assert format_of(text.encode()) == "OFX"
    (statement,) = read(text.encode())
    assert (statement.account, statement.debit, statement.closing) == ("4111", D(5), None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SGML.partition("</BANKTRANLIST>")[0], "</OFX> is missing"),
        (SGML.replace("<SEVERITY>INFO", "<SEVERITY>ERROR<MESSAGE>No such account"), "No such account"),
        (SGML.replace("<ACCTID>123-4", ""), "“ACCTID” is missing"),
        (SGML.replace("<TRNAMT>-20", "<TRNAMT>-2O"), "“-2O” isn't an amount"),
        (SGML.replace("<DTPOSTED>20260106", "<DTPOSTED>20261306"), "“20261306” isn't a date"),
    ],
)
def test_damaged_ofx_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read(text.encode("cp1252"))


def row(number: int, **values: Any) -> TableRow:
    return TableRow(number, {"account": "1", "currency": "eur", "date": date(2026, 1, number), **values})


def test_a_table_has_balances_from_whichever_end_is_earlier() -> None:
    rows = [row(2, amount=D(5), balance=D(15)), row(3, debit=D(-3), balance=D(12)), row(4, credit=D(1), balance=D(13))]
    for some in (rows, rows[::-1]):
        (statement,) = statements_of(some)
        assert (statement.currency, statement.opening, statement.closing) == ("EUR", D(10), D(13))
        assert [line.amount for line in statement.lines] == [D(5), D(-3), D(1)]


def test_a_table_with_a_row_missing_is_refused_at_its_balance() -> None:
    rows = [row(2, amount=D(5), balance=D(15)), row(4, amount=D(1), balance=D(13))]
    with pytest.raises(BadFile, match="rows are missing") as refusal:
        statements_of(rows)
    assert (refusal.value.line, refusal.value.tag) == (4, "balance")


def test_a_row_says_its_account_and_amount() -> None:
    for missing in ("account", "currency"):
        with pytest.raises(BadFile, match="must be filled") as refusal:
            statements_of([row(2, **{"amount": D(1), missing: None})])
        assert (refusal.value.line, refusal.value.tag) == (2, missing)
    with pytest.raises(BadFile, match="must be filled"):
        statements_of([row(2)])


def test_what_is_empty_or_of_no_known_format_is_refused() -> None:
    for content in (b"", b" \r\n\0", b"hello", b"\x00\x01PK"):
        with pytest.raises(BadFile, match=r"empty|a bank statement"):
            read_statements(content)
