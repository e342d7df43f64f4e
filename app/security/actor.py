"""For whom an operation is done, and what that one may do and see."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.errors import Forbidden

#: How far a role reaches over records of a noun, narrowest first.
SCOPES = ("none", "own", "team", "all")


@dataclass(frozen=True, slots=True)
class Partner:
    """Whoever one trades with, looking at what is theirs: no user, and nothing is open to them but what a model gives to
    partners (`app.security.partners`)."""

    #: of the records that partners are, as `contacts.contact`
    noun: str
    #: their own record's number, and those of records merged into it
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Actor:
    """A signed-in user with the rights of all their roles together, or the system itself."""

    user_id: int | None
    name: str
    permissions: frozenset[str] = frozenset()
    #: noun → own, team or all; what is not named is "all" for those whom a permission lets in
    scopes: Mapping[str, str] = field(default_factory=dict)
    #: confidential field groups that are open to this actor
    groups: frozenset[str] = frozenset()
    #: ids of the users of the actor's team, the actor included
    team: tuple[int, ...] = ()
    is_system: bool = False
    #: the program making something by itself: guards hold for it, as nobody is there to go beyond them
    is_guarded: bool = False
    #: permissions of modules that are switched off: they let at nothing, but what these modules' records came to may be known
    dormant: frozenset[str] = frozenset()
    locale: str | None = None
    #: whose records are within the scope “own”, where that isn't the actor alone
    own: tuple[int, ...] = ()
    #: how they act as somebody else: view or deputy; empty: as themselves
    acting: str = ""
    #: a role needs a second factor, and there is none: nothing is open but to set it up
    lacks_second_factor: bool = False
    #: the organisation in whose books they work; 0: where there is only one, and for whoever counts them all
    organisation: int = 0
    #: the own organisations in whose books they may work; empty: all of them
    books: frozenset[int] = frozenset()
    #: noun → numbers of what they are limited to, such as warehouses; what is not named is all open (`app.security.limited`)
    limits: Mapping[str, frozenset[int]] = field(default_factory=dict)
    #: of somebody who isn't a user
    partner: Partner | None = None

    def may(self, permission: str) -> bool:
        """Whether the actor holds `permission` (`module.noun.verb`)."""
        return self.is_system or permission in self.permissions

    def may_override(self, permission: str) -> bool:
        """Whether the actor may go beyond what a guard refuses, by the permission to do so."""
        return self.may(permission) and not self.is_guarded

    def may_work_in(self, organisation: int) -> bool:
        """Whether the books of an own organisation are open to the actor."""
        return self.is_system or not self.books or organisation in self.books

    @property
    def is_exempt(self) -> bool:
        """Whether guards don't ask at all: what is done on the server's own console, and by migrations."""
        return self.is_system and not self.is_guarded

    def sees(self, group: str | None) -> bool:
        """Whether the confidential field group is open; no group means that nothing is confidential."""
        return group is None or self.is_system or group in self.groups

    def scope(self, noun: str) -> str:
        """own, team or all."""
        if self.partner:
            return "none"
        return "all" if self.is_system else self.scopes.get(noun, "all")


#: The program itself: commands on the server's own console, migrations, jobs without a user.
SYSTEM = Actor(user_id=None, name="system", is_system=True)
#: The same where it makes by itself what somebody would otherwise enter, such as what is repeated every month.
PROGRAM = Actor(user_id=None, name="system", is_system=True, is_guarded=True)


#: what nobody does for somebody else, and no program: to give rights, to themselves among others
NEVER_FOR_OTHERS = frozenset({"core.user.manage", "core.role.manage", "core.backup.manage", "core.module.manage"})


def require(actor: Actor, permission: str) -> None:
    """Refuse (Forbidden) unless the actor holds `permission`."""
    if not actor.may(permission):
        raise Forbidden(permission)
