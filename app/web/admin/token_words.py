"""What a token may do and reaches, in words: on its owner's account and on the administrator's page of a user."""

from flask_babel import gettext as _

from app.security.tokens import reaches_of
from app.translation import lazy_gettext as _l
from app.web.admin.recorded import noun_word
from app.web.edge.request import current_actor, current_company

ACCESS_TITLES = {"read": _l("read only"), "write": _l("read and write")}


def reaches_offered() -> list[tuple[object, list[tuple[str, str]]]]:
    """What a token can be held to, by module: the whole of it, and its kinds of records."""
    offered = reaches_of(current_actor())
    found = []
    for manifest in current_company().manifests():
        nouns = sorted((n for n in offered if n.startswith(f"{manifest.name}.")), key=noun_word)
        if nouns:
            whole = (manifest.name, str(_("everything of “%(module)s”", module=manifest.title)))
            found.append((manifest.title, [whole, *((noun, noun_word(noun)) for noun in nouns)]))
    return found


def reach_word(reach: str) -> str:
    """To what a token is held, in words."""
    titles = {manifest.name: str(manifest.title) for manifest in current_company().manifests()}
    return ", ".join(titles.get(name) or noun_word(name) for name in reach.split(",")) if reach else ""
