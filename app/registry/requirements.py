"""Which rights are worth nothing without others: whoever lacks these doesn't hold those, however their roles are ticked.

So a page that would name what its reader may not see is refused, and no menu, tab or link leads there.
"""

from collections.abc import Collection, Mapping

from app.registry.discovery import discover
from app.registry.manifest import Module, Permission


def requirements(enabled: Collection[str]) -> dict[str, frozenset[str]]:
    """Permission → the permissions and groups without which it is worth nothing, of the core and of the modules that are on."""
    from app.core_module import module as core  # it is declared with the registry's own words

    on = [m.manifest for m in discover().values() if m.manifest and m.name in enabled]
    declared = [permission for manifest in (core, *on) for permission in manifest.permissions]
    names = {permission.name for permission in declared}
    return {permission.name: _of(permission, names) for permission in declared}


def nouns_of(enabled: Collection[str]) -> set[str]:
    """What roles may see in part, of the modules that are on."""
    manifests: list[Module] = [m.manifest for m in discover().values() if m.manifest and m.name in enabled]
    return {noun.name for manifest in manifests for noun in manifest.nouns}


def held(granted: Collection[str], groups: Collection[str], required: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Of the permissions that are granted those that hold: what they require is there too."""
    holding = set(granted)
    while lost := {name for name in holding if not required.get(name, frozenset()) <= {*holding, *groups}}:
        holding -= lost
    return frozenset(holding)


def _of(permission: Permission, names: Collection[str]) -> frozenset[str]:
    view = f"{permission.name.rpartition('.')[0]}.view"
    is_of_seen = view in names and view != permission.name
    return frozenset({*permission.requires, *((view,) if is_of_seen else ())})
