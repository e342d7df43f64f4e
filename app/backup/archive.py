"""The file of a backup: a sealed zip of parts and a manifest that says how long each is and its SHA-256. Knows no database.

The zip's comment is the SHA-256 of all that stands before it, so no byte can change unnoticed, whatever it means to zip. Parts
have plain names that can lead nowhere: they are checked before anything is written.
"""

import hashlib
import json
import os
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EINVAL
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.backup.errors import Damaged, NewerBackup, NoRoom, NotABackup, Occupied

#: What this program writes, and the newest that it reads.
FORMAT = 1
MANIFEST = "manifest.json"
#: Bytes of a manifest; a company with thousands of tables has far less.
LONGEST_MANIFEST = 64 << 20
_SEAL = 64
#: What the zip reader raises over bytes that aren't a zip's; a place before the file's beginning is EINVAL.
_UNREADABLE = (KeyError, ValueError, BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error)
_PIECE = 1 << 20


@dataclass(frozen=True)
class Part:
    """A file that goes into a backup under a name. `is_compressed`: compressing it once more would only take time."""

    name: str
    path: Path
    is_compressed: bool = False


def write(target: Path, parts: Iterator[Part], facts: dict[str, Any]) -> dict[str, Any]:
    """Write the parts and then the manifest, `facts` with what the parts are; gives the manifest.

    A file that is gone when its turn comes is left out. The archive is on the disk when this returns.
    """
    written = []
    with ZipFile(target, "x") as archive:
        for part in parts:
            with suppress(FileNotFoundError), part.path.open("rb") as source:
                written.append(_write_part(archive, part, source))
        manifest = {"program": "kontor", "format": FORMAT, **facts, "parts": written}
        archive.writestr(_entry(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True))
        archive.comment = b"0" * _SEAL
    with target.open("r+b") as file:
        file.seek(-_SEAL, os.SEEK_END)
        length = file.tell()
        seal = _digest(file, length).encode()
        file.seek(length)
        file.write(seal)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def place(made: Path, target: Path) -> None:
    """Give a whole file its name, for good even if the power fails. Refused (Occupied): the name is taken."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise Occupied(target) from None
    except OSError:  # a file system without links, such as a USB stick's
        if target.exists():
            raise Occupied(target) from None
        made.rename(target)
    with suppress(OSError):  # Windows opens no folders
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class Archive:
    """A backup's file that is open for reading, its seal intact or its broken part named."""

    def __init__(self, zipped: ZipFile, name: str) -> None:
        self._zipped, self.name = zipped, name
        self.manifest = self._read_manifest()

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Name, bytes and SHA-256 of each part, as the manifest says them."""
        found: list[dict[str, Any]] = self.manifest["parts"]
        return found

    def has(self, part: str) -> bool:
        """Whether there is a part of this name."""
        return any(known["name"] == part for known in self.parts)

    @contextmanager
    def opened(self, part: str) -> Iterator[IO[bytes]]:
        """A part, to be read piece by piece. Refused (Damaged): what can't be read."""
        try:
            with self._zipped.open(part) as stream:
                yield stream
        except _UNREADABLE as error:
            raise Damaged(self.name, part) from error
        except OSError as error:
            if error.errno != EINVAL:  # an error of the disk, also of the one that is written to
                raise
            raise Damaged(self.name, part) from error

    def extract(self, folder: Path) -> None:
        """Write every part below `folder`, each checked. Refused: Damaged, NoRoom; what was written stays for the caller."""
        require_room(folder, sum(part["bytes"] for part in self.parts))
        for part in self.parts:
            target = folder.joinpath(*PurePosixPath(part["name"]).parts)
            try:
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                file = target.open("xb")
            except (
                FileExistsError,
                NotADirectoryError,
            ):  # two names that are one on this system, or a file within a file
                raise Damaged(self.name, part["name"]) from None
            with file:
                self._copy(part, file)

    def check(self) -> None:
        """Refuse (Damaged), naming it, the first part that isn't what was written."""
        for part in self.parts:
            self._copy(part, None)

    def _copy(self, part: dict[str, Any], target: IO[bytes] | None) -> None:
        digest, count = hashlib.sha256(), 0
        with self.opened(part["name"]) as source:
            while piece := source.read(_PIECE):
                count += len(piece)
                if count > part["bytes"]:
                    break
                digest.update(piece)
                if target is not None:
                    target.write(piece)
        if (count, digest.hexdigest()) != (part["bytes"], part["sha256"]):
            raise Damaged(self.name, part["name"])

    def _read_manifest(self) -> dict[str, Any]:
        try:
            if self._zipped.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
                raise NotABackup(self.name)
            manifest = json.loads(self._zipped.read(MANIFEST))
        except (*_UNREADABLE, OSError):
            raise NotABackup(self.name) from None
        if not isinstance(manifest, dict) or manifest.get("program") != "kontor":
            raise NotABackup(self.name)
        if manifest.get("format") != FORMAT:
            raise NewerBackup(str(manifest.get("version", "?")))
        if not _is_sound(manifest):
            raise NotABackup(self.name)
        return manifest


def require_room(folder: Path, needed: int) -> None:
    """Refuse (NoRoom) to begin writing so many bytes below a folder whose disk can't take them."""
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise NoRoom(needed, free)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a backup's file. Refused: NotABackup; Damaged, with the part's name; NewerBackup."""
    if not path.is_file():
        raise NotABackup(path.name)
    is_intact = _is_intact(path)
    try:
        zipped = ZipFile(path)
    except (*_UNREADABLE, OSError):
        raise NotABackup(path.name) from None
    with zipped:
        archive = Archive(zipped, path.name)
        if not is_intact:
            archive.check()
            raise Damaged(path.name, MANIFEST)  # no part is: what is left is what says where the parts are
        yield archive


def _is_intact(path: Path) -> bool:
    with path.open("rb") as file:
        length = file.seek(0, os.SEEK_END) - _SEAL
        if length < 0:
            return False
        seal = _digest(file, length)
        return file.read(_SEAL) == seal.encode()


def _digest(file: IO[bytes], length: int) -> str:
    """SHA-256 of the first `length` bytes; the file stands behind them then."""
    file.seek(0)
    digest = hashlib.sha256()
    while length and (piece := file.read(min(_PIECE, length))):
        digest.update(piece)
        length -= len(piece)
    return digest.hexdigest()


def _write_part(archive: ZipFile, part: Part, source: IO[bytes]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    entry = _entry(part.name, ZIP_STORED if part.is_compressed else ZIP_DEFLATED)
    with archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            count += len(piece)
            target.write(piece)
    return {"name": part.name, "bytes": count, "sha256": digest.hexdigest()}


def _entry(name: str, how: int = ZIP_DEFLATED) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = how
    entry.external_attr = 0o600 << 16  # for whoever unpacks it by hand
    return entry


def _is_sound(manifest: dict[str, Any]) -> bool:
    """Whether the manifest says of each part what it should, and no name leads out of a folder or comes twice."""
    parts = manifest.get("parts")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return False
    names = [part.get("name") for part in parts]
    return (
        all(is_safe(name) for name in names)
        and len(set(names)) == len(names)
        and all(isinstance(part.get("bytes"), int) and part["bytes"] >= 0 for part in parts)
        and all(isinstance(part.get("sha256"), str) for part in parts)
    )


def is_safe(name: object) -> bool:
    """Whether a part's name is a plain relative path, on any system: nothing that climbs, begins elsewhere or hides."""
    if not isinstance(name, str) or not name or len(name) > 1000 or not name.isprintable() or set(name) & set("\\:"):
        return False
    return all(piece and not piece.startswith(".") for piece in name.split("/"))
