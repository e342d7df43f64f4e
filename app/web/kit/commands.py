"""What the search finds besides records: pages, actions, reports and help, by the reader's words and by English ones.

They are made once for each user and language. A command is found by words that begin with what was typed, whatever its
accents and case; what was used last comes first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from flask import url_for

from app.company import Company
from app.help import folded_words
from app.registry import MenuItem
from app.search import fold
from app.security import Actor
from app.translation import in_english, language
from app.translation import lazy_gettext as _l
from app.web.edge.request import is_open
from app.web.edge.routing import ANY
from app.web.kit.imports import import_address, open_imports
from app.web.kit.reports import address_of, open_reports
from app.web.kit.tables import Table

Kind = Literal["action", "page", "report", "help"]

#: in the order in which they are shown
TITLES: dict[Kind, object] = {
    "action": _l("Actions"),
    "page": _l("Pages"),
    "report": _l("Reports"),
    "help": _l("Help"),
}
#: how many of each kind are shown, and how many are offered before anything is typed
MOST, OFFERED = 5, 8

#: pages that everyone has and no menu names
_OWN = (
    MenuItem(_l("Home"), "core.home", ANY, icon="home"),
    MenuItem(_l("My account"), "core.account", ANY, icon="user-circle"),
    MenuItem(_l("All notifications"), "core.notification_list", ANY, icon="bell"),
    MenuItem(_l("All reports"), "core.report_list", ANY, icon="chart-bar"),
    MenuItem(_l("Help"), "core.help_list", ANY, icon="help"),
)


@dataclass(frozen=True)
class Command:
    """A page to go to, or something to begin."""

    kind: Kind
    title: str
    address: str
    icon: str
    #: what it belongs to
    note: str
    #: its words and its group's in the reader's language and in English, folded, a space before each
    title_words: str
    words: str


#: An actor never changes: whoever's rights or modules change gets a new one.
_made: WeakKeyDictionary[Actor, dict[str, list[Command]]] = WeakKeyDictionary()


def commands_of(company: Company, actor: Actor, help_pages: Iterable[tuple[str, str, str]]) -> list[Command]:
    """Everything that is open to the actor. `help_pages`: title, English title and address of those that are."""
    known, spoken = _made.setdefault(actor, {}), language()
    if spoken not in known:
        found = {(c.kind, c.address): c for c in _commands(company, actor)}
        for title, english, address in help_pages:
            words = folded_words(f"{title} {english}")
            found["help", address] = Command("help", title, address, "help", "", words, words)
        known[spoken] = list(found.values())
    return known[spoken]


def find_commands(commands: Sequence[Command], text: str, recent: Sequence[str]) -> list[tuple[object, list[Command]]]:
    """By kind, with its title, those that have every word of `text`, the best first: used last, then called so, in whole words
    and in few of them, then of a group called so. Without a text: what was used last, and then actions."""
    words, rank = fold(text).split(), {address: n for n, address in enumerate(recent)}
    if not words:
        used = sorted((c for c in commands if c.address in rank), key=lambda c: rank[c.address])
        offered = [c for c in commands if c.kind == "action" and c not in used][:OFFERED]
        return [(title, some) for title, some in ((_l("Used last"), used), (TITLES["action"], offered)) if some]

    def is_called(command: Command) -> bool:
        return all(f" {word}" in command.title_words for word in words)

    def order(command: Command) -> tuple[int, bool, bool, int, int]:
        title = command.title_words
        whole, known = f" {' '.join(words)} " in f"{title} ", rank.get(command.address, len(rank))
        return known, not is_called(command), not whole, title.find(f" {words[0]}"), len(title)

    found = sorted((c for c in commands if all(f" {word}" in c.words for word in words)), key=order)
    groups = [(title, [c for c in found if c.kind == kind][:MOST]) for kind, title in TITLES.items()]
    groups.sort(
        key=lambda group: not any(map(is_called, group[1]))
    )  # what is called so stands above all of a group called so
    return [(title, some) for title, some in groups if some]


def _commands(company: Company, actor: Actor) -> Iterator[Command]:
    for item in (*_OWN, *company.menu(actor)):
        if is_open(item.endpoint):
            yield _command("page", item.title, url_for(item.endpoint), item.icon, item.group)
    made = set()  # several lists may offer to make the same
    for table in sorted(company.contributed("tables", Table), key=lambda table: not table.is_daily):
        if table.create and actor.may(table.create_needs or table.needs):
            address = url_for(table.create, **table.create_arguments)
            if address in made:
                continue
            made.add(address)
            yield _command("action", table.create_title, address, "plus", table.title)
    for module in company.manifests():
        for item in module.actions:
            if is_open(item.endpoint):
                yield _command("action", item.title, url_for(item.endpoint), item.icon, item.group or module.title)
    for report in open_reports(company, actor):
        yield _command("report", report.title, address_of(report), "chart-bar", _l("Reports"))
    if is_open("core.import_new"):
        for target in open_imports(company, actor):
            if target.plain is not None:
                title = _l("Import: %(what)s", what=target.title)
                yield _command("action", title, import_address(target), "file-import", _l("Import"))


def _command(kind: Kind, title: object, address: str, icon: str, group: object) -> Command:
    with in_english():
        english, english_group = str(title), str(group)
    title_words = folded_words(f"{title} {english}")
    words = title_words + folded_words(f"{group} {english_group}")
    return Command(kind, str(title), address, icon, str(group), title_words, words)
