"""Secrets of others that the database keeps: sealed by the server's own key, which no database and no backup holds (ADR 40)."""

import base64
from functools import lru_cache

import pyrage


def seal(text: str, secret: str) -> str:
    """The text as it may be kept, in base64; `secret` is the server's own key."""
    return base64.b64encode(pyrage.passphrase.encrypt(text.encode(), secret)).decode()


@lru_cache(maxsize=16)  # age makes guessing slow: a second for each
def unseal(sealed: str, secret: str) -> str:
    """What was sealed. Refused (ValueError): what another key has sealed."""
    try:
        return bytes(pyrage.passphrase.decrypt(base64.b64decode(sealed), secret)).decode()
    except pyrage.DecryptError as error:
        raise ValueError("another key has sealed it") from error
