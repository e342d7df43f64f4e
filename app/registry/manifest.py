"""What a module says of itself: plain data, read when the program starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: Roles that every company starts with; modules grant to them by these names.
SHIPPED_ROLES = ("storekeeper", "buyer", "accountant", "salesperson", "manager", "administrator")


@dataclass(frozen=True)
class Permission:
    """The right to do one thing: `module.noun.verb`. `roles` get it when the module is first enabled.

    It is worth nothing to whoever lacks one of `requires`, permissions or groups of confidential fields without which its pages
    would have nothing to show. The right to change records is worth nothing without the right to see them
    (`app.registry.requirements`).
    """

    name: str
    title: object
    roles: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


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
    #: whether the audit keeps who was shown its values in lists, searches and prints, as of personal data; exports always are
    is_watched: bool = False


@dataclass(frozen=True)
class MenuItem:
    """A line of the side menu, or an action that the search finds, for those who hold `needs`."""

    title: object
    endpoint: str
    needs: str
    group: object = ""
    icon: str = "point"
    #: whether the home page has a button to it, for what is done there all day
    is_daily: bool = False


#: what several tabs of a card may be about (`app.web.kit.cards` has the titles)
TabGroup = Literal["", "supply", "trade", "money", "papers"]


@dataclass(frozen=True)
class Tab:
    """A tab on the card of a record: for those who hold `needs`.

    `target` says whose card: a record's such as `contacts.contact`, a kind of document, or `core.document` for every kind.
    `shows` names a function of the module by its file, such as `tabs:documents`. The function takes the session and the
    record, and gives what stands in the tab (see `app.web.kit.cards`). The tab is a page of its own, at `address` or one made
    of the names.
    """

    target: str
    title: object
    shows: str
    needs: str
    #: takes the record's number as `<int:contact_id>`, after the target's noun
    address: str = ""
    #: its help page, such as `contacts.statement`; that of the card, unless said
    help: str = ""
    #: of documents: only those of kinds that are made with somebody
    with_partner: bool = False
    #: where it stands on a card with many tabs: with others that are about the same, under one title; empty: by itself
    group: TabGroup = ""

    @property
    def name(self) -> str:
        """The function's, and with the module before it the endpoint's."""
        return self.shows.partition(":")[2]


@dataclass(frozen=True)
class Panel:
    """A few facts beside the card of a record, for those who hold `needs`.

    `target` and `shows` are as of a tab; the function gives facts (`app.api.prints.Fact`), none where there is nothing to say.
    """

    target: str
    title: object
    shows: str
    needs: str


@dataclass(frozen=True)
class Begin:
    """A button on the card of a record, for those who hold `needs`: it opens a form that begins with the record, whose number
    the form takes as the argument called `argument`."""

    target: str
    title: object
    endpoint: str
    needs: str
    argument: str
    icon: str = "plus"
    #: a key that presses it, such as `Alt+S`
    hotkey: str = ""
    #: of documents: only those of kinds that are for whom they are made with to read
    for_partner: bool = False
    #: of documents: also on one that isn't posted
    of_drafts: bool = False
    #: a right that is needed for a record of the target besides
    also: str = ""


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
    #: what the search finds besides the menu's pages and the lists' “New …”
    actions: tuple[MenuItem, ...] = ()
    tabs: tuple[Tab, ...] = ()
    panels: tuple[Panel, ...] = ()
    begins: tuple[Begin, ...] = ()
    #: `module.noun` → what the audit calls it, where it is neither a kind of document nor a list
    words: Mapping[str, object] = field(default_factory=dict)
    #: attribute of the module's models → what the audit calls it, where no form and no list has it
    fields: Mapping[str, object] = field(default_factory=dict)
