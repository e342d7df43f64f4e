"""What files hold, in the data folder: `files/ab/abcd…`, by the SHA-256 of it, so nobody's words name a path.

A piece is written beside and gets its name when it is whole and on the disk. It is there before the row that says so, and is
removed after that row: no row lacks its file. What a refused upload leaves is collected later.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from app.errors import Invalid
from app.files.kinds import media_type_of
from app.translation import lazy_gettext as _l

#: bytes of one file
MOST_OF_FILE = 64 << 20
#: Bytes that stay free on the disk, for the database.
RESERVE = 256 << 20
_FOLDER = "files"
_PIECE = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Stored:
    """What was put there."""

    digest: str
    size: int
    media_type: str


def store(data_dir: Path, source: IO[bytes]) -> Stored:
    """Put there what a stream gives. Refused (Invalid): nothing, more than MOST_OF_FILE, what the disk hasn't room for."""
    folder = data_dir / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".upload-", dir=folder)  # hidden: no backup takes it
    try:
        with os.fdopen(handle, "wb") as target:
            stored = _copy(source, target, folder)
        place = _place(data_dir, stored.digest)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(name, place)  # also over the same content: it is new again, and nobody collects it
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    return stored


def opened(data_dir: Path, digest: str) -> Path:
    """Where the content of a digest lies."""
    return _place(data_dir, digest)


def leftovers(data_dir: Path, *, before: datetime) -> Iterator[Path]:
    """What lies there since before a moment (UTC), be it content or what an upload left."""
    for path in (data_dir / _FOLDER).glob("**/*"):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < before.replace(tzinfo=UTC).timestamp():
                yield path


def _copy(source: IO[bytes], target: IO[bytes], folder: Path) -> Stored:
    digest, size, beginning = hashlib.sha256(), 0, b""
    while piece := source.read(_PIECE):
        beginning = beginning or piece[:64]
        size += len(piece)
        if size > MOST_OF_FILE:
            raise Invalid(_l("A file can have %(n)d MB at most.", n=MOST_OF_FILE >> 20), field="file")
        if shutil.disk_usage(folder).free < RESERVE:
            raise Invalid(_l("The server's disk is full. Ask an administrator to make room."), field="file")
        digest.update(piece)
        target.write(piece)
    if not size:
        raise Invalid(_l("The file is empty."), field="file")
    target.flush()
    os.fsync(target.fileno())
    return Stored(digest.hexdigest(), size, media_type_of(beginning))


def _place(data_dir: Path, digest: str) -> Path:
    if not _DIGEST.fullmatch(digest):
        raise ValueError("a digest names the content")
    return data_dir / _FOLDER / digest[:2] / digest
