"""Asking every route as each role, of one's own records, a teammate's and somebody else's,
and comparing the answers with what is declared."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.access.declared import CLOSED, HIDDEN, OPEN, ROLES, Declared, declared_role
from app.access.routes import MISSING, Asked, Routes
from app.access.scene import WHOSE, Scene, narrowed_models, scratch_copy
from app.documents import Document
from app.web.edge.routing import DOOR, PUBLIC
from app.web.kit.tables import Table

#: rows of a list that are asked for: the most that its API gives
_ROWS = 500


@dataclass(frozen=True)
class Cell:
    """How one route answered one role for records of one owner, and what is declared of it."""

    method: str
    rule: str
    needs: str
    role: str
    #: own, team, other; nothing where the route names no record that scopes narrow
    whose: str
    #: open, closed (refused) or hidden (as if there weren't such a record)
    answer: str
    declared: str
    #: what was asked
    address: str

    @property
    def deviates(self) -> bool:
        """Whether more is open than declared, or less; what is declared closed may as well not be there. What anybody may ask
        refuses by itself, such as a sign-in without a password."""
        if self.needs in (PUBLIC, DOOR):
            return False
        if self.whose == MISSING:  # only whether one may ask can be seen
            return (self.answer == CLOSED) != (self.declared == CLOSED)
        return self.answer != self.declared and (self.declared, self.answer) != (CLOSED, HIDDEN)


@dataclass
class Matrix:
    """What was tried."""

    cells: list[Cell] = field(default_factory=list)

    @property
    def deviations(self) -> list[str]:
        """What isn't as declared, a line each."""
        return [
            f"{c.role}: {c.method} {c.address} ({c.whose or 'any'}) is {c.answer}, declared {c.declared} by {c.needs}"
            for c in self.cells
            if c.deviates
        ]

    def lines(self) -> Iterator[str]:
        """A line for each route: of each role whether it is open, and for whose records; then what isn't as declared."""
        known: dict[tuple[str, str], dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
        roles = dict.fromkeys(cell.role for cell in self.cells)
        for cell in self.cells:
            known[cell.rule, cell.method][cell.role].append(cell)
        wide = max((len(rule) for rule, _method in known), default=0)
        yield f"{'':<{wide + 6}}{''.join(f'{role:<17}' for role in roles)}needs"
        for (rule, method), by_role in known.items():
            said = "".join(f"{_said(by_role[role]):<17}" for role in roles)
            needs = next(cell.needs for cells in by_role.values() for cell in cells)
            yield f"{method:<5} {rule:<{wide}}{said}{needs}"
        yield from (f"NOT AS DECLARED: {line}" for line in self.deviations)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"cells": [asdict(cell) for cell in self.cells], "deviations": self.deviations}


def _said(cells: list[Cell]) -> str:
    """Whose records are open; `yes` where the route names none that scopes narrow."""
    whose = [cell.whose for cell in cells if cell.answer == OPEN]
    owned = [each for each in WHOSE if each in whose]
    is_let_in = "" in whose or any(cell.whose == MISSING and cell.answer != CLOSED for cell in cells)
    return "all" if len(owned) == len(WHOSE) else "yes" if is_let_in else ", ".join(owned) or "-"


def access_matrix(sample: Path | None = None, roles: tuple[str, ...] = ROLES, beginning: str = "") -> Matrix:
    """The matrix of a scratch copy: of the sample company, or of a database file that holds it. `beginning`: of the addresses
    that are asked for; all, unless said."""
    with scratch_copy(sample) as scene:
        return _Trial(scene, roles, beginning).run()


class _Trial:
    def __init__(self, scene: Scene, roles: tuple[str, ...], beginning: str) -> None:
        self.scene, self.roles, self.beginning, self.matrix = scene, roles, beginning, Matrix()
        #: lists whose rows scopes narrow, each with whose rows it has at all
        self._lists: list[tuple[Table, set[str]]] = []

    def run(self) -> Matrix:
        """Ask as the administrator what there is, and then as each role."""
        self.scene.act_as("administrator")
        chosen = [(each, self._addresses(each)) for each in Routes(self.scene, self.beginning).gather()]
        tables = self.scene.app.company.contributed("tables", Table)
        narrowed = [t for t in tables if _address(t).startswith(self.beginning) and _model_of(t)]
        self._lists = [(table, self._shown(table) or set()) for table in narrowed]
        manifests = list(self.scene.app.company.manifests())
        for role in self.roles:
            self.scene.act_as(role)
            declared = declared_role(role, manifests)
            for each, addresses in chosen:
                self.matrix.cells += self._ask(each, addresses, declared)
            self.matrix.cells += self._ask_lists(declared)
        return self.matrix

    def _addresses(self, asked: Asked) -> dict[str, str]:
        """Whose → an address at which the administrator finds something."""
        found = {}
        for whose, addresses in asked.addresses.items():
            for address in addresses:
                if whose == MISSING or self._answer(asked.method, address) == OPEN:
                    found[whose] = address
                    break
        return found or {MISSING: next(iter(asked.addresses.values()))[0]}

    def _ask(self, asked: Asked, addresses: dict[str, str], declared: Declared) -> Iterator[Cell]:
        """A route that is closed as a whole is asked once, whoever its records belong to."""
        declares = {whose: declared.answer(asked.needs, asked.noun, whose) for whose in addresses}
        is_closed = set(declares.values()) == {CLOSED}
        for whose, address in list(addresses.items())[: 1 if is_closed else None]:
            yield Cell(
                asked.method,
                asked.rule,
                asked.needs,
                declared.name,
                whose,
                self._answer(asked.method, address),
                declares[whose],
                address,
            )

    def _answer(self, method: str, address: str) -> str:
        answer = self.scene.ask(method, address)
        if answer.status_code == 404:
            return HIDDEN
        sent_away = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
        return CLOSED if answer.status_code in (401, 403) or sent_away else OPEN

    def _ask_lists(self, declared: Declared) -> Iterator[Cell]:
        """Whose rows a list shows to the role, of those that it has."""
        for table, there in self._lists:
            shown, noun = self._shown(table), _noun_of(table)
            for whose in WHOSE if shown is not None else ():
                is_declared = whose in declared.sees(noun) and whose in there
                answer, declares = (OPEN if is_open else HIDDEN for is_open in (whose in (shown or ()), is_declared))
                rule = _address(table)
                yield Cell("ROWS", rule, f"{noun}.view", declared.name, whose, answer, declares, rule)

    def _shown(self, table: Table) -> set[str] | None:
        """Whose rows the list shows; None when it isn't open."""
        answer = self.scene.ask("GET", f"{_address(table)}?limit={_ROWS}")
        if answer.status_code != 200:
            return None
        known = self.scene.whose[_model_of(table)]
        return {known[row["id"]] for row in answer.json["rows"] if row.get("id") in known}


def _address(table: Table) -> str:
    return f"/api/v1/lists/{table.name}"


def _model_of(table: Table) -> Any:
    """The model whose rows the list shows, where scopes narrow it: by the table of its key."""
    of = getattr(table.key, "table", None)
    return next(
        (m for m in narrowed_models() if of in [t for sub in m.__mapper__.self_and_descendants for t in sub.tables]),
        None,
    )


def _noun_of(table: Table) -> str:
    """The noun of its rows: a journal is called by its kind of document."""
    return table.name if table.name in Document.__mapper__.polymorphic_map else str(_model_of(table).noun)


__all__ = ["ROLES", "Cell", "Matrix", "access_matrix"]
