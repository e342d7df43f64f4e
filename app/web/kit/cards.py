"""Cards: the page of one record, with its tabs and panels, to which any module adds.

Whoever owns a record declares its `Card` in `cards.py`; whoever adds to one says so in its manifest (`Tab`, `Panel`). A
document of any kind has the core's card.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import Flask, render_template, request, url_for
from sqlalchemy.orm import Session

from app.calling import asked
from app.company import core_files
from app.documents import Document, Fact
from app.errors import NotFound
from app.registry import Begin, Installed, Tab
from app.security import require
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.lists import show_list
from app.web.kit.tables import Table

#: the target of what is added to documents of every kind
ANY_DOCUMENT = "core.document"
#: so many tabs stand beside each other; of more, those of a group gather under its title
MOST_IN_LINE = 7
#: the groups of tabs (`Tab.group`)
TAB_GROUPS: dict[str, object] = {
    "supply": _l("Supply"),
    "trade": _l("Buying and selling"),
    "money": _l("Money"),
    "papers": _l("Files and papers"),
}


@dataclass(frozen=True)
class Card:
    """The card of a record: its own page is at the endpoint `target` + `_view`, and needs the permission `target` + `.view`,
    unless it says another."""

    #: `module.noun`; templates know the record by the noun
    target: str
    #: of the card's own tab
    title: object
    #: the record of a number, as far as it is open to the session's actor; NotFound otherwise
    find: Callable[[Session, int], Any]
    #: what a record is called
    called: Callable[[Any], str]
    #: the template of the head, above the tabs
    head: str
    #: the permission to see such records, where they have none of their own
    needs: str = ""

    @property
    def noun(self) -> str:
        """The name without the module."""
        return self.target.partition(".")[2]

    def target_of(self, record: Any) -> str:
        """The target that a record is of: documents are of their kind."""
        return str(record.kind) if isinstance(record, Document) else self.target

    def needs_of(self, record: Any) -> str:
        """The permission to see a record."""
        return self.needs or f"{self.target_of(record)}.view"

    def values_of(self, record: Any) -> dict[str, Any]:
        """What the templates of the card know."""
        return {"card": self, "record": record, self.noun: record}


@dataclass(frozen=True)
class Shown:
    """What a tab shows by a template of its own, which extends `card.html` and fills its block `tab`."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TabLink:
    """A tab as its card shows it."""

    endpoint: str
    title: str
    address: str
    group: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it is the one that is open."""
        return request.endpoint == self.endpoint


@dataclass(frozen=True)
class TabMenu:
    """Tabs of a card that are about the same, as it shows them where it has many: a menu under one title."""

    group: str
    tabs: list[TabLink]

    @property
    def title(self) -> str:
        """What the tabs are about."""
        return str(TAB_GROUPS[self.group])

    @property
    def here(self) -> TabLink | None:
        """The tab among them that is open."""
        return next((tab for tab in self.tabs if tab.is_here), None)


def show_card(card: Card, record: Any, card_template: str, **values: Any) -> str:
    """The own page of a record; the template extends `card.html` and fills its block `tab`."""
    return render_template(card_template, **card.values_of(record), **values)


def tabs_of(target: str, record_id: int) -> list[TabLink]:
    """The tabs of a record's card that are open to the user, its own first. `target` of a document is its kind."""
    argument: dict[str, Any] = {_argument(target): record_id}
    own = f"{target}_view"
    links = [TabLink(own, str(card_of(target).title), url_for(own, **argument))]
    for module, tab in _added("tabs", target):
        endpoint = f"{module.name}.{tab.name}"
        links.append(TabLink(endpoint, str(tab.title), url_for(endpoint, **argument), tab.group))
    return links


def tab_bar(target: str, record_id: int) -> list[TabLink | TabMenu]:
    """The tabs of a record's card as they stand there: all beside each other, or of more than MOST_IN_LINE those of a group as
    a menu where the first of them would stand; one that is alone in its group stands by itself."""
    links = tabs_of(target, record_id)
    if len(links) <= MOST_IN_LINE:
        return list(links)
    groups: dict[str, list[TabLink]] = {}
    for link in links:
        groups.setdefault(link.group or link.endpoint, []).append(link)
    return [TabMenu(group, tabs) if len(tabs) > 1 else tabs[0] for group, tabs in groups.items()]


def panels_of(target: str, record: Any) -> list[tuple[str, list[Fact]]]:
    """The panels of a record's card that are open to the user and have something to say: title and facts. One that fails is
    logged and left out."""
    session, found = current_session(), []
    for module, panel in _added("panels", target):
        question = partial(module.function(panel.shows), session, record)
        if facts := asked(session, module.name, f"panel of {target}", question):
            found.append((str(panel.title), facts))
    return found


@dataclass(frozen=True)
class BeginLink:
    """A button as a card shows it."""

    title: str
    address: str
    icon: str
    hotkey: str


def begins_of(target: str, record_id: int, *, is_draft: bool = False) -> list[BeginLink]:
    """What can be begun with a record, as far as the user may. `is_draft`: with a document that isn't posted."""
    links = []
    for _module, begin in _added("begins", target):
        if (is_draft and not begin.of_drafts) or (begin.also and not current_actor().may(begin.also)):
            continue
        argument: dict[str, Any] = {begin.argument: record_id}
        links.append(BeginLink(str(begin.title), url_for(begin.endpoint, **argument), begin.icon, begin.hotkey))
    return links


def begin_keys() -> list[Begin]:
    """What can be begun by a key on any card, as far as the user may."""
    manifests = (m.manifest for m in current_company().enabled if m.manifest is not None)
    found = (begin for manifest in manifests for begin in manifest.begins)
    return [begin for begin in found if begin.hotkey and current_actor().may(begin.needs)]


def card_of(target: str) -> Card:
    """The card of a target; NotFound when the module that declares it is off."""
    if _is_document(target):
        return DOCUMENT
    cards: Iterator[Card] = current_company().contributed("cards", Card)
    card = next((card for card in cards if card.target == target), None)
    if card is None:
        raise NotFound
    return card


def declare_tab(app: Flask, module: Installed, tab: Tab) -> str:
    """Declare the page of a tab, at the module's endpoint of the function's name, which is given: the gate asks whether the
    module is on."""
    endpoint, argument = f"{module.name}.{tab.name}", _argument(tab.target)
    noun = argument.removesuffix("_id")
    address = tab.address or f"/{module.name}/{noun}s/<int:{argument}>/{tab.name.replace('_', '-')}"
    function = module.function(tab.shows)

    def view(**arguments: int) -> Any:
        return _show_tab(tab, function, arguments[argument])

    app.add_url_rule(address, endpoint, view, methods=["GET"])
    return endpoint


def _show_tab(tab: Tab, function: Callable[[Session, Any], Any], record_id: int) -> Any:
    """What a tab shows: a declared list, facts, a template; whatever else the function gives, such as a file, is the answer."""
    session, card = current_session(), card_of(tab.target)
    record = card.find(session, record_id)
    if tab.target not in (ANY_DOCUMENT, card.target_of(record)):
        raise NotFound
    require(current_actor(), card.needs_of(record))
    content, known = function(session, record), {**card.values_of(record), "title": tab.title}
    if isinstance(content, Table):
        return show_list(content, list_template="card_list.html", **known)
    if isinstance(content, Shown):
        return render_template(content.template, **{**known, **content.values})
    if isinstance(content, list | tuple):
        return render_template("card_facts.html", facts=content, **known)
    return content


def _added(what: str, target: str) -> Iterator[tuple[Installed, Any]]:
    """The tabs or panels that modules which are on, and the core, add to a target, as far as they are open to the user."""
    wanted = (target, ANY_DOCUMENT) if _is_document(target) else (target,)
    kind = Document.__mapper__.polymorphic_map.get(target)
    is_partnered = kind is not None and bool(kind.class_.partner)
    is_read_by_partner = is_partnered and kind is not None and kind.class_.is_for_partner
    for module in (*current_company().enabled, core_files()):
        for added in getattr(module.manifest, what):
            if not is_partnered and getattr(added, "with_partner", False):
                continue
            if not is_read_by_partner and getattr(added, "for_partner", False):
                continue
            if added.target in wanted and current_actor().may(added.needs):
                yield module, added


def _is_document(target: str) -> bool:
    return target == ANY_DOCUMENT or target in Document.__mapper__.polymorphic_map


def _argument(target: str) -> str:
    """What the number of a record is called in addresses."""
    return "document_id" if _is_document(target) else f"{target.partition('.')[2]}_id"


def _document(session: Session, document_id: int) -> Document:
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound
    return document


DOCUMENT = Card(
    ANY_DOCUMENT, _l("Document"), _document, lambda d: f"{d.title} {d.number or ''}".strip(), "document_head.html"
)
