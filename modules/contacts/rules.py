"""What is right of contacts, payments and open items, whoever writes them: pure rules, no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.api.errors import Conflict, Invalid
from app.api.reference import (
    check_bank_account,
    check_country,
    check_currency,
    check_day,
    check_email,
    check_phone,
    check_tax_id,
)
from app.api.texts import kept, money, one_line
from app.api.texts import lazy_gettext as _l
from app.api.values import MOST_OF_A_DOCUMENT, Money, digits_of, from_units, round_money, to_units
from modules.contacts.conditions import check_conditions, check_limit
from modules.contacts.languages import LANGUAGES
from modules.contacts.models import KINDS, PEOPLE, Contact

METHODS = ("bank", "cash", "card")
#: how it goes with a contact
IMPORTANCE = {"hot": _l("Hot"), "well": _l("Going well"), "badly": _l("Going badly")}


def contact_fields(
    kind: str, fields: Mapping[str, Any], *, currency: str, home: str = "", known: Contact | None = None
) -> dict[str, Any]:
    """Some fields of a contact of `kind`, as they are kept. `currency` and `home`, a country, are the organisation's own;
    `known` is the contact as it stands: what it says already is not checked again, unless it moves to another country.

    Refused (Invalid): no such kind, another one, what contacts of this kind don't have; no name; what isn't a country, e-mail
    address, phone number (one without a country's code is of the contact's country, else of `home`), tax number of the
    contact's country or IBAN; a text that is too long; a credit limit below zero or finer than the currency.
    """
    if kind not in KINDS:
        raise Invalid(_l("A contact is a legal entity, a sole proprietor or an individual."), field="kind")
    if fields.get("kind", kind) != kind:
        raise Invalid(_l("this contact is of another kind"), field="kind")
    for name in fields:
        if name not in KINDS[kind].__mapper__.columns:
            raise Invalid(_l("contacts of this kind have no such field"), field=name)
    country = one_line(str(fields.get("country") or ""))
    if country and (known is None or country != known.country):
        check_country(country)  # before it is "too long"
    values = kept(KINDS[kind], fields)
    if not values.get("name", kind):
        raise Invalid(_l("A contact needs a name."), field="name")
    if values.get("language", "") not in ("", *LANGUAGES):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=values["language"]), field="language")
    if values.get("importance", "") not in ("", *IMPORTANCE):
        raise Invalid(_l("“%(value)s” is none of the choices.", value=values["importance"]), field="importance")
    if (born := values.get("birth_date")) is not None:
        check_day(born, field="birth_date")
    values |= kept(KINDS[kind], _numbers(kind, values, home, known))
    check_limit(values.get("credit_limit"), currency)
    check_conditions(values)
    return values


def _numbers(kind: str, values: Mapping[str, Any], home: str, known: Contact | None) -> dict[str, Any]:
    """What is new of the e-mail address, phone numbers, tax number and bank account, as they are kept."""
    country = values.get("country", known.country if known is not None else "")
    is_moved = known is not None and country != known.country
    checks: dict[str, Callable[[str], str]] = {
        "email": check_email,
        "phone": lambda text: check_phone(text, country=country or home),
        "tax_id": lambda text: check_tax_id(text, country=country, is_person=kind in PEOPLE),
        "bank_account": check_bank_account,
    }
    found = {}
    for name, check in checks.items():
        stored = getattr(known, name, None)
        text = values.get(name, stored if is_moved and name == "tax_id" else None)
        if isinstance(text, str) and text and (text != stored or (is_moved and name == "tax_id")):
            found[name] = check(text)
    return found


def check_payment(amount: Decimal, currency: str, *, base: str, direction: str, method: str) -> None:
    """Refuse (Invalid) an amount that is not above zero, too large or finer than its currency; a currency that is neither in
    use nor `base`, the organisation's own; a direction or method that there isn't."""
    if currency != base:
        check_currency(currency)
    if not Money.holds(amount) or amount > MOST_OF_A_DOCUMENT:
        raise Invalid(_l("The amount can't be paid: it is too large or not a number."), field="amount")
    if amount <= 0:
        raise Invalid(_l("The amount must be above zero."), field="amount")
    _check_digits(amount, currency, field="amount")
    if direction not in ("in", "out") or method not in METHODS:
        raise Invalid(_l("A payment comes in or goes out, by bank, cash or card."), field="direction")


def _check_digits(amount: Decimal, currency: str, *, field: str) -> None:
    if round_money(amount, digits_of(currency)) != amount:
        raise Invalid(_l("%(currency)s has only %(n)s digits.", currency=currency, n=digits_of(currency)), field=field)


@dataclass(frozen=True, slots=True)
class Item:
    """An open item, as far as a document that settles it has to know it."""

    id: int
    document_id: int
    contact_id: int
    currency: str
    #: the document's number
    number: str
    #: when its document happened
    moment: datetime
    due: date | None = None
    contract_id: int | None = None


@dataclass(slots=True)
class Standing:
    """What is open of an item, in units of 10**-4: in its own currency and in the organisation's. Above zero: they owe us."""

    amount: int
    base: int

    def base_of(self, part: int, step: int) -> int:
        """The carried base of `part` (above zero) of the amount, with the sign of the base: its share, to whole `step` units
        and half up, or all that is left when the whole is taken."""
        if part == abs(self.amount):
            return self.base
        share = (2 * abs(self.base) * part + abs(self.amount) * step) // (2 * abs(self.amount) * step) * step
        return share if self.base >= 0 else -share

    def take(self, part: int, base: int) -> None:
        """Bring the item nearer to zero by `part` units, which carry `base`."""
        self.amount -= part if self.amount > 0 else -part
        self.base -= base


def within(amount: int, made: int) -> bool:
    """Whether what is open of an item lies between zero and what its document made, on the document's side."""
    return 0 <= amount <= made if made >= 0 else made <= amount <= 0


def same_rate(amount: int, base: int, made: int, made_base: int, *, coins: int) -> bool:
    """Whether what is open of an item carries the base that its document's rate gives, except for `coins` that the rounding of
    parts may have left; what is paid carries none."""
    if amount == 0:
        return base == 0
    return abs(base * made - amount * made_base) <= coins * abs(made)


def check_part(amount: Decimal, currency: str) -> int:
    """An amount that is to be moved, in units. Refused (Invalid): not above zero, finer than the currency, too large."""
    if not Money.holds(amount) or amount <= 0:
        raise Invalid(_l("The amount to allocate must be above zero."), field="amount")
    _check_digits(amount, currency, field="amount")
    return to_units(amount, Money.scale)


def check_dated(item: Item, moment: datetime) -> None:
    """Refuse (Conflict) to settle an item before the moment of its document."""
    if item.moment > moment:
        raise Conflict(_l("%(number)s has a later date: nothing can settle it before.", number=item.number))


def check_open(item: Item, standing: Standing, part: int) -> None:
    """Refuse (Conflict) to go past zero."""
    if part > abs(standing.amount):
        left = from_units(abs(standing.amount), Money.scale)
        raise Conflict(
            _l(
                "Only %(left)s %(currency)s of %(number)s is open.",
                left=money(left, item.currency),
                currency=item.currency,
                number=item.number,
            )
        )


def check_opposite(item: Item, standing: Standing, sign: int) -> None:
    """Refuse (Conflict) what is owed the same way as what is to settle it (`sign`): nothing would be paid by that."""
    if standing.amount * sign > 0:
        message = _l("%(number)s is owed in the same direction, so this can't settle it.", number=item.number)
        raise Conflict(message)
