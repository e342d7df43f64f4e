"""From a document's row to its page."""

from flask import current_app, url_for

from app.web.edge import current_actor


def document_address(kind: str, document_id: int) -> str | None:
    """Where a document is shown: kind `module.noun` is at the endpoint `module.noun_view`.

    None when its module is off or the user may not see documents of the kind.
    """
    endpoint = f"{kind}_view"
    if not current_actor().may(f"{kind}.view") or endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, document_id=document_id)
