"""What is right of tax numbers, by country, as python-stdnum knows them; and how they are shown. No database."""

import re
from collections.abc import Iterator
from typing import Any

from app.errors import Invalid
from app.reference.rules import country_name
from app.translation import lazily
from app.translation import lazy_gettext as _l

#: What tax offices know companies and people by besides the number for VAT: the names of python-stdnum's modules, by country,
#: those of people last.
#: People of a country that isn't listed may have a number of another form than those that are known.
_ALSO = {
    "AT": ("tin", "businessid"),
    "AU": ("tfn",),
    "BE": ("nn", "bis"),
    "BG": (),
    "BR": ("cpf",),
    "BY": (),
    "CA": ("sin",),
    "CH": ("uid", "ssn"),
    "CN": ("ric",),
    "CZ": (),
    "DE": ("stnr", "idnr"),
    "DK": ("cpr",),
    "EE": ("registrikood", "ik"),
    "ES": ("cif", "dni", "nie"),
    "FI": ("ytunnus", "hetu", "veronumero"),
    "FR": ("siren", "siret", "nif"),
    "GB": ("utr",),
    "GR": (),
    "HR": (),
    "ID": ("nik",),
    "IE": ("pps",),
    "IL": ("idnr",),
    "IN": ("pan",),
    "IS": ("kennitala",),
    "IT": ("codicefiscale",),
    "JP": ("in_",),
    "KR": ("rrn",),
    "LT": ("asmens",),
    "MD": ("idno",),
    "MX": ("curp",),
    "NL": ("bsn",),
    "NO": ("orgnr", "fodselsnummer"),
    "PL": ("pesel", "regon"),
    "RO": ("cui", "cnp"),
    "RU": (),
    "SE": ("orgnr", "personnummer"),
    "SK": ("rc",),
    "TH": ("pin", "tin"),
    "TR": ("tckimlik",),
    "UA": ("edrpou", "rntrc"),
    "US": ("ein", "ssn", "itin"),
    "VN": (),
    "ZA": ("tin", "idnr"),
}
#: what a number may be typed with in a country whose numbers have no known form
_PLAIN = re.compile(r"[\w .,/&+*()\-\u2013]*[0-9][\w .,/&+*()\-\u2013]*")
#: the citizen's number that stands for a Vietnamese person's or household's tax number from July 2025 (Circular
#: 86/2024/TT-BTC, art. 5): province, century and sex, year, six digits; it has no check digit
_CITIZEN = re.compile(r"0[0-9]{11}")
#: python-stdnum 2.2 can't write these as it says it can
_UNSHAPED = ("stdnum.de.stnr",)


def check_tax_id(text: str, *, country: str = "", is_person: bool = False, field: str = "tax_id") -> str:
    """The number as it is kept: without what people put between its digits; with the country's letters before it where they
    were typed, as in numbers for VAT. An empty text stays empty.

    Refused (Invalid), at `field`: a check digit that doesn't fit, a number of no form that `country` (ISO 3166)
    has. Where no form is known it is kept as typed, except a text without a digit or with characters that no number has. A
    Russian person's ИНН has twelve digits; a sole trader may be kept as a company, so a company's may have twelve too.
    """
    text = " ".join(text.split())
    if not text:
        return ""
    if not _PLAIN.fullmatch(text):
        raise Invalid(_l("A tax number has digits, and letters, blanks, points or hyphens at most."), field=field)
    if country == "VN" and _CITIZEN.fullmatch(bare := text.replace(" ", "")):
        return bare
    kinds, wrong = list(_kinds(text, country, is_person)), []
    for prefix, kind in kinds:
        number, is_wrong = _read(kind, text)
        if number and country == "RU" and is_person and len(number) == 10:
            raise Invalid(_l("This is the ИНН of a company: a person's has twelve digits."), field=field)
        if number:
            return _prefixed(prefix, text, number)
        wrong += [kind] if is_wrong else []
    if wrong:
        raise Invalid(_misfit(text, wrong), field=field)
    if kinds and (country in _ALSO or not is_person):
        raise Invalid(_shapeless(text, country, kinds), field=field)
    return text


#: numbers that people keep of somebody → what they are called
TAX_KINDS: dict[str, object] = {
    "tax": _l("Tax number"),
    "vat": _l("VAT number"),
    "ogrn": _l("ОГРН, ОГРНИП"),
    "kpp": _l("КПП"),
    "other": _l("Other number"),
}
#: КПП: office of the tax service, reason (two digits or capital letters), number (Приказ ФНС ММВ-7-6/435@)
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")


def check_tax_kind(kind: str, text: str, *, country: str, is_person: bool = False, field: str = "number") -> str:
    """A number of one of `TAX_KINDS` as it is kept. Refused (Invalid), at `field`: what can't be such a number: a tax number by
    what `check_tax_id` refuses, a VAT number that its country writes otherwise, ОГРН and КПП of other forms or countries."""
    text = " ".join(text.split())
    if kind == "tax":
        return check_tax_id(text, country=country, is_person=is_person, field=field)
    if kind == "vat":
        return _check_vat(text, country, field)
    if kind in ("ogrn", "kpp") and country != "RU":
        raise Invalid(_l("Only Russia has such a number. Choose another kind or country."), field="kind")
    if kind == "ogrn":
        from stdnum.ru import ogrn

        if not (number := _read(ogrn, text)[0]):
            message = _l("“%(text)s” isn't an ОГРН (13 digits) or ОГРНИП (15). Compare each digit.", text=text)
            raise Invalid(message, field=field)
        return number
    if kind == "kpp":
        if not _KPP.fullmatch(number := text.replace(" ", "").upper()):
            raise Invalid(_l("“%(text)s” isn't a КПП: it has nine signs, such as 770701001.", text=text), field=field)
        return number
    if kind not in TAX_KINDS:
        raise Invalid(_l("Choose from the list."), field="kind")
    if not _PLAIN.fullmatch(text):
        raise Invalid(_l("A tax number has digits, and letters, blanks, points or hyphens at most."), field=field)
    return text


def _check_vat(text: str, country: str, field: str) -> str:
    from stdnum.util import get_cc_module

    own = get_cc_module(country, "vat")
    kinds = [(prefix, kind) for prefix, kind in _kinds(text, country, False) if kind is own or prefix != country]
    for prefix, kind in kinds:
        number, is_wrong = _read(kind, text)
        if number:
            return _prefixed(prefix, text, number)
        if is_wrong:
            raise Invalid(_misfit(text, [kind]), field=field)
    if kinds:
        raise Invalid(_shapeless(text, country, kinds), field=field)
    return check_tax_id(text, country=country, field=field)


def shown_tax_id(kept: str, *, country: str = "", is_person: bool = False) -> str:
    """The number as it is written in its country; one that has no such form as it stands."""
    for prefix, kind in _kinds(kept, country, is_person):
        number, _ = _read(kind, kept)
        if number and hasattr(kind, "format") and kind.__name__ not in _UNSHAPED:
            shown = str(kind.format(number))
            return f"{prefix} {shown}" if kept.startswith(prefix) and not shown.startswith(prefix) else shown
    return kept


def _kinds(text: str, country: str, is_person: bool) -> Iterator[tuple[str, Any]]:
    """What a number of a country may be, the likeliest first: the letters that may stand before it, and python-stdnum's
    module. Whoever does business in the Union may have one of its numbers for VAT, wherever they live."""
    if not country:
        return
    from stdnum.eu.vat import MEMBER_STATES  # 50 ms, which most commands never need
    from stdnum.util import get_cc_module

    own, start = "EL" if country == "GR" else country, text[:2].upper()
    land = {"EL": "GR", "XI": "GB"}.get(start, start)
    if start != own and (land.lower() in MEMBER_STATES or start == "XI"):
        yield start, get_cc_module(land, "vat")
    also = _ALSO.get(country, ())
    for name in ("vat", *(reversed(also) if is_person else also)):
        if (kind := get_cc_module(country, name)) is not None:
            yield own, kind


def _read(kind: Any, text: str) -> tuple[str, bool]:
    """The number, if the text is one of the kind; else whether all but its check digit says that it is."""
    from stdnum.exceptions import InvalidChecksum, ValidationError

    try:
        return str(kind.validate(text)), False
    except ValidationError as error:
        return "", isinstance(error, InvalidChecksum)


def _prefixed(prefix: str, text: str, number: str) -> str:
    is_typed = text.upper().startswith(prefix) and not number.startswith(prefix)
    return prefix + number if is_typed else number


def _misfit(text: str, kinds: list[Any]) -> object:
    return _l(
        "A digit of “%(text)s” is wrong: the check digit of the %(kind)s doesn't fit the others. Compare each of them.",
        text=text,
        kind=_title(kinds[0]),
    )


def _shapeless(text: str, country: str, kinds: list[tuple[str, Any]]) -> object:
    return _l(
        "“%(text)s” isn't a tax number of this country (%(country)s: %(kinds)s). Check its length, or choose another country.",
        text=text,
        country=lazily(country_name, country),
        kinds=", ".join(dict.fromkeys(_title(kind) for _prefix, kind in kinds)),
    )


def _title(kind: Any) -> str:
    """What its own country calls it, shortly: how the module's description begins."""
    return str(re.split(r" \(|, ", kind.__doc__.strip())[0])
