"""From a document's row to its page and to what it is called."""

from flask import current_app, url_for
from flask_babel import gettext as _

from app.documents import Document
from app.web.edge import current_actor


def document_address(kind: str, document_id: int) -> str | None:
    """Where a document is shown: kind `module.noun` is at the endpoint `module.noun_view`.

    None when its module is off or the user may not see documents of the kind.
    """
    endpoint = f"{kind}_view"
    if not current_actor().may(f"{kind}.view") or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, document_id=document_id)


def document_title(kind: str) -> str:
    """What a document of a kind is called, in the user's language; the kind itself when its module is not installed.

    No kind is one that the user may not know.
    """
    if not kind:
        return str(_("Other"))
    mapper = Document.__mapper__.polymorphic_map.get(kind)
    return str(mapper.class_.title) if mapper is not None else kind
