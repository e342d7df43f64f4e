"""Bringing in other people's tables: workbooks and text files, presets that say what their columns mean, and a full account.

What is made of a row, its module decides: it declares a `Target` in its `imports.py`.
"""

from app.importing.cells import (
    BadCell,
    Refused,
    as_code,
    as_day,
    as_decimal,
    as_flag,
    as_moment,
    as_one_of,
    as_text,
    as_whole,
    is_blank,
)
from app.importing.choices import Choices
from app.importing.custom import read_custom
from app.importing.files import ENDINGS, Row
from app.importing.presets import Preset
from app.importing.records import Field, Record, plain_preset, records
from app.importing.report import Report
from app.importing.run import Import, Progress, Target, columns_of, run_import, targets

__all__ = [
    "ENDINGS",
    "BadCell",
    "Choices",
    "Field",
    "Import",
    "Preset",
    "Progress",
    "Record",
    "Refused",
    "Report",
    "Row",
    "Target",
    "as_code",
    "as_day",
    "as_decimal",
    "as_flag",
    "as_moment",
    "as_one_of",
    "as_text",
    "as_whole",
    "columns_of",
    "is_blank",
    "plain_preset",
    "read_custom",
    "records",
    "run_import",
    "targets",
]
