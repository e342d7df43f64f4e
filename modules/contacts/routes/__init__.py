"""The contacts' pages, a file for each thing that they show."""

from modules.contacts.routes import (
    accounts,
    activities,
    adjustments,
    allocations,
    bank,
    calendar,
    contacts,
    contracts,
    details,
    folders,
    labels,
    letters,
    moves,
    payments,
    relations,
    statements,
    tasks,
)
from modules.contacts.routes.blueprint import routes

__all__ = [
    "accounts",
    "activities",
    "adjustments",
    "allocations",
    "bank",
    "calendar",
    "contacts",
    "contracts",
    "details",
    "folders",
    "labels",
    "letters",
    "moves",
    "payments",
    "relations",
    "routes",
    "statements",
    "tasks",
]
