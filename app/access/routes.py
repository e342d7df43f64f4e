"""Every route with the addresses at which it can be asked: of one's own records, a teammate's and somebody else's.

The numbers come from the database, and whatever else an address holds from the links and forms of the administrator's pages.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, MapAdapter, Rule

from app.access.scene import Scene
from app.db import Base
from app.documents import Document
from app.security import Scoped
from app.security.limited import Limited, OfLimited
from app.web.kit.lines.lookups import Lookup
from app.web.kit.reports import Report
from app.web.kit.tables import Table

#: What ends the session in which one asks, and help pages, which are as open as the screens that they are of.
_LEFT_OUT = {"static", "core.logout", "core.login_revoke", "core.help_view"}
#: What an answer leads to.
_LINK = re.compile(r'(?:href|action|formaction|hx-get|hx-post)="([^"]+)"')
#: routes that anybody signed in may ask for what has a right of its own, and where that is declared
_ENTRIES: dict[str, tuple[tuple[str, type], ...]] = {
    "core.print_many_new": (("tables", Table),),
    "core.api_list": (("tables", Table), ("reports", Report)),
    "core.lookup": (("tables", Lookup),),
    "core.report_view": (("reports", Report),),
}
#: whose a record is of which there is none to ask for
MISSING = "missing"
#: addresses of one route, method and owner that are tried until the administrator is let in
_MOST = 4


@dataclass
class Asked:
    """A route by one method, as it is asked of one kind of record: whose → addresses."""

    endpoint: str
    method: str
    rule: str
    needs: str
    #: the noun of the record that the address names, where scopes narrow it
    noun: str = ""
    addresses: dict[str, list[str]] = field(default_factory=dict)


class Routes:
    """Gathers the routes of a scene; what they lead to is asked for as whoever asks then."""

    def __init__(self, scene: Scene, beginning: str = "") -> None:
        """`beginning`: of the addresses that are asked for; all, unless said."""
        self.scene, self._beginning = scene, beginning
        self._map = MapAdapter(scene.app.url_map, "localhost", "/", "", "http", "/", "GET", None)
        self._found: dict[tuple[str, str, str], Asked] = {}
        self._followed: set[str] = set()

    def gather(self) -> list[Asked]:
        """Every route that isn't a file; those of lists, look-ups and reports once for each."""
        for rule in self.scene.app.url_map.iter_rules():
            if rule.endpoint in _LEFT_OUT or not rule.rule.startswith(self._beginning):
                continue
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                known = list(self._known_values(rule))
                if not known:
                    self._asked(rule.endpoint, method, rule.rule, "")
                for values in known:
                    self._add(rule.endpoint, method, values)
        self._follow()
        for asked in self._found.values():
            if not asked.addresses:
                asked.addresses[MISSING] = [self._missing(asked)]
        return sorted(self._found.values(), key=lambda asked: (asked.rule, asked.method, asked.noun))

    def _missing(self, asked: Asked) -> str:
        """An address of the route at which there is nothing: whoever may not ask there is refused all the same."""
        rule = next(r for r in self.scene.app.url_map.iter_rules(asked.endpoint) if r.rule == asked.rule)
        values = {
            name: 10**9 if isinstance(converter, IntegerConverter) else "nothing"
            for name, converter in rule._converters.items()
        }
        return self._map.build(asked.endpoint, values, method=asked.method)

    def _known_values(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """What an address of the rule can hold, where the database alone tells."""
        if not rule.arguments:
            yield {}
        if len(rule.arguments) != 1:
            return
        (name,) = rule.arguments
        if name == "name":
            yield from ({"name": entry} for entry in self._entries_of(rule.endpoint))
        elif name.endswith("_id"):
            yield from ({name: row} for row in self._rows_of(rule.endpoint, name.removesuffix("_id")))

    def _entries_of(self, endpoint: str) -> Iterator[str]:
        for file, kind in _ENTRIES.get(endpoint, ()):
            for entry in self.scene.app.company.contributed(file, kind):
                if endpoint != "core.print_many_new" or entry.prints:  # lists of documents alone
                    yield entry.name

    def _rows_of(self, endpoint: str, noun: str) -> list[int]:
        model = model_called(endpoint, noun)
        if model is None:
            return []
        if model is Document:
            query = select(Document.__table__.c.id, Document.__table__.c.kind).order_by(Document.__table__.c.id)
            rows = self.scene.read(lambda s: s.execute(query).all())
            kind = endpoint.partition(".")[0] + "." + endpoint.partition(".")[2].rpartition("_")[0]
            is_of_kind = kind in Document.__mapper__.polymorphic_map
            return [row.id for row in rows if not is_of_kind or row.kind == kind]
        table = model.__table__  # places outside the company have numbers below zero, and no pages
        return list(
            self.scene.read(
                lambda s: s.scalars(select(table.c.id).where(table.c.id > 0).order_by(table.c.id).limit(30)).all()
            )
        )

    def _add(self, endpoint: str, method: str, values: dict[str, Any]) -> None:
        rule = next(r for r in self.scene.app.url_map.iter_rules(endpoint) if r.arguments == values.keys())
        noun, whose = self._whose(endpoint, values)
        entry = str(values.get("name", "")) if endpoint in _ENTRIES else ""
        asked = self._asked(endpoint, method, rule.rule.replace("<name>", entry) if entry else rule.rule, noun, entry)
        address = self._map.build(endpoint, values, method=method)
        known = asked.addresses.setdefault(whose, [])
        if address not in known and len(known) < _MOST:
            known.append(address)

    def _asked(self, endpoint: str, method: str, rule: str, noun: str, entry: str = "") -> Asked:
        needs = self._needs_of(endpoint, entry)
        return self._found.setdefault((rule, method, noun), Asked(endpoint, method, rule, needs, noun))

    def _needs_of(self, endpoint: str, entry: str) -> str:
        """What the route needs; where anybody signed in may ask, what the list, look-up or report does that it names."""
        for file, kind in _ENTRIES.get(endpoint, ()):
            for each in self.scene.app.company.contributed(file, kind):
                if each.name == entry:
                    return str(each.needs)
        return self.scene.app.needs[endpoint]

    def _whose(self, endpoint: str, values: dict[str, Any]) -> tuple[str, str]:
        """Of the record that an address names: its noun and whose it is; of one that is open to whom another is, such as a
        contract of a contact, that one's. Nothing where scopes don't narrow such records."""
        for name, value in values.items():
            for model, rows in self.scene.whose.items():
                is_named = name == _argument_of(model) or (name == "record_id" and _is_of(model, values.get("target")))
                if is_named and value in rows:
                    return self._noun_of(model, value), rows[value]
            if name.endswith("_id") and (found := self._whose_else(endpoint, name.removesuffix("_id"), value)):
                return found
        return "", ""

    def _whose_else(self, endpoint: str, noun: str, value: int) -> tuple[str, str] | None:
        model = model_called(endpoint, noun)
        if model is None or not issubclass(model, Scoped) or issubclass(model, Limited | OfLimited):
            return None  # limits are a user's own; no role of the scene has any
        table = model.__table__
        for owner in sorted(self.scene.whose, key=lambda each: each is Document):
            for key in (k for k in table.foreign_keys if k.column.table is owner.__table__):
                query = select(key.parent).where(table.c.id == value)
                row = self.scene.read(lambda s, query=query: s.scalar(query))
                if row in self.scene.whose[owner]:
                    return self._noun_of(owner, row), self.scene.whose[owner][row]
        return None

    def _noun_of(self, model: Any, row: int) -> str:
        if model is not Document:
            return str(model.noun)
        table = Document.__table__
        return str(self.scene.read(lambda s: s.scalar(select(table.c.kind).where(table.c.id == row))))

    def _follow(self) -> None:
        """Read what the pages lead to, a few of each route and owner, for addresses that the database alone doesn't tell."""
        waiting = ["/", *self._pages()]
        while waiting:
            address = waiting.pop()
            if address in self._followed:
                continue
            self._followed.add(address)
            answer = self.scene.ask("GET", address)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            before = sum(1 for _ in self._pages())
            for link in _LINK.findall(answer.text):
                self._note_link(html.unescape(link).partition("#")[0].partition("?")[0])
            if sum(1 for _ in self._pages()) > before:
                waiting += [page for page in self._pages() if page not in self._followed]

    def _pages(self) -> Iterator[str]:
        for asked in self._found.values():
            if asked.method == "GET" and not asked.rule.startswith("/api/"):
                for addresses in asked.addresses.values():
                    yield addresses[0]

    def _note_link(self, path: str) -> None:
        for method in ("GET", "POST"):
            try:
                endpoint, values = self._map.match(path, method=method)
            except HTTPException:
                continue
            if endpoint not in _LEFT_OUT and path.startswith(self._beginning):
                self._add(endpoint, method, dict(values))


def model_called(endpoint: str, noun: str) -> Any:
    """The model that an address means by `<noun>_id`: of the endpoint's own module before others."""
    if noun == "document":
        return Document
    own = endpoint.partition(".")[0]
    models = [m.class_ for m in Base.registry.mappers if m.inherits is None and "id" in m.local_table.c]
    named = [
        m
        for m in models
        if hasattr(m, "__tablename__")
        and m.__tablename__.partition("_")[2] in (noun, f"item_{noun}", f"currency_{noun}")
    ]
    return next((m for m in sorted(named, key=lambda m: not m.__tablename__.startswith(f"{own}_"))), None)


def _is_of(model: Any, target: object) -> bool:
    """Whether the target of an address such as that of files, a noun or a kind of document, is of the model."""
    return target in Document.__mapper__.polymorphic_map if model is Document else target == model.noun


def _argument_of(model: Any) -> str:
    return "document_id" if model is Document else f"{model.noun.rpartition('.')[2]}_id"
