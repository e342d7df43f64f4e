"""MT940 as banks write it: wrapped, cut, with words of their own; and what may not be taken."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.contacts.bank.reading import read_statements
from modules.contacts.bank.statement import BadFile, Line, Statement


def read(text: str) -> Statement:
    _format, (statement,) = read_statements(text.encode())
    return statement


def whole(*fields: str, opening: str = "C260101EUR0,00", closing: str = "C260131EUR100,00") -> str:
    return "\r\n".join(
        (":20:S", ":25:DE02120300000000202051", ":28C:1/1", f":60F:{opening}", *fields, f":62F:{closing}", "-")
    )


def line_of(*fields: str) -> Line:
    return read(whole(*fields)).lines[0]


def test_a_fully_structured_line_keeps_everything_that_it_says() -> None:
    line = line_of(
        ":61:2601020103C100,00NTRFINV-7//BANK-1",
        ":86:166?00GUTSCHRIFT?20EREF+E2E-9?21SVWZ+Rechnung RE-2026-0",
        "01?30COBADEFFXXX?31DE89370400440532013000?32Muster GmbH?33 & Co",
    )
    assert (line.day, line.value_day, line.amount) == (date(2026, 1, 3), date(2026, 1, 2), D("100.00"))
    assert line.party.name == "Muster GmbH & Co"
    assert (line.party.account, line.party.bic) == ("DE89370400440532013000", "COBADEFFXXX")
    assert (line.purpose, line.reference, line.bank_id) == ("Rechnung RE-2026-001", "E2E-9", "BANK-1")


def test_words_between_slashes_are_read() -> None:
    line = line_of(
        ":61:260102C100,00N541NONREF",
        ":86:/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J. JA",
        "NSEN/REMI/INV 15 AND 16/EREF/NOTPROVIDED",
    )
    assert (line.party.name, line.party.account, line.party.bic) == ("J. JANSEN", "NL91ABNA0417164300", "ABNANL2A")
    assert (line.purpose, line.reference) == ("INV 15 AND 16", "")


def test_the_other_side_of_an_ing_line_is_read() -> None:
    line = line_of(
        ":61:260102C100,00NTRFEREF//0001",
        ":86:/EREF/E1//CNTP/NL91ABNA0417164300/ABNANL2A/Jansen BV///REMI/USTD//Factuur 15/",
    )
    assert (line.party.name, line.party.account) == ("Jansen BV", "NL91ABNA0417164300")
    assert (line.purpose, line.reference) == ("Factuur 15", "E1")


def test_another_separator_and_plain_text_are_read() -> None:
    triodos = line_of(":61:260102C100,00NET NONREF", ":86:000>100390123456>20TRANSPORT>21KOSTEN>310555444333")
    assert (triodos.party.account, triodos.purpose) == ("0555444333", "TRANSPORT KOSTEN")
    plain = line_of(":61:260102C100,00NMSC", ":86:Incasso GB82 WEST 1234 5698 7654 32 Electra")
    assert plain.party.account == "GB82WEST12345698765432"
    assert plain.purpose == "Incasso GB82 WEST 1234 5698 7654 32 Electra"


@pytest.mark.parametrize(
    ("mark", "amount"), [("C", 100), ("D", -100), ("RC", -100), ("RD", 100), ("CR", 100), ("DR", -100), ("RCR", -100)]
)
def test_reversals_and_funds_codes_have_their_sign(mark: str, amount: int) -> None:
    sign = "C" if amount > 0 else "D"
    statement = read(whole(f":61:260102{mark}100,00NTRFX", closing=f"{sign}260131EUR100,00"))
    assert [line.amount for line in statement.lines] == [D(amount)]


def test_an_entry_of_december_may_have_its_value_in_january() -> None:
    assert line_of(":61:2601011231C100,00NTRFX").day == date(2025, 12, 31)
    assert line_of(":61:2512310102C100,00NTRFX").day == date(2026, 1, 2)


def test_the_thirtieth_of_february_is_the_last_day_of_february() -> None:
    assert line_of(":61:260230C100,00NTRFX").value_day == date(2026, 2, 28)
    assert line_of(":61:240230C100,00NTRFX").value_day == date(2024, 2, 29)


def test_no_field_begins_within_a_purpose() -> None:
    line = line_of(":61:260102C100,00NTRFX", ":86:paid at 2026-01-02T16", ":26:37 by card", "-", "thanks")
    assert line.purpose == "paid at 2026-01-02T16 :26:37 by card - thanks"


def test_blocks_headers_and_pages_are_read_as_statements_of_their_own() -> None:
    first = whole(":61:260102C100,00NTRFX", closing="C260131EUR100,00").replace(":62F:", ":62M:")
    second = whole(":61:260103D40,NTRFY", opening="C260131EUR100,00", closing="C260131EUR60,00").replace(
        ":60F:", ":60M:"
    )
    text = "{1:F01X}{2:I940XN}{4:\n" + first.removesuffix("-") + "-}{5:}\n\nABNANL2A\n940\nABNANL2A\n" + second
    _format, statements = read_statements(text.encode())
    assert [(s.opening, s.closing, len(s.lines)) for s in statements] == [(D(0), D(100), 1), (D(100), D(60), 1)]


def test_the_currency_behind_an_account_is_left_out() -> None:
    for said, account in (("1117.31.678EUR", "1117.31.678"), ("NL50RABO0123456789 EUR", "NL50RABO0123456789")):
        assert read(whole(":61:260102C100,00NTRFX").replace("DE02120300000000202051", said)).account == account


@pytest.mark.parametrize(
    ("text", "words", "tag"),
    [
        (whole(closing="C260131EUR1,00"), "0.00 + 0.00 − 0.00 = 0.00 EUR, but the closing balance says 1.00", ""),
        (whole(":61:260102X100,00NTRFX"), "isn't a line such as", ":61:"),
        (whole(":61:261302C100,00NTRFX"), "“261302” isn't a day", ":61:"),
        (whole(opening="C2601EUR1"), "isn't a balance such as", ":60F:"),
        (whole(closing="C260131USD0,00"), "in another currency", ":62F:"),
        (whole(":61:260102C100,00NTRFX").partition(":62F:")[0], "the closing balance (:62F:) is missing", ":61:"),
        (whole(":61:260102C999999999999999999,00NTRFX"), "isn't an amount of money", ""),
    ],
)
def test_what_is_damaged_is_refused_with_its_place(text: str, words: str, tag: str) -> None:
    with pytest.raises(BadFile) as refusal:
        read(text)
    assert words in str(refusal.value)
    assert (refusal.value.tag, refusal.value.line > 0) == (tag, True)


amounts = st.lists(st.decimals(-99999, 99999, places=2, allow_nan=False).filter(bool), min_size=1, max_size=8)


@given(amounts, st.integers(0, 7), st.decimals("0.01", "5", places=2))
def test_what_was_written_is_read_and_a_changed_line_is_found(some: list[D], which: int, change: D) -> None:
    def text(values: list[D]) -> str:
        said = (
            f"{(date(2026, 1, 1) + timedelta(i)):%y%m%d}{'C' if a > 0 else 'D'}{abs(a)}".replace(".", ",")
            for i, a in enumerate(values)
        )
        total = sum(some, D(0))
        sign = "C" if total >= 0 else "D"
        closing = f"{sign}260131EUR{abs(total)}".replace(".", ",")
        return whole(*(f":61:{one}NTRFR{i}" for i, one in enumerate(said)), closing=closing)

    assert [line.amount for line in read(text(some)).lines] == some
    changed = [*some]
    changed[which % len(some)] += change
    with pytest.raises(BadFile, match="Lines are missing or changed"):
        read(text([a for a in changed if a]))
