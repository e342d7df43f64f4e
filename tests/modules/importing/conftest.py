"""What tests of imports share: files that went wrong once, and a way to bring rows in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.importing import Report, run_import
from app.security import SYSTEM
from modules.contacts.models import Contact
from modules.warehouse.models import Item

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def case() -> Callable[[str], Path]:
    """A file by its name; each stands for a kind of error in files of real companies, and holds no word of theirs."""
    return lambda name: CASES / name


@pytest.fixture
def preset(tmp_path: Path) -> Callable[[str], str]:
    """The path of a preset that says this."""

    def write(text: str, name: str = "mine") -> str:
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def bring(company: Any) -> Callable[..., Report]:
    """Import a file after its dry run, which must have said the same."""

    def go(target: str, *paths: Path, preset: str | None = None, **options: Any) -> Report:
        tried = run_import(company, SYSTEM, target, paths, preset, dry_run=True, **options)
        done = run_import(company, SYSTEM, target, paths, preset, **options)
        assert (tried.errors, tried.skipped, tried.notes) == (done.errors, done.skipped, done.notes)
        without_groups = {kind: n for kind, n in done.created.items() if kind != "warehouse.item_group"}
        assert (dict(tried.created), tried.updated) == (without_groups, done.updated)
        return done

    return go


@pytest.fixture
def items(company: Any) -> Callable[[], dict[str, tuple[str, str | None]]]:
    """The items by code: their names, and their prices in plain digits."""

    def read(session: Any) -> dict[str, tuple[str, str | None]]:
        found = session.scalars(select(Item).order_by(Item.code))
        return {i.code: (i.name, None if i.price is None else f"{i.price.normalize():f}") for i in found}

    return lambda: company.database.run(read, actor=SYSTEM, write=False)


@pytest.fixture
def contacts(company: Any) -> Callable[..., dict[str, Any]]:
    """What contacts say in some field, by code."""

    def read(field: str) -> dict[str, Any]:
        query = select(Contact).order_by(Contact.code)
        work = lambda session: {c.code: getattr(c, field, None) for c in session.scalars(query)}  # noqa: E731
        return company.database.run(work, actor=SYSTEM, write=False)  # type: ignore[no-any-return]

    return read
