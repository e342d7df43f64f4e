"""The contacts' pages, a file for each thing that they show."""

from modules.contacts.routes import (
    allocations,
    contacts,
    contracts,
    details,
    folders,
    labels,
    payments,
    relations,
    statements,
)
from modules.contacts.routes.blueprint import routes

__all__ = [
    "allocations",
    "contacts",
    "contracts",
    "details",
    "folders",
    "labels",
    "payments",
    "relations",
    "routes",
    "statements",
]
