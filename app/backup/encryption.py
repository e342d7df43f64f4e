"""Encrypting a backup as age does (https://age-encryption.org/v1): for a passphrase, for public keys, or for both.

An encrypted backup is an archive around the plain one: `body.age` is the plain backup, encrypted for a key that is made for
this file alone, and for the public keys of whoever may read it. With a passphrase, `key.age` is that key, encrypted by it:
age's library encrypts streams for keys only, and a body would have to fit into memory otherwise.
"""

from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage

from app.backup import archive
from app.backup.archive import Archive, Part
from app.backup.errors import Damaged, WrongKey
from app.errors import Invalid
from app.translation import lazy_gettext as _l

BODY, KEY = "body.age", "key.age"
#: Characters of a passphrase: the file may lie where anybody can try as often as they like.
SHORTEST = 12


@dataclass(frozen=True)
class Lock:
    """For whom a backup is encrypted; for nobody, it stays plain. The passphrase is shown by no repr."""

    passphrase: str = field(default="", repr=False)
    #: public keys: age1…, or ssh-ed25519 and ssh-rsa
    recipients: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.passphrase or self.recipients)

    def check(self) -> None:
        """Refuse (Invalid) a short passphrase, and a line that isn't a public key."""
        if self.passphrase and len(self.passphrase) < SHORTEST:
            raise Invalid(_l("A backup's passphrase has at least %(n)s characters.", n=SHORTEST), field="passphrase")
        public_keys(self.recipients)


@dataclass(frozen=True)
class Key:
    """What opens a backup: a passphrase, or secret keys as `age-keygen` and `ssh-keygen` write them."""

    passphrase: str = field(default="", repr=False)
    identities: Sequence[Any] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.passphrase or self.identities)


def public_keys(recipients: Sequence[str]) -> list[Any]:
    """The public keys that these lines are. Refused (Invalid): one that isn't."""
    found: list[Any] = []
    for line in recipients:
        kind = pyrage.ssh if line.startswith("ssh-") else pyrage.x25519
        try:
            found.append(kind.Recipient.from_str(line))
        except pyrage.RecipientError:
            message = _l("“%(key)s” isn't a public key of age or SSH.", key=line[:40])
            raise Invalid(message, field="recipients") from None
    return found


def secret_keys(text: bytes) -> list[Any]:
    """The secret keys in a file of age's or SSH's. Refused (Invalid): a file without any."""
    if b"PRIVATE KEY" in text:
        with suppress(pyrage.IdentityError):
            return [pyrage.ssh.Identity.from_buffer(text)]
    found: list[Any] = []
    for line in text.decode("utf-8", "replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            with suppress(pyrage.IdentityError):
                found.append(pyrage.x25519.Identity.from_str(line.strip()))
    if not found:
        raise Invalid(_l("The file holds no secret key of age or SSH."), field="identity")
    return found


def encrypt(plain: Path, target: Path, lock: Lock, facts: dict[str, Any]) -> Key:
    """Write `target`, the encrypted backup of a plain one; gives the key of this file alone, to prove it with."""
    own = pyrage.x25519.Identity.generate()
    body, sealed = target.with_suffix(".body"), target.with_suffix(".key")
    with plain.open("rb") as source, body.open("xb") as file:
        pyrage.encrypt_io(source, file, [own.to_public(), *public_keys(lock.recipients)])
    parts = [Part(BODY, body, is_compressed=True)]
    if lock.passphrase:
        sealed.write_bytes(pyrage.passphrase.encrypt(str(own).encode(), lock.passphrase))
        parts.append(Part(KEY, sealed, is_compressed=True))
    archive.write(target, iter(parts), {**facts, "is_encrypted": True})
    body.unlink()
    sealed.unlink(missing_ok=True)
    return Key(identities=[own])


@contextmanager
def opened(path: Path, key: Key, folder: Path) -> Any:
    """Open a backup, decrypted into `folder` if it has to be. Refused: WrongKey, and what `archive.opened` refuses."""
    with archive.opened(path) as found:
        if not found.manifest.get("is_encrypted"):
            yield found
            return
        plain = folder / "plain"
        _decrypt(found, key, plain)
        try:
            with archive.opened(plain) as inner:
                inner.name = found.name
                yield inner
        finally:
            plain.unlink()


def _decrypt(found: Archive, key: Key, target: Path) -> None:
    identities = list(key.identities)
    if key.passphrase and found.has(KEY):
        identities.append(_own_key(found, key.passphrase))
    if not identities:
        raise WrongKey(found.name, was_given=bool(key))
    archive.require_room(target.parent, sum(part["bytes"] for part in found.parts))
    try:
        with found.opened(BODY) as source, target.open("xb") as file:
            pyrage.decrypt_io(source, file, identities)
    except pyrage.DecryptError:
        raise WrongKey(found.name, was_given=True) from None
    except OSError as error:
        if error.errno is not None:  # the disk's own
            raise
        raise Damaged(found.name, BODY) from error


def _own_key(found: Archive, passphrase: str) -> Any:
    with found.opened(KEY) as source:
        sealed = source.read(1 << 16)
    try:
        return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(sealed, passphrase).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError):
        raise WrongKey(found.name, was_given=True) from None
