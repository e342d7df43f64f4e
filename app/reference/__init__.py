"""What every module refers to: the organisation, currencies and rates, units, numbering."""

from app.reference.models import PER_LINE, PER_RATE, CurrencyRate, Organisation, Series, Unit
from app.reference.numbering import pass_number, take_numbers
from app.reference.queries import (
    base_currency,
    dated_rate,
    facts_known,
    organisation,
    organisation_id,
    rate_at,
    tax_rounding,
)

__all__ = [
    "PER_LINE",
    "PER_RATE",
    "CurrencyRate",
    "Organisation",
    "Series",
    "Unit",
    "base_currency",
    "facts_known",
    "organisation",
    "organisation_id",
    "pass_number",
    "dated_rate",
    "rate_at",
    "take_numbers",
    "tax_rounding",
]
