"""Withdrawing what a module declared before it failed, so that the others start as if it were not installed.

SQLAlchemy keeps one list of mapped classes and one of tables; a class left half declared there would fail every query
of every module. It has no public way to forget a single class, which is why underscores are used; tests/doubles hold this.
"""

from app.db import Base
from app.ledger import Register
from app.search.index import SearchIndex, watched
from app.security import Scoped


def withdraw(name: str, package: str) -> None:
    """Forget the tables, classes and registers of a module."""
    for mapper in list(Base.registry.mappers):
        if _is_in(package, mapper.class_):
            _forget_class(mapper)
    for register in [r for r in Register.declared.values() if _is_in(package, r)]:
        del Register.declared[register.name]
    SearchIndex.declared[:] = [index for index in SearchIndex.declared if not _is_in(package, index)]
    watched.cache_clear()
    Scoped._scoped[:] = [model for model in Scoped._scoped if not _is_in(package, model)]
    for table in [t for t in Base.metadata.tables.values() if t.name.startswith(f"{name}_")]:
        Base.metadata.remove(table)


def _forget_class(mapper: object) -> None:
    parent = mapper.inherits  # type: ignore[attr-defined]
    if parent is not None:
        parent._inheriting_mappers = type(parent._inheriting_mappers)(
            other for other in parent._inheriting_mappers if other is not mapper
        )
        if mapper.polymorphic_identity is not None:  # type: ignore[attr-defined]
            parent.polymorphic_map.pop(mapper.polymorphic_identity, None)  # type: ignore[attr-defined]
    manager = mapper.class_manager  # type: ignore[attr-defined]
    Base.registry._dispose_manager_and_mapper(manager)
    Base.registry._managers.pop(manager, None)


def _is_in(package: str, kind: type) -> bool:
    return kind.__module__ == package or kind.__module__.startswith(f"{package}.")
