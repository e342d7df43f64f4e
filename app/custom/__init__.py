"""Custom fields: what a company adds to its documents, contacts and items, and what its records say in them."""

from app.custom.fields import PREFIX, TYPES, CustomField, checked, custom_name, said_alike, value_named
from app.custom.models import CustomFieldRow, CustomValue
from app.custom.queries import fields_known, fields_of, open_fields
from app.custom.records import Customised, subjects
from app.custom.values import load_values, set_custom

__all__ = [
    "PREFIX",
    "TYPES",
    "CustomField",
    "CustomFieldRow",
    "CustomValue",
    "Customised",
    "checked",
    "custom_name",
    "fields_known",
    "fields_of",
    "load_values",
    "open_fields",
    "said_alike",
    "set_custom",
    "subjects",
    "value_named",
]
