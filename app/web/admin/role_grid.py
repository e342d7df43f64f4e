"""A role's rights as a small grid: what records there are, and whether it sees, drafts, posts and reverses them."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.registry import Module, Permission
from app.translation import lazy_gettext as _l

#: the columns of the grid: verb of a permission → what stands above it
VERBS: Mapping[str, object] = {
    "view": _l("See"),
    "edit": _l("Draft, change"),
    "post": _l("Post"),
    "reverse": _l("Reverse"),
}


@dataclass(frozen=True)
class GridRow:
    """One kind of records: its permissions by verb, None where there isn't any, and whether a role may see it in part."""

    noun: str
    cells: tuple[tuple[object, Permission | None], ...]
    is_scoped: bool


def grid_of(manifest: Module) -> tuple[list[GridRow], list[Permission]]:
    """The rows of a module, those first that roles may see in part, as people work with them; and the rights that no cell
    has: of other verbs, and of what nobody needs a right to see."""
    by_noun: dict[str, dict[str, Permission]] = {}
    for permission in manifest.permissions:
        noun, _dot, verb = permission.name.rpartition(".")
        by_noun.setdefault(noun, {})[verb] = permission
    scoped = {noun.name for noun in manifest.nouns}
    rows = [
        GridRow(noun, tuple((title, verbs.get(verb)) for verb, title in VERBS.items()), noun in scoped)
        for noun, verbs in by_noun.items()
        if "view" in verbs
    ]
    shown = {p.name for row in rows for _title, p in row.cells if p is not None}
    return sorted(rows, key=lambda row: not row.is_scoped), [p for p in manifest.permissions if p.name not in shown]
