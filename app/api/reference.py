"""Organisations, currencies and rates, units, countries, number series; what is right of the numbers that the world shares."""

from app.reference import (
    PER_LINE,
    PER_RATE,
    Organisation,
    Unit,
    base_currency,
    dated_rate,
    organisation,
    organisation_id,
    rate_at,
    take_numbers,
    tax_rounding,
)
from app.reference.addresses import PARTS, AddressPart, address_parts, check_address, written_address
from app.reference.bank_accounts import (
    check_account_at,
    check_bank_account,
    check_bic,
    check_iban,
    shown_bank_account,
)
from app.reference.emails import check_email
from app.reference.operations import save_unit, set_rate
from app.reference.own_organisations import books_of, own_organisations
from app.reference.phones import check_phone, phones_of, shown_phone, spellings_of_phone
from app.reference.requisites import requisites
from app.reference.rules import check_country, check_currency, check_day, country_codes, country_name
from app.reference.tax_numbers import TAX_KINDS, check_tax_id, check_tax_kind, shown_tax_id
from app.reference.units import unit_word

__all__ = [
    "AddressPart",
    "PARTS",
    "PER_LINE",
    "PER_RATE",
    "TAX_KINDS",
    "Organisation",
    "Unit",
    "address_parts",
    "base_currency",
    "books_of",
    "check_account_at",
    "check_address",
    "check_bank_account",
    "check_bic",
    "check_country",
    "check_currency",
    "check_day",
    "check_email",
    "check_iban",
    "check_phone",
    "check_tax_id",
    "check_tax_kind",
    "country_codes",
    "country_name",
    "organisation",
    "organisation_id",
    "own_organisations",
    "phones_of",
    "spellings_of_phone",
    "dated_rate",
    "rate_at",
    "requisites",
    "save_unit",
    "set_rate",
    "shown_bank_account",
    "shown_phone",
    "shown_tax_id",
    "take_numbers",
    "tax_rounding",
    "unit_word",
    "written_address",
]
