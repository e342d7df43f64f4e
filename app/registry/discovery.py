"""Finding installed modules through the entry-point group `kontor.modules` and loading their files."""

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import structlog
from sqlalchemy.orm import configure_mappers

from app.registry.manifest import Module

GROUP = "kontor.modules"

#: Files whose import declares something: tables of the database, registers, routes, lists, targets of imports.
DECLARING = (
    "models",
    "registers",
    "operations",
    "queries",
    "kinds",
    "tables",
    "lookups",
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

    @property
    def folder(self) -> Path:
        """Where the module's files lie."""
        return Path(importlib.import_module(self.package).__file__ or "").parent


@lru_cache(maxsize=1)
def discover() -> dict[str, Installed]:
    """Every installed module by name, those required first. One that fails to load is reported and left out."""
    found = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        found[point.name] = load(point.name, point.value)
    return _required_first(found)


def field_groups() -> dict[str, object]:
    """What the confidential groups of all installed modules, on or off, are called, by their names."""
    return {group.name: group.title for m in discover().values() if m.manifest for group in m.manifest.field_groups}


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
        configure_mappers()  # what its classes say of each other is looked at only now
        installed.manifest = manifest
    except (Exception, SystemExit) as error:  # whatever a stranger does must not keep the others from starting
        _leave_out(installed, f"{type(error).__name__}: {error}")
    return installed


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
