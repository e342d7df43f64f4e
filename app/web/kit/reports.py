"""Reports: figures that people ask for, declared once in a module's `reports.py`.

A report is a declared list with parameters, which decide what it counts and not just which rows are shown. Its page, its XLSX
file and its API come from the list (`app.web.kit.lists`); `/reports` has all that are open to the user.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from app.company import Company
from app.security import Actor
from app.web.kit.tables import Table, value_of


@dataclass(frozen=True)
class Parameter:
    """What one says to a report. `kind` as of a filter: date, number, text or choice; or record, the number of one in the
    database, which links say and nobody types."""

    name: str
    title: object
    kind: str = "date"
    #: value, title pairs; or what finds them
    choices: Sequence[tuple[str, object]] | Callable[[Session], Sequence[tuple[str, object]]] = ()
    #: what stands for a parameter that isn't said, as it would be typed; empty: nothing
    default: Callable[[], str] = str

    def offered(self, session: Session) -> Sequence[tuple[str, object]]:
        """The choices."""
        return self.choices(session) if callable(self.choices) else self.choices


@dataclass(frozen=True)
class Report:
    """Figures with parameters, as a list; its permission is `needs`."""

    #: `module.noun`, as of the list
    name: str
    title: object
    needs: str
    #: what it tells, in a sentence
    about: object
    #: (session, parameter → value) → the list; parameters without a value are left out
    of: Callable[[Session, Mapping[str, Any]], Table]
    parameters: tuple[Parameter, ...] = ()
    #: the module's own page of it, which calls `show_report`; without one it is at `/reports/<name>`
    endpoint: str = ""

    @classmethod
    def on(
        cls,
        table: Table,
        about: object,
        of: Callable[[Session, Mapping[str, Any]], Table] | None = None,
        **options: Any,
    ) -> "Report":
        """A report that is a declared list as long as nothing is said, and what `of` makes of it otherwise."""

        def list_of(session: Session, asked: Mapping[str, Any]) -> Table:
            return of(session, asked) if of is not None and asked else table

        return cls(table.name, table.title, table.needs, about, list_of, **options)

    def said(self, arguments: Mapping[str, Any]) -> dict[str, str]:
        """The parameters as an address says them; where it leaves one out or empty, as it is by itself."""
        return {p.name: str(arguments.get(p.name) or p.default()) for p in self.parameters}

    def asked(self, session: Session, arguments: Mapping[str, Any]) -> Table:
        """The list for what an address says; refused (Invalid): what can't be a parameter's value."""
        return self.of(session, self.values(arguments))

    def values(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What an address says, as `of` takes it; refused (Invalid): what can't be a parameter's value."""
        said = self.said(arguments)
        return {p.name: value_of(p.name, p.kind, said[p.name]) for p in self.parameters if said[p.name]}


def address_of(report: Report) -> str:
    """Where a report is shown."""
    return url_for(report.endpoint) if report.endpoint else url_for("core.report_view", name=report.name)


def open_reports(company: Company, actor: Actor) -> list[Report]:
    """The reports that are open to the actor, of the modules that are on."""
    return [report for report in company.contributed("reports", Report) if actor.may(report.needs)]
