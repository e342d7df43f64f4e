"""Which passwords may be chosen, and how they are kept: argon2id of what is neither short, nor common, nor about us.

The rules are those of OWASP ASVS 5.0, 6.2: length, and a list of what is tried first; no rules about kinds of characters.
"""

import gzip
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.reference.models import Organisation
from app.translation import lazy_gettext as _l

#: In characters. Much longer ones than people type would only keep the processor busy.
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
#: A password that is one of our own words needs so many letters besides.
OTHER_LETTERS = 4
#: the 8,354 of at least 8 characters among the 20,000 most common ones; source and licence are in the file beside it
_COMMON = Path(__file__).with_name("common-passwords.txt.gz")

_hasher = PasswordHasher()
# Verified against when the login is unknown, so that the answer takes as long either way. Of a random word that nobody kept;
# hashed once and for all, as hashing at every start made each command wait for it.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$JrtF870eQY+/BodnRGgMxQ$CAiJ9Xb3s8Ch3OBuwec7DemWgHSJ1X5ak/PjgBea9PY"


def hash_new_password(session: Session, password: str, *, login: str, name: str = "") -> str:
    """argon2id of a password that somebody chooses for the user `login`.

    Refused (Invalid): fewer than 8 or more than 256 characters; one of the most common passwords, in whatever case; the user's
    login or name, the organisation's name or the program's, with hardly anything besides.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(_l("A password has at least %(n)s characters.", n=SHORTEST_PASSWORD), field="password")
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(_l("A password has at most %(n)s characters.", n=LONGEST_PASSWORD), field="password")
    if password.lower() in _common():
        raise Invalid(_l("This password is one of those that are guessed first. Choose another."), field="password")
    names = [login, name, *session.scalars(select(Organisation.name))]
    if word := _own_word(password, ["kontor", *names]):
        raise Invalid(
            _l("This password is hardly more than “%(word)s”, which is guessed first. Choose another.", word=word),
            field="password",
        )
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; without a hash it takes as long, and it isn't."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _common() -> frozenset[str]:
    return frozenset(gzip.decompress(_COMMON.read_bytes()).decode().splitlines())


def _own_word(password: str, names: Iterable[str]) -> str | None:
    """The word of at least four letters, one of the names or of their parts, that the password hardly goes beyond."""
    typed = password.casefold()
    words = {
        part for name in names for part in (name.casefold(), *re.split(r"[\W_]+", name.casefold())) if len(part) >= 4
    }
    for word in sorted(words, key=len, reverse=True):
        rest = typed.replace(word, "")
        if rest != typed and sum(letter.isalpha() for letter in rest) < OTHER_LETTERS:
            return word
    return None
