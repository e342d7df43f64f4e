"""What is right of phone numbers, by phonenumbers; and how they are shown. No database.

A text may hold several numbers, each with an extension. They are kept as E.164 has them, an extension behind as in RFC 3966,
several with a comma between: `+74951234567;ext=12, +79215550118`.
"""

import re
from typing import Any

from app.errors import Invalid
from app.translation import lazy_gettext as _l

#: what people write before an extension, in the program's languages and some more
_EXTENSION = re.compile(
    r"(?<![\s,;(])[\s,;]*(?:\([\s,;]*)?(?:ext(?:n|ension)?|доб|доп|вн(?:утр)?|máy\s*lẻ|nhánh|dw|x|#)[.:=]*\s*([0-9]{1,7})\b\s*\)?",
    re.IGNORECASE,
)
#: between two numbers: a sign, a new line, or the plus of the next
_BETWEEN = re.compile(r"[,\n|]|;(?!ext=)|(?<=\d)\s+/\s+|(?<=[\d)])\s+(?=\+)")
#: one number as people write it; what has letters or words in it would lose them
_NUMBER = re.compile(r"[\d\s()+./\-\u2010-\u2015\u00b7\u2212]+(?:;ext=[0-9]{1,7})?")
#: of a text with phone numbers: room for a dozen of them
LONGEST = 300
_KEPT = re.compile(r"\+[0-9]{4,17}(?:;ext=[0-9]{1,7})?")


def check_phone(text: str, *, country: str = "", field: str = "phone") -> str:
    """The numbers as they are kept. One without a country code is of `country` (ISO 3166); an empty text stays empty.

    Refused (Invalid), at `field`: more than LONGEST characters, words beside a number, an unknown country code, a number
    that is shorter or longer than numbers of its country can be. Whether somebody has the number, or its
    range is in use, isn't asked: ranges are opened faster than tables of them are published.
    """
    if len(text) > LONGEST:
        raise Invalid(_l("At most %(max)d characters.", max=LONGEST), field=field)
    parts = (part.strip() for part in _BETWEEN.split(_EXTENSION.sub(r";ext=\1", text.strip())))
    return ", ".join(dict.fromkeys(_number(part, country, field) for part in parts if part))


def phones_of(kept: str) -> list[str]:
    """Each of the numbers that are kept in a text."""
    return [part for part in kept.split(", ") if part]


def shown_phone(kept: str) -> str:
    """The numbers as people read them, with their countries' codes; what was never checked is shown as it stands."""
    return ", ".join(map(_shown, phones_of(kept)))


def is_dialled(number: str) -> bool:
    """Whether one of `phones_of` is a number in the form that is kept, and so can follow `tel:`."""
    return bool(_KEPT.fullmatch(number))


def spellings_of_phone(kept: str) -> list[str]:
    """What the numbers of a text are found by: as they are kept, and the digits that are dialled within their country."""
    found = []
    for number in phones_of(kept):
        found.append(number)
        if is_dialled(number):
            found.append("".join(filter(str.isdigit, _written(number.partition(";ext=")[0], "NATIONAL"))))
    return found


def _number(text: str, country: str, field: str) -> str:
    import phonenumbers  # 20 ms, which most commands never need

    number, _, extension = text.partition(";ext=")
    if not _NUMBER.fullmatch(text):
        message = _l("“%(text)s” has more in it than a phone number. Write the words into the note.", text=text)
        raise Invalid(message, field=field)
    try:
        read = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException as error:
        raise Invalid(_unreadable(text, error.error_type == error.INVALID_COUNTRY_CODE), field=field) from None
    if _drops_digits(number, read, country):
        raise Invalid(_unreadable(text, True), field=field)
    if phonenumbers.is_possible_number_with_reason(read) != phonenumbers.ValidationResult.IS_POSSIBLE:
        message = _l(
            "“%(text)s” is too short or too long for a phone number. Write it with its area code, or as abroad: + and the"
            " country code first.",
            text=text,
        )
        raise Invalid(message, field=field)
    kept = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    return f"{kept};ext={extension}" if extension else kept


def _drops_digits(typed: str, read: Any, country: str) -> bool:
    """Whether digits before the number were left out that are neither what one dials to go abroad, nor a country's code, nor
    what one dials within a country: `1 (11) 500 555-0132` isn't a number of the United States."""
    import phonenumbers

    digits, rest = phonenumbers.normalize_digits_only(typed), phonenumbers.national_significant_number(read)
    if not digits.endswith(rest):
        return False  # numbers of some countries change when they are called from abroad
    abroad = phonenumbers.PhoneMetadata.metadata_for_region(country) if country else None
    own = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(
        read.country_code, phonenumbers.region_code_for_country_code(read.country_code)
    )
    before = f"(?:{(abroad and abroad.international_prefix) or '00'})?(?:{read.country_code})?"
    within = (own and own.national_prefix_for_parsing) or ""
    return re.fullmatch(f"{before}(?:{within})?", digits.removesuffix(rest)) is None


def _unreadable(text: str, lacks_country: bool) -> object:
    if lacks_country:
        return _l("“%(text)s” has no country code that there is. Write + and the country code first.", text=text)
    return _l("“%(text)s” isn't a phone number. Write its digits, such as +44 1632 960123.", text=text)


def _shown(number: str) -> str:
    if not is_dialled(number):
        return number
    bare, _, extension = number.partition(";ext=")
    shown = _written(bare, "INTERNATIONAL")
    return f"{shown} ext. {extension}" if extension else shown


def _written(number: str, form: str) -> str:
    """A number that is kept, in a form of `PhoneNumberFormat`; one of a country that there isn't as it stands."""
    import phonenumbers

    try:
        written = phonenumbers.format_number(phonenumbers.parse(number), getattr(phonenumbers.PhoneNumberFormat, form))
    except phonenumbers.NumberParseException:
        return number
    return str(written)
