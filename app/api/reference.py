"""Organisations, currencies and rates, units, countries, number series."""

from app.reference import Organisation, Unit, base_currency, organisation, organisation_id, rate_at, take_numbers
from app.reference.emails import check_email
from app.reference.operations import save_unit
from app.reference.rules import check_country, check_currency, country_codes

__all__ = [
    "Organisation",
    "Unit",
    "base_currency",
    "check_country",
    "check_currency",
    "check_email",
    "country_codes",
    "organisation",
    "organisation_id",
    "rate_at",
    "save_unit",
    "take_numbers",
]
