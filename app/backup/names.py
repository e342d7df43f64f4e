"""What the parts of a backup are called, and which names in a data folder are never a company's files."""

import re
from pathlib import PurePath

#: Parts: files are below FILES, and the key that signs cookies is SECRET.
FILES, SECRET = "files", "secret.key"
#: Where the program keeps its own backups, in the data folder.
FOLDER = "backups"
#: What belongs to this machine alone: how the database is reached, the key that signs cookies.
OWN = ("kontor.toml", SECRET)
#: the embedded database, with its log and the locks beside it
_DATABASE = "kontor.db"
#: a key that is being made (`Config.load`)
_KEY_UNDER_WAY = re.compile(r"secret-[a-z0-9_]{8}")


def is_program_file(name: PurePath) -> bool:
    """Whether a path, relative to the data folder, is the program's own there. No backup holds one: none is packed, and a
    backup with one isn't proven, nor restored."""
    top = name.parts[0]
    is_database = top == _DATABASE or top.startswith(f"{_DATABASE}-")
    return top in (*OWN, FOLDER) or is_database or _KEY_UNDER_WAY.fullmatch(top) is not None
