"""Which tax a line has, and why. Pure: no database.

What is agreed for a contact goes first, then where the goods or services go to or come from, then the item, its group, and what
the organisation usually charges.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.api.texts import lazy_gettext as _l
from modules.trade.taxes.categories import EUROPEAN_UNION

#: from which day on which rate (per cent) is in force
Rates = Sequence[tuple[date, Decimal]]


class Party(NamedTuple):
    """What taxes ask of a contact."""

    #: ISO 3166-1 alpha-2; empty: unknown
    country: str = ""
    #: whether it has a number for VAT, so that it is a business to others' tax offices
    has_vat_number: bool = False
    #: the code that is agreed for it
    code_id: int | None = None


class Policy(NamedTuple):
    """The codes that an organisation uses where nothing nearer says otherwise; None: as at home."""

    #: ISO 3166-1 alpha-2
    home: str = ""
    code_id: int | None = None
    #: goods to a country outside
    export_id: int | None = None
    #: goods to, or from, a business in another country of the European Union
    community_id: int | None = None
    #: services to a business in another country of the European Union; those from abroad
    reverse_id: int | None = None
    #: services to a country outside
    abroad_id: int | None = None
    #: goods from a country outside: their supplier charges no tax, customs do (`trade.import_tax`)
    import_id: int | None = None


class Decision(NamedTuple):
    """A code, if there is one, and why it is that."""

    code_id: int | None
    reason: object


def tax_for(
    policy: Policy,
    party: Party,
    *,
    is_sale: bool,
    is_goods: bool,
    item_code_id: int | None = None,
    group_code_id: int | None = None,
) -> Decision:
    """The tax code of a line that is sold to, or bought from, `party`."""
    if party.code_id is not None:
        return Decision(party.code_id, _l("agreed for the contact"))
    across = _across(policy, party, is_sale=is_sale, is_goods=is_goods)
    if across is not None and across.code_id is not None:
        return across
    return tax_at_home(policy, item_code_id=item_code_id, group_code_id=group_code_id)


def tax_at_home(policy: Policy, *, item_code_id: int | None = None, group_code_id: int | None = None) -> Decision:
    """The tax code of an item that is sold within the country: that which whoever buys it from abroad owes, too."""
    if item_code_id is not None:
        return Decision(item_code_id, _l("of the item"))
    if group_code_id is not None:
        return Decision(group_code_id, _l("of the group of items"))
    return Decision(policy.code_id, _l("what the organisation usually has"))


def _across(policy: Policy, party: Party, *, is_sale: bool, is_goods: bool) -> Decision | None:
    """Of what crosses a border. A customer within the Union without a number is taxed as at home (art. 32, below the threshold
    of art. 59c of Directive 2006/112/EC)."""
    if not (policy.home and party.country) or policy.home == party.country:
        return None
    if {policy.home, party.country} <= EUROPEAN_UNION:
        if not party.has_vat_number:
            return None
        if is_goods:
            return Decision(policy.community_id, _l("a business in another country of the European Union"))
        return Decision(policy.reverse_id, _l("a business in another country of the European Union"))
    if is_goods:
        if is_sale:
            return Decision(policy.export_id, _l("goods to another country"))
        return Decision(policy.import_id, _l("goods from another country"))
    if is_sale:
        return Decision(policy.abroad_id, _l("services to another country"))
    return Decision(policy.reverse_id, _l("services from another country"))


def rate_on(rates: Rates, day: date) -> Decimal | None:
    """The rate that is in force on a day; None: none was yet."""
    known = [(since, rate) for since, rate in rates if since <= day]
    return max(known)[1] if known else None


def spans_of(rates: Rates) -> Mapping[str, str]:
    """The rates as a page's script takes them: the day from which each is in force → the rate."""
    return {since.isoformat(): f"{rate.normalize():f}" for since, rate in sorted(rates)}
