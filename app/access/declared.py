"""What a role may do by what the manifests declare, before any company has changed it: what routes are held against."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.access.scene import NO_ROLE, STRANGER, WHOSE
from app.registry import Module
from app.registry.manifest import SHIPPED_ROLES
from app.registry.requirements import held, requirements
from app.security.actor import SCOPES
from app.web.edge.routing import ANY, DOOR, PARTNER, PUBLIC

#: in this order they are shown
ROLES = (*reversed(SHIPPED_ROLES), NO_ROLE, STRANGER)
OPEN, CLOSED, HIDDEN = "open", "closed", "hidden"


@dataclass(frozen=True)
class Declared:
    """One role as the manifests describe it."""

    name: str
    permissions: frozenset[str]
    #: noun → none, own, team or all; what isn't named is all
    scopes: dict[str, str]

    def answer(self, needs: str, noun: str, whose: str) -> str:
        """How a route that needs this is answered for a record of the noun, or for none: open, closed (refused), or hidden (as
        if there weren't such a record)."""
        if needs in (PUBLIC, DOOR):
            return OPEN
        if needs == PARTNER:  # which no user is
            return HIDDEN
        if self.name == STRANGER or (needs != ANY and needs not in self.permissions):
            return CLOSED
        return OPEN if not noun or whose in self.sees(noun) else HIDDEN

    def sees(self, noun: str) -> tuple[str, ...]:
        """Whose records of the noun are open: own, team, other."""
        if f"{noun}.view" not in self.permissions:
            return ()
        return WHOSE[: SCOPES.index(self.scopes.get(noun, "all"))]


def declared_role(name: str, manifests: Iterable[Module]) -> Declared:
    """The role of that name, with the modules on whose manifests these are."""
    manifests = list(manifests)

    def has(right: object) -> bool:
        return name == "administrator" or name in getattr(right, "roles", ())

    granted = {p.name for m in manifests for p in m.permissions if has(p)}
    groups = {g.name for m in manifests for g in m.field_groups if has(g)}
    required = requirements({m.name for m in manifests})
    scopes = {noun.name: noun.scopes.get(name, "all") for m in manifests for noun in m.nouns}
    return Declared(name, held(granted, groups, required), scopes)
