"""What a module says of itself: plain data, read when the program starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Roles that every company starts with; modules grant to them by these names.
SHIPPED_ROLES = ("storekeeper", "accountant", "salesperson", "manager", "administrator")


@dataclass(frozen=True)
class Permission:
    """The right to do one thing: `module.noun.verb`. `roles` get it when the module is first enabled."""

    name: str
    title: object
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Noun:
    """Records that a role may see in part: `scopes` says which shipped role starts with own or team; others see all."""

    name: str
    title: object
    scopes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldGroup:
    """Confidential columns that only some roles may see."""

    name: str
    title: object
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuItem:
    """A line of the side menu, shown to those who hold `needs`."""

    title: object
    endpoint: str
    needs: str
    group: object = ""
    icon: str = "point"


@dataclass(frozen=True)
class Tab:
    """A tab on the card of another module's record (`target`, such as `contacts.contact`): the page at `endpoint`, which
    takes the record's number by its usual name, such as `contact_id`."""

    target: str
    title: object
    endpoint: str
    needs: str


@dataclass(frozen=True)
class Module:
    """A module's manifest: what a user would notice of it."""

    name: str
    title: object
    version: str
    editions: tuple[str, ...] = ("trade", "enterprise")
    requires: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    nouns: tuple[Noun, ...] = ()
    field_groups: tuple[FieldGroup, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    tabs: tuple[Tab, ...] = ()
