"""The contacts' pages, a file for each thing that they show."""

from modules.contacts.routes import (
    accounts,
    adjustments,
    allocations,
    calendar,
    contacts,
    details,
    folders,
    labels,
    moves,
    payments,
    relations,
    statements,
)
from modules.contacts.routes.blueprint import routes

__all__ = [
    "accounts",
    "adjustments",
    "allocations",
    "calendar",
    "contacts",
    "details",
    "folders",
    "labels",
    "moves",
    "payments",
    "relations",
    "routes",
    "statements",
]
