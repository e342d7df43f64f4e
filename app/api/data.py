"""Records: their base, their versions, what a session remembers of them."""

from app.among import among
from app.audit.kept import UNKEPT
from app.audit.rows import change_rows, remove_rows
from app.db import Base, Id, pieces
from app.remembered import forget, forget_all, forget_what_others_change, remembered
from app.trees import first_level
from app.uncollected import uncollected
from app.versions import Versioned, begin_version, begin_versions

__all__ = [
    "Base",
    "Id",
    "UNKEPT",
    "Versioned",
    "among",
    "begin_version",
    "begin_versions",
    "change_rows",
    "first_level",
    "forget",
    "forget_all",
    "forget_what_others_change",
    "pieces",
    "remembered",
    "remove_rows",
    "uncollected",
]
