"""Reading files into records."""

from app.importing import (
    BadCell,
    Field,
    Import,
    Preset,
    Record,
    Target,
    as_code,
    as_day,
    as_decimal,
    as_moment,
    as_one_of,
    as_text,
    plain_preset,
    read_custom,
    records,
)

__all__ = [
    "BadCell",
    "Field",
    "Import",
    "Preset",
    "Record",
    "Target",
    "as_code",
    "as_day",
    "as_decimal",
    "as_moment",
    "as_one_of",
    "as_text",
    "plain_preset",
    "read_custom",
    "records",
]
