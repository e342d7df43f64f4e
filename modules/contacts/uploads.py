"""Files that somebody uploaded and that a second page asks about: kept for whoever did, until they are cleared away."""

import secrets
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from app.api.errors import Invalid, NotFound
from app.api.imports import ENDINGS
from app.api.web import current_actor, current_company


def keep_upload(upload: Any) -> str:
    """Keep an uploaded table; gives the word by which its owner finds it. Refused (Invalid): none, what isn't a table."""
    ending = Path(str(getattr(upload, "filename", "") or "")).suffix.lower()
    if ending not in ENDINGS:
        raise Invalid(_("Choose a file whose name ends in %(known)s.", known=", ".join(ENDINGS)), field="file")
    folder = _folder() / f"{current_actor().user_id}-{secrets.token_hex(8)}"
    folder.mkdir(parents=True, mode=0o700)
    upload.save(folder / f"statement{ending}")
    return folder.name


def kept_upload(name: str) -> Path:
    """The file that was uploaded by the user. NotFound: another's, one that is no longer kept."""
    owner, _separator, token = name.partition("-")
    is_own = owner == str(current_actor().user_id) and len(token) == 16 and token.isalnum()
    found = list((_folder() / name).glob("statement.*")) if is_own else []
    if not found:
        raise NotFound(_("The file is no longer kept. Upload it again."))
    return found[0]


def _folder() -> Path:
    return current_company().config.data_dir / "imports"
