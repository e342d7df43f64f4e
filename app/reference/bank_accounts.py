"""What is right of bank accounts' numbers: an IBAN by ISO 13616, as python-stdnum has it; others as they are. No database."""

import re

from app.errors import Invalid
from app.translation import lazy_gettext as _l

#: a text that is meant as an IBAN and nothing else, whether it is right or not
_MEANT = re.compile(r"(?:IBAN[ :]*)?([A-Z]{2}[0-9]{2}(?:[ \u00a0.-]?[0-9A-Z])+)", re.IGNORECASE)


def check_bank_account(text: str, *, field: str = "bank_account") -> str:
    """The account's number as it is kept: an IBAN as `check_iban` gives it, anything else as it was typed. What begins with a
    country that has IBANs and two digits is meant as one."""
    found = _MEANT.fullmatch(text.strip())
    return check_iban(found[1], field=field) if found and _has_ibans(found[1][:2].upper()) else text.strip()


def check_iban(text: str, *, field: str = "bank_account") -> str:
    """An IBAN without its blanks, in capitals. Refused (Invalid), at `field`: check digits that don't fit, a length
    or characters that the country's IBANs don't have."""
    from stdnum import iban  # 35 ms, which most commands never need
    from stdnum.exceptions import InvalidChecksum, ValidationError

    try:
        return str(iban.validate(text))
    except InvalidChecksum:
        message = _l("The check digits of the IBAN “%(text)s” don't fit. Compare each of its characters.", text=text)
    except ValidationError:
        message = _l("“%(text)s” isn't an IBAN: its length or its characters aren't those of its country.", text=text)
    raise Invalid(message, field=field)


def check_bic(text: str, *, field: str = "bic") -> str:
    """The code of a bank as it is kept: ISO 9362 in capitals (SWIFT), or the nine digits of the Bank of Russia's own.
    Refused (Invalid), at `field`: anything else."""
    from stdnum import bic

    code = re.sub(r"\s", "", text).upper()
    if not code or re.fullmatch("0[0-9]{8}", code) or bic.is_valid(code):
        return code
    message = _l("“%(text)s” isn't a BIC. It has 8 or 11 letters and digits; in Russia nine digits.", text=text)
    raise Invalid(message, field=field)


def check_account_at(number: str, code: str, *, field: str) -> None:
    """Refuse (Invalid), at `field`, a Russian account of twenty digits whose key doesn't fit the bank's BIC `code` (Bank of
    Russia, Regulation 809-P, Annex 2). Of other banks' accounts nothing is known."""
    if not re.fullmatch("0[0-9]{8}", code):
        return
    number = re.sub(r"\s", "", number)
    if not re.fullmatch("[0-9]{5}[0-9A-Z][0-9]{14}", number):
        raise Invalid(_l("An account at a Russian bank has 20 digits."), field=field)
    # An account at the Bank of Russia itself, such as a bank's own, is keyed by the division.
    at_centre = number.startswith("301") or code[6:] in ("000", "001", "002")
    letters = {letter: str(digit) for digit, letter in enumerate("ABCEHKMPTX")}
    digits = (f"0{code[4:6]}" if at_centre else code[6:]) + "".join(letters.get(sign, sign) for sign in number)
    if not digits.isdecimal() or sum(int(d) * w for d, w in zip(digits, (7, 1, 3) * 8, strict=False)) % 10:
        message = _l("The account's key doesn't fit the bank's BIC. Compare each digit of both.")
        raise Invalid(message, field=field)


def shown_bank_account(kept: str) -> str:
    """An IBAN in groups of four, as it is written on paper (ISO 13616-1); anything else as it stands."""
    from stdnum import iban

    return str(iban.format(kept)) if _MEANT.fullmatch(kept) and iban.is_valid(kept) else kept


def _has_ibans(country: str) -> bool:
    from stdnum import numdb

    return any(found for _part, found in numdb.get("iban").info(country) if found)
