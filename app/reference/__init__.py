"""What every module refers to: the organisation, currencies and rates, units, numbering."""

from app.reference.models import CurrencyRate, Organisation, Series, Unit
from app.reference.numbering import pass_number, take_numbers
from app.reference.queries import base_currency, facts_known, organisation, organisation_id, rate_at

__all__ = [
    "CurrencyRate",
    "Organisation",
    "Series",
    "Unit",
    "base_currency",
    "facts_known",
    "organisation",
    "organisation_id",
    "pass_number",
    "rate_at",
    "take_numbers",
]
