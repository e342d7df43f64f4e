"""What switching a module on would do, shown before it is done."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.migrations import pending
from app.past_policy import PastPolicy
from app.registry.discovery import Installed
from app.registry.lifecycle import closure
from app.registry.models import ModuleState

if TYPE_CHECKING:
    from app.company import Company

_OWN = PastPolicy("what switching a module on would change is read from the tables themselves")


@dataclass(frozen=True)
class Change:
    """One module that would go on."""

    module: Installed
    #: whether its tables are made or changed
    migrates: bool
    #: whether it has never been on, so that its rights are given to the shipped roles
    is_first_time: bool


def preview(session: Session, company: "Company", name: str) -> list[Change]:
    """The modules that would go on with `name`, required ones first. Refused as enabling is."""
    known = {row.name: row.is_enabled for row in session.execute(select(ModuleState.name, ModuleState.is_enabled))}
    connection = _OWN(session)
    return [
        Change(module, bool(pending(connection, company.source_of(module.name))), module.name not in known)
        for module in closure(company, name)
        if not known.get(module.name)
    ]
