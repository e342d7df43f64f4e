"""Finding installed modules through the entry-point group `kontor.modules` and loading their files."""

import importlib
import importlib.util
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import structlog
from sqlalchemy.orm import configure_mappers

from app.calling import check_listeners
from app.hooks import declared as declared_hooks
from app.registry.manifest import Module
from app.uncollected import uncollected

GROUP = "kontor.modules"

#: Files whose import declares something: tables of the database, registers, routes, lists, targets of imports.
DECLARING = (
    "models",
    "search",
    "registers",
    "operations",
    "queries",
    "kinds",
    "tables",
    "lookups",
    "reports",
    "prints",
    "cards",
    "carriers",
    "scanning",
    "tabs",
    "routes",
    "imports",
    "notifications",
    "jobs",
    "hooks",
    "cli",
    "sample",
)

_log = structlog.get_logger()


@dataclass
class Installed:
    """A module found on this machine: its manifest and files, or why it could not be loaded."""

    name: str
    manifest: Module | None = None
    package: str = ""
    error: str | None = None
    files: dict[str, ModuleType] = field(default_factory=dict)

    def attribute(self, file: str, name: str, default: Any = None) -> Any:
        """What the module's `file` calls `name`, if it has such a file."""
        return getattr(self.files.get(file), name, default)

    def all_of(self, file: str, kind: type) -> Iterator[Any]:
        """Every public value of `kind` in the module's `file`."""
        for name, value in vars(self.files[file]).items() if file in self.files else ():
            if isinstance(value, kind) and not name.startswith("_"):
                yield value

    def function(self, reference: str) -> Callable[..., Any]:
        """The function that `file:name` names; ImportError when there is none."""
        file, _, name = reference.partition(":")
        function = self.attribute(file, name)
        if not callable(function):
            raise ImportError(f"there is no {reference!r}")
        return function  # type: ignore[no-any-return]

    @property
    def folder(self) -> Path:
        """Where the module's files lie."""
        return Path(importlib.import_module(self.package).__file__ or "").parent


@lru_cache(maxsize=1)
def discover() -> dict[str, Installed]:
    """Every installed module by name, those required first. One that fails to load is reported and left out."""
    found = {}
    with uncollected():
        for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
            found[point.name] = load(point.name, point.value)
    return _required_first(found)


def field_groups() -> dict[str, object]:
    """What the confidential groups of all installed modules, on or off, are called, by their names."""
    return {group.name: group.title for m in discover().values() if m.manifest for group in m.manifest.field_groups}


@lru_cache(maxsize=1)
def watched_groups() -> frozenset[str]:
    """The confidential groups of which the audit keeps who was shown what."""
    manifests = [m.manifest for m in discover().values() if m.manifest]
    return frozenset(group.name for manifest in manifests for group in manifest.field_groups if group.is_watched)


def load(name: str, value: str) -> Installed:
    """Load the module that an entry point names (`package:attribute`)."""
    package, _, attribute = value.partition(":")
    installed = Installed(name, package=package)
    try:
        manifest = getattr(importlib.import_module(package), attribute or "module")
        if manifest.name != name:
            raise ImportError(f"the manifest says {manifest.name!r}, the entry point {name!r}")
        for file in DECLARING:
            if importlib.util.find_spec(f"{package}.{file}"):
                installed.files[file] = importlib.import_module(f"{package}.{file}")
        check_listeners(_functions(installed.files.get("hooks")), declared_hooks())
        for shown in (*manifest.tabs, *manifest.panels):
            installed.function(shown.shows)
        configure_mappers()  # what its classes say of each other is looked at only now
        installed.manifest = manifest
    except (Exception, SystemExit) as error:  # whatever a stranger does must not keep the others from starting
        _leave_out(installed, f"{type(error).__name__}: {error}")
    return installed


def _functions(file: ModuleType | None) -> dict[str, Callable[..., Any]]:
    """The public functions that a file defines."""
    functions = inspect.getmembers(file, inspect.isfunction) if file is not None else ()
    return {n: f for n, f in functions if f.__module__ == file.__name__ and not n.startswith("_")}  # type: ignore[union-attr]


def _leave_out(installed: Installed, error: str) -> None:
    from app.registry.withdrawal import withdraw  # what it withdraws stands above the registry

    installed.error, installed.manifest = error, None
    installed.files.clear()
    withdraw(installed.name, installed.package)
    _log.error("module.failed", module=installed.name, error=error)


def _required_first(found: dict[str, Installed]) -> dict[str, Installed]:
    ordered: dict[str, Installed] = {}

    def place(name: str, path: tuple[str, ...]) -> None:
        module = found[name]
        if name in ordered:
            return
        for needed in module.manifest.requires if module.manifest else ():
            if needed in found and needed not in (*path, name):
                place(needed, (*path, name))
            if needed not in ordered or ordered[needed].error:
                _leave_out(module, f"needs {needed}, which is not installed or not whole")
                break
        ordered[name] = module

    for name in found:
        place(name, ())
    return ordered
