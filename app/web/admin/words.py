"""Words of the program that pages look up by a value: shipped roles, and what the audit calls acts and records."""

from app.documents import Document
from app.documents.queries import document_title
from app.importing import Target
from app.translation import lazy_gettext as _l
from app.web.edge.request import current_company
from app.web.kit.tables import Table

_ROLES = {
    "storekeeper": _l("storekeeper"),
    "accountant": _l("accountant"),
    "salesperson": _l("salesperson"),
    "manager": _l("manager"),
    "administrator": _l("administrator"),
}
#: what the audit names, and neither a list, a page nor a right is called after
_NOUNS = {
    "core.backup": _l("Backups"),
    "core.edition": _l("Edition"),
    "core.import": _l("Import"),
    "core.ledger": _l("Books"),
    "core.list": _l("Lists"),
    "core.mail": _l("Mail"),
    "core.module": _l("Modules"),
    "core.organisation": _l("Organisation"),
    "core.period": _l("Closed period"),
    "core.role": _l("Roles"),
    "core.schedule": _l("Schedules"),
    "security.login": _l("Signing in"),
    "security.password": _l("Password"),
}
_VERBS = {
    "add": _l("added"),
    "begin": _l("begun"),
    "cancel": _l("cancelled"),
    "cancelled": _l("cancelled"),
    "change": _l("changed"),
    "close": _l("closed"),
    "correct": _l("corrected"),
    "create": _l("added"),
    "disable": _l("switched off"),
    "discard": _l("discarded"),
    "done": _l("done"),
    "edit": _l("changed"),
    "enable": _l("switched on"),
    "enqueue": _l("asked for"),
    "export": _l("exported"),
    "fail": _l("failed"),
    "failed": _l("failed"),
    "import": _l("imported"),
    "make": _l("made"),
    "open": _l("opened"),
    "plan": _l("changed"),
    "post": _l("posted"),
    "prove": _l("proven"),
    "rebuild": _l("rebuilt"),
    "refused": _l("refused"),
    "remove": _l("removed"),
    "restore": _l("restored"),
    "reverse": _l("reversed"),
    "revoke": _l("withdrawn"),
    "save": _l("saved"),
    "set": _l("set"),
    "test": _l("tested"),
    "view": _l("viewed"),
}


def role_word(name: str) -> str:
    """A role's name: of a shipped one in the reader's language, of the company's own as somebody typed it.

    Only what is written in the program is ever a text to translate: a name that somebody typed would be filled in as a format,
    and a template would not escape it.
    """
    return str(_ROLES.get(name, name))


def role_words(names: str) -> str:
    """Names of roles, joined by commas, as `role_word` says each."""
    return ", ".join(map(role_word, names.split(", ")))


def noun_word(name: str) -> str:
    """What records of a kind (`trade.sale`) are called; the name itself where nothing is called so."""
    company = current_company()
    titles = {target.name: target.title for target in company.contributed("imports", Target)}
    for manifest in company.manifests():
        titles |= {tab.help: tab.title for tab in manifest.tabs if tab.help}
        titles |= {item.endpoint.rpartition("_")[0]: item.title for item in manifest.menu}
        titles |= {noun.name: noun.title for noun in manifest.nouns} | dict(manifest.records)
    titles |= {table.name: table.title for table in company.contributed("tables", Table)}
    if name in titles or name in _NOUNS:
        return str(titles.get(name) or _NOUNS[name])
    return document_title(name) if name in Document.__mapper__.polymorphic_map else name


def action_word(name: str) -> str:
    """What the audit calls an act (`trade.sale.post`) in words; the name itself of one that isn't made of words known here."""
    noun, _dot, verb = name.rpartition(".")
    word = noun_word(noun)
    return f"{word}: {_VERBS[verb]}" if verb in _VERBS and word != noun else name
