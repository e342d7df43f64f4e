"""Codes to pay by, against examples that banks and standards have published."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.trade.paper.codes import crc16, epc_code, russian_code, vietnamese_code


def test_a_vietnamese_code_is_the_one_that_banks_show() -> None:
    assert vietnamese_code("257678859", "ASCBVNVX", D(0), "") == (
        "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F"
    )
    assert vietnamese_code("257678859", "ASCBVNVXXXX", D(10000), "Chuyen tien") == (
        "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN62150811Chuyen tien"
        "630453E6"
    )
    # NAPAS, example of a transfer to an account
    assert vietnamese_code("0011012345678", "SGTTVNVX", D(0), "").startswith("00020101021138570010A000000727")
    assert crc16(b"123456789") == 0x29B1, "the check value of CRC-16/CCITT-FALSE"
    assert "0810Don hang 1" in vietnamese_code("257678859", "ASCBVNVX", D(1), "Đơn hàng 1")


def test_a_european_code_has_the_lines_of_the_guideline() -> None:
    # EPC069-12, section 5: Red Cross of Austria
    assert epc_code("Red Cross of Austria", "AT611904300234573201", D("1.00"), "Spende", "BPOTATWW") == (
        "BCD\n002\n1\nSCT\nBPOTATWW\nRed Cross of Austria\nAT611904300234573201\nEUR1.00\n\n\nSpende"
    )


def test_a_russian_code_names_the_account_and_kopecks() -> None:
    asked = ("40702810138250123017", "ОАО «БАНК»", "044525225", "30101810400000000225", D("1002.50"))
    assert russian_code("ООО «Три кита»", *asked, "Оплата", "6200098765", "") == (
        "ST00012|Name=ООО «Три кита»|PersonalAcc=40702810138250123017|BankName=ОАО «БАНК»|BIC=044525225"
        "|CorrespAcc=30101810400000000225|PayeeINN=6200098765|Sum=100250|Purpose=Оплата"
    )
    assert russian_code("A|B", *asked, "x", "", "").startswith("ST00012~Name=A|B~PersonalAcc=")


@pytest.mark.parametrize("amount", [D("0"), D("-1"), D("0.001"), D("1000000000")])
def test_what_cannot_be_paid_gives_no_code(amount: D) -> None:
    with pytest.raises(ValueError, match="amount"):
        epc_code("N", "AT611904300234573201", amount, "")
    with pytest.raises(ValueError, match="account"):
        vietnamese_code("12", "ASCBVNVX", D(1), "")
    with pytest.raises(ValueError, match="amount"):
        vietnamese_code("257678859", "ASCBVNVX", D("0.5"), "")
    with pytest.raises(ValueError, match="account"):
        russian_code("N", "123", "B", "044525225", "", D(1), "", "", "")


@given(st.decimals(1, 10**12, places=0), st.text(max_size=60), st.from_regex(r"[0-9]{6,19}", fullmatch=True))
def test_whoever_reads_a_vietnamese_code_finds_what_was_said(amount: D, text: str, account: str) -> None:
    code = vietnamese_code(account, "BFTVVNVX", amount, text)
    assert int(code[-4:], 16) == crc16(code[:-4].encode())
    found, rest = {}, code
    while rest:
        length = int(rest[2:4])
        found[rest[:2]], rest = rest[4 : 4 + length], rest[4 + length :]
    assert D(found["54"]) == amount
    assert found["38"].endswith(f"0006970436{'01'}{len(account):02}{account}0208QRIBFTTA")
    assert found.get("62", "").isascii()
