"""Why a line has the tax that it has, by the codes of EN 16931 (UNCL5305). Pure: no database.

A reduced rate has no category of its own there: "S" is whatever has a rate above zero.
"""

from collections.abc import Mapping

from app.api.texts import lazy_gettext as _l

STANDARD, ZERO, EXEMPT, REVERSE, COMMUNITY, EXPORT, OUTSIDE = "S", "Z", "E", "AE", "K", "G", "O"
#: nobody has said why
UNSAID = ""

CATEGORIES: Mapping[str, object] = {
    STANDARD: _l("Standard or reduced rate"),
    ZERO: _l("Zero-rated"),
    EXEMPT: _l("Exempt from tax"),
    REVERSE: _l("Reverse charge"),
    COMMUNITY: _l("Intra-Community supply"),
    EXPORT: _l("Export"),
    OUTSIDE: _l("Outside the scope of tax"),
}
#: as they stand in lists, with what nobody has said of
WORDS: Mapping[str, object] = {**CATEGORIES, UNSAID: _l("Not stated")}
#: of a purchase, whoever buys owes the tax, and deducts it
SELF_ASSESSED = (REVERSE, COMMUNITY)

#: the countries among which goods go without customs (Directive 2006/112/EC, art. 5)
EUROPEAN_UNION = frozenset(
    (
        *(
            "AT",
            "BE",
            "BG",
            "CY",
            "CZ",
            "DE",
            "DK",
            "EE",
            "ES",
            "FI",
            "FR",
            "GR",
            "HR",
            "HU",
            "IE",
            "IT",
            "LT",
            "LU",
            "LV",
        ),
        *("MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
