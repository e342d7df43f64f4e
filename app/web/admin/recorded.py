"""What the audit's codes are called: of `trade.sale.post` the document and what was done, in the reader's language.

The nouns come from those who declare them: kinds of documents, lists, what roles may see in part, and the manifests' `words`.
"""

import re
from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core_module import module as core
from app.documents import Document
from app.importing import Target
from app.registry import Module
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_company
from app.web.kit.reports import Report
from app.web.kit.tables import Table

_VERBS = {
    "accepted": _l("accepted"),
    "add": _l("added"),
    "asked": _l("asked"),
    "aside": _l("set aside"),
    "begin": _l("begun"),
    "cancel": _l("cancelled"),
    "cancelled": _l("cancelled"),
    "change": _l("changed"),
    "close": _l("closed"),
    "confirm": _l("confirmed"),
    "convert": _l("changed to another kind"),
    "correct": _l("corrected"),
    "create": _l("added"),
    "disable": _l("switched off"),
    "declined": _l("declined"),
    "discard": _l("discarded"),
    "done": _l("done"),
    "edit": _l("changed"),
    "enable": _l("switched on"),
    "end": _l("ended"),
    "erase": _l("erased"),
    "enqueue": _l("asked for"),
    "export": _l("taken as a file"),
    "exclude": _l("left out"),
    "fail": _l("failed"),
    "failed": _l("failed"),
    "import": _l("imported"),
    "include": _l("taken in again"),
    "deputy": _l("begun as a deputy"),
    "lend": _l("role for a time"),
    "link": _l("link given"),
    "make": _l("made"),
    "move": _l("moved"),
    "open": _l("opened"),
    "order": _l("sent to the bank"),
    "override": _l("gone beyond"),
    "plan": _l("planned"),
    "off": _l("switched off"),
    "on": _l("switched on"),
    "post": _l("posted"),
    "postpone": _l("put off"),
    "prove": _l("proved"),
    "rebuild": _l("rebuilt"),
    "recover": _l("recovery code used"),
    "rename": _l("renamed"),
    "renew": _l("recovery codes renewed"),
    "reset": _l("taken away"),
    "refused": _l("refused"),
    "distinct": _l("called distinct"),
    "compare": _l("compared"),
    "merge": _l("merged"),
    "unmerge": _l("merge undone"),
    "recount": _l("counted once more"),
    "release": _l("released"),
    "remove": _l("removed"),
    "reopen": _l("reopened"),
    "restore": _l("restored"),
    "reverse": _l("reversed"),
    "revoke": _l("revoked"),
    "save": _l("saved"),
    "send": _l("sent"),
    "stop": _l("stopped"),
    "set": _l("set"),
    "test": _l("tested"),
    "skip": _l("skipped"),
    "pause": _l("paused"),
    "resume": _l("resumed"),
    "hand_over": _l("handed over"),
    "deliver": _l("delivered"),
    "write": _l("written to the customer"),
    "try": _l("tried"),
    "bring_back": _l("not delivered"),
    "undo": _l("undone"),
    "upload": _l("added"),
    "view": _l("looked at"),
}
_WORDS = {
    "audit.chain": _l("Audit"),
    "core.acting": _l("Acting as somebody else"),
    "core.deputy": _l("Deputy"),
    "core.user": _l("User"),
    "core.backup": _l("Backup"),
    "core.backup_plan": _l("Backups"),
    "core.file": _l("Files of documents"),
    "core.record": _l("Any record"),
    "core.event": _l("Events"),
    "core.edition": _l("Edition"),
    "core.import": _l("Import"),
    "core.ledger": _l("Books"),
    "core.search": _l("Search"),
    "core.list": _l("List"),
    "core.login": _l("Sign-in"),
    "core.module": _l("Module"),
    "core.organisation": _l("Organisation"),
    "core.period": _l("Closed period"),
    "core.print": _l("Print"),
    "core.requisites": _l("Requisites and logo"),
    "core.overview": _l("Management overview"),
    "core.template": _l("Print template"),
    "core.role": _l("Role"),
    "core.sample": _l("Sample data"),
    "core.schedule": _l("Schedule"),
    "security.access": _l("Access"),
    "security.login": _l("Sign-in"),
    "security.password": _l("Password"),
    "security.second_factor": _l("Second factor"),
    "core.mail": _l("Mail"),
    "core.mail_server": _l("Mail server"),
    "core.team": _l("Team"),
    "security.token": _l("Token"),
    "security.unrestricted": _l("Looked beyond one's scope"),
    # why somebody's scope was left: as the code says it
    "documents that were made from a corrected one must still fit it": _l(
        "documents that were made from a corrected one must still fit it"
    ),
    "what a document was made from must still fit, whoever sees it": _l(
        "what a document was made from must still fit, whoever sees it"
    ),
}
_WAYS = {
    "form": _l("in a form"),
    "page": _l("on the page"),
    "print": _l("on paper"),
    "search": _l("in the search"),
}
#: how `app.audit.looks` and `app.web.kit.seeing` say what was seen
_SEEN = re.compile(
    r"(?:([a-z_]+\.[a-z_.]+): )?(API, )?([0-9]{1,9}) rows(?:, (form|page|print|search))?( ×[0-9]+)?"
    r"(?:; by (.+))?"
)


def noun_word(noun: str) -> str:
    """What records of a noun are called; the noun itself, where nobody says."""
    return str(next(_titles_of(noun), noun))


def action_word(action: str) -> str:
    """What an action is called: of what, and what was done; the action itself, where nobody says."""
    if action in _WORDS:
        return str(_WORDS[action])
    noun, _, verb = action.rpartition(".")
    return f"{noun_word(noun)}: {_VERBS.get(verb, verb)}"


def details_word(summary: str) -> str:
    """What a line says beside: how many rows of what were seen and where, and why a scope was left; other texts are names."""
    if (seen := _SEEN.fullmatch(summary)) is None:
        return noun_word(summary)
    name, api, count, way, times, by = seen.groups()
    rows = str(ngettext("%(num)d row", "%(num)d rows", int(count)))
    said = ", ".join(filter(None, ("API" if api else "", rows, str(_WAYS[way]) if way else "")))
    if by:
        search = _("the search")
        said += "; " + _("filtered by %(filters)s", filters=re.sub(r"\bq\b", search, by))
    return f"{noun_word(name)}: {said}{times or ''}" if name else said


def _titles_of(noun: str) -> Iterator[object]:
    company = current_company()
    manifests: list[Module] = [core, *(m.manifest for m in company.installed.values() if m.manifest)]
    words = {name: title for manifest in manifests for name, title in manifest.words.items()} | _WORDS
    if noun in words:
        yield words[noun]
    if (mapper := Document.__mapper__.polymorphic_map.get(noun)) is not None:
        yield mapper.class_.title
    yield from (target.title for target in company.contributed("imports", Target) if target.name == noun)
    yield from (table.title for table in company.contributed("tables", Table) if table.name == noun)
    yield from (report.title for report in company.contributed("reports", Report) if report.name == noun)
    yield from (each.title for manifest in manifests for each in manifest.nouns if each.name == noun)
