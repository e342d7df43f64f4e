"""The contacts' pages, a file for each thing that they show."""

from modules.contacts.routes import (
    activities,
    allocations,
    contacts,
    details,
    folders,
    labels,
    payments,
    relations,
    statements,
    tasks,
)
from modules.contacts.routes.blueprint import routes

__all__ = [
    "activities",
    "allocations",
    "contacts",
    "details",
    "folders",
    "labels",
    "payments",
    "relations",
    "routes",
    "statements",
    "tasks",
]
