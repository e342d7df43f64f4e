"""What can be read off a module without a database: its names, its tables, its declared rights."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core_module import module as core
from app.db import Base
from app.documents import Document, Print
from app.ledger import Register
from app.registry import Installed, discover
from app.security import Actor
from app.web.edge.routing import ANY, DOOR, PARTNER, PUBLIC
from app.web.kit.cards import ANY_DOCUMENT, Card
from app.web.kit.reports import Report
from app.web.kit.tables import Table

#: How a permission is asked for: require(actor, "…"), may("…") in code and templates, needs="…".
_ASKED = re.compile(r"""(?:require\(\s*\w+,\s*|may\(\s*|needs=\s*)["']([\w.]*\w)["']""")


#: Pages without tabs that show buttons of every module.
_BEGUN = re.compile(r"begin_buttons\(\"([\w.]+)\"")
_PANELS = re.compile(r"panels\(\"([\w.]+)\"")


def _kinds_of_documents(module: Installed) -> Iterator[str]:
    for kind, mapper in Document.__mapper__.polymorphic_map.items():
        if mapper.class_.__module__.startswith(f"{module.package}."):
            yield kind


def _with_required(module: Installed) -> Iterator[tuple[Installed, Any]]:
    """The module and what it requires, each with its manifest."""
    todo = [module.name]
    while todo:
        found = discover()[todo.pop()]
        assert found.manifest is not None
        yield found, found.manifest
        todo += found.manifest.requires


def _open(module: Installed) -> set[str]:
    """Permissions that the module may name: its own, the core's, and those of what it requires."""
    own = {p.name for _, manifest in _with_required(module) for p in manifest.permissions}
    return own | {p.name for p in core.permissions}


def test_it_loads(module: Installed) -> None:
    assert module.error is None
    assert module.manifest is not None


def test_its_name_is_its_folders(module: Installed) -> None:
    assert module.manifest is not None
    assert module.manifest.name == module.name == module.folder.name == module.package.rpartition(".")[2]


def test_it_starts_with_only_what_it_requires_installed(module: Installed, alone: Path) -> None:
    """In a process of its own, where no other module can be found."""
    script = Path(__file__).parent / "start_alone.py"
    command = [sys.executable, str(script), module.name, str(alone)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_tables_bear_its_name(module: Installed) -> None:
    own = {
        table.name
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(f"{module.package}.")
        for table in mapper.tables
        if table.name != Document.__tablename__
    }
    for register in Register.declared.values():
        if register.__module__.startswith(f"{module.package}."):
            of_totals = (table for t in register.totals for table in (t.table, t.months) if table is not None)
            own |= {register.entries.name, *(table.name for table in of_totals)}
            assert register.name.startswith(f"{module.name}.")
    assert {name for name in own if not name.startswith(f"{module.name}_")} == set()


def test_every_table_belongs_to_somebody(module: Installed) -> None:
    owners = tuple(f"{name}_" for name in ("core", *discover()))
    assert {name for name in Base.metadata.tables if not name.startswith(owners)} == set()


def test_its_kinds_of_documents_bear_its_name(module: Installed) -> None:
    assert {kind for kind in _kinds_of_documents(module) if not kind.startswith(f"{module.name}.")} == set()


def test_its_kinds_of_documents_have_lists(module: Installed) -> None:
    """Without one nobody finds them by the search, nor by programs."""
    lists = {table.name for table in module.all_of("tables", Table)}
    assert [kind for kind in _kinds_of_documents(module) if kind not in lists] == []


def test_its_kinds_of_documents_are_called_something(module: Installed) -> None:
    kinds = Document.__mapper__.polymorphic_map
    assert [kind for kind in _kinds_of_documents(module) if not str(kinds[kind].class_.title)] == []


def test_its_names_of_rights_bear_its_name_and_are_three_words(module: Installed) -> None:
    assert module.manifest is not None
    for permission in module.manifest.permissions:
        assert re.fullmatch(rf"{module.name}\.[a-z_]+\.[a-z_]+", permission.name), permission.name
    for named in (*module.manifest.nouns, *module.manifest.field_groups):
        assert named.name.startswith(f"{module.name}."), named.name


def test_every_permission_that_it_asks_for_is_declared(module: Installed) -> None:
    assert module.manifest is not None
    manifest = module.manifest
    asked = {item.needs for item in (*manifest.menu, *manifest.tabs, *manifest.panels, *manifest.begins)}
    for path in module.folder.rglob("*"):
        if path.suffix in (".py", ".html"):
            asked |= set(_ASKED.findall(path.read_text("utf-8")))
    if routes := module.attribute("routes", "routes"):
        asked |= set(routes.needs.values())
    assert asked - _open(module) - {ANY, DOOR, PARTNER, PUBLIC} == set()


def test_its_documents_can_be_seen_and_posted_by_somebody(module: Installed) -> None:
    wanted = {f"{kind}.{verb}" for kind in _kinds_of_documents(module) for verb in ("view", "post", "reverse")}
    assert wanted - _open(module) == set()


def test_its_confidential_columns_belong_to_declared_groups(module: Installed) -> None:
    declared: set[str] = set()
    for installed in discover().values():
        declared |= {g.name for g in installed.manifest.field_groups} if installed.manifest else set()
    marked: set[Any] = set()
    for table in Base.metadata.tables.values():
        if table.name.startswith(f"{module.name}_"):
            marked |= {column.info.get("group") for column in table.columns}
    assert marked - declared - {None} == set()


def test_no_route_of_it_is_open_to_everybody(module: Installed) -> None:
    routes = module.attribute("routes", "routes")
    assert [endpoint for endpoint, needs in (routes.needs if routes else {}).items() if needs == PUBLIC] == []


def test_nobody_without_rights_may_anything(module: Installed) -> None:
    assert module.manifest is not None
    nobody = Actor(1, "nobody")
    assert not any(nobody.may(p.name) for p in module.manifest.permissions)
    assert not any(nobody.sees(g.name) for g in module.manifest.field_groups)


def test_what_it_adds_belongs_to_cards_and_pages_that_there_are(module: Installed) -> None:
    assert module.manifest is not None
    cards = {card.target for installed in discover().values() for card in installed.all_of("cards", Card)}
    cards |= {ANY_DOCUMENT, *Document.__mapper__.polymorphic_map}
    added = (*module.manifest.tabs, *module.manifest.panels)
    pages = "".join(
        page.read_text(encoding="utf-8")
        for installed in discover().values()
        for page in (installed.folder / "templates").rglob("*.html")
    )
    assert {each.target for each in added} <= cards | set(_PANELS.findall(pages))
    assert {each.target for each in module.manifest.begins} <= cards | set(_BEGUN.findall(pages))
    assert all(str(each.title) for each in (*added, *module.manifest.begins))


def test_what_its_buttons_begin_is_a_form_of_its_own_or_of_what_it_requires(module: Installed) -> None:
    assert module.manifest is not None
    needs: dict[str, str] = {}
    for each, _ in _with_required(module):
        routes = each.attribute("routes", "routes")
        needs |= routes.needs if routes else {}
    assert {begin.endpoint: begin.needs for begin in module.manifest.begins}.items() <= needs.items()


def test_its_cards_bear_its_name_and_have_a_page(module: Installed) -> None:
    routes = module.attribute("routes", "routes")
    for card in module.all_of("cards", Card):
        assert card.target.startswith(f"{module.name}.")
        assert routes.needs[f"{card.target}_view"] == (card.needs or f"{card.target}.view")


def test_its_reports_and_prints_bear_its_name_and_say_what_they_are(module: Installed) -> None:
    reports, prints = list(module.all_of("reports", Report)), list(module.all_of("prints", Print))
    for name in (each.name for each in (*reports, *prints)):
        assert name.startswith(f"{module.name}."), name
    assert all(str(each.title) for each in prints)
    assert all(str(report.title) and str(report.about) for report in reports)
    names = {p.name for report in reports for p in report.parameters}
    assert names.isdisjoint({"q", "order", "after", "before", "as", "limit"})


def test_its_prints_are_of_kinds_that_there_are(module: Installed) -> None:
    kinds = {ANY_DOCUMENT, *Document.__mapper__.polymorphic_map}
    assert {kind for each in module.all_of("prints", Print) for kind in each.kinds} <= kinds


def test_the_rights_of_its_reports_and_prints_are_declared(module: Installed) -> None:
    asked = {report.needs for report in module.all_of("reports", Report)}
    asked |= {each.needs for each in module.all_of("prints", Print) if each.needs}
    assert asked - _open(module) == set()
