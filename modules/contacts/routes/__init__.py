"""The contacts' pages, a file for each thing that they show."""

from modules.contacts.routes import (
    allocations,
    contacts,
    details,
    folders,
    labels,
    merging,
    payments,
    relations,
    statements,
)
from modules.contacts.routes.blueprint import routes

__all__ = [
    "allocations",
    "contacts",
    "details",
    "folders",
    "labels",
    "merging",
    "payments",
    "relations",
    "routes",
    "statements",
]
