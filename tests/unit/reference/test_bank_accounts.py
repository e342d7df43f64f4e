"""Bank accounts: IBANs by their check digits, other numbers as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.reference.bank_accounts import check_account_at, check_bank_account, check_bic, check_iban, shown_bank_account

#: of the IBAN registry (SWIFT)
EXAMPLES = ["DE89370400440532013000", "GB29NWBK60161331926819", "NO9386011117947", "FR1420041010050500013M02606"]


@pytest.mark.parametrize("number", EXAMPLES)
def test_an_iban_is_kept_without_blanks_and_shown_in_groups(number: str) -> None:
    shown = shown_bank_account(number)
    assert shown.startswith(f"{number[:4]} {number[4:8]} ")
    for typed in (number, shown, shown.lower(), f"IBAN: {shown}"):
        assert check_bank_account(typed) == number


@pytest.mark.parametrize("number", EXAMPLES)
def test_any_single_wrong_digit_of_an_iban_is_refused(number: str) -> None:
    for i in (i for i, c in enumerate(number) if c.isdigit()):
        for digit in set("0123456789") - {number[i]}:
            with pytest.raises(Invalid, match="IBAN"):
                check_bank_account(number[:i] + digit + number[i + 1 :])


def test_an_iban_that_lacks_digits_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid, match="IBAN") as refusal:
        check_bank_account("NO93 8601", field="account")
    assert refusal.value.field == "account"
    with pytest.raises(Invalid):
        check_iban("")


@pytest.mark.parametrize("typed", ["40702810900000000001", "US12 3456 7890", "0071 0001 2345, VCB", "AB12345", ""])
def test_other_accounts_stay_as_typed(typed: str) -> None:
    assert check_bank_account(f" {typed} ") == typed
    assert shown_bank_account(typed) == typed


@given(st.text("DEGBNO0123456789 -IAN:", max_size=30) | st.text(max_size=30))
def test_what_was_accepted_stays_as_it_is_when_it_is_saved_again(typed: str) -> None:
    try:
        kept = check_bank_account(typed)
    except Invalid:
        return
    assert check_bank_account(kept) == kept == check_bank_account(shown_bank_account(kept))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), ("deutdeff", "DEUTDEFF"), ("DEUT DE FF 500", "DEUTDEFF500"), ("044525225", "044525225")],
)
def test_a_bic_is_kept_in_capitals(typed: str, kept: str) -> None:
    assert check_bic(typed) == kept


@pytest.mark.parametrize("typed", ["DEUT", "DEUTDEF!", "04452522", "144525225", "DEUTDEFF5000"])
def test_anything_else_is_refused_as_a_bic(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_bic(typed)
    assert refusal.value.field == "bic"


@pytest.mark.parametrize(
    ("number", "bic"),
    [
        ("40702810900000005555", "044525225"),
        ("30101810400000000225", "044525225"),  # the bank's own account at the central bank
        ("anything", "DEUTDEFF"),
        ("anything", ""),
    ],
)
def test_an_account_fits_its_russian_bank(number: str, bic: str) -> None:
    check_account_at(number, bic, field="number")


def test_each_other_digit_in_a_russian_account_is_noticed() -> None:
    number = "40702810900000005555"
    for place in range(20):
        other = f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"
        with pytest.raises(Invalid):
            check_account_at(other, "044525225", field="number")
    for wrong in (number[:-1], f"{number}0", "4070281090000000555x"):
        with pytest.raises(Invalid, match="20 digits"):
            check_account_at(wrong, "044525225", field="number")
