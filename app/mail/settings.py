"""How mail leaves: `[mail]` in `kontor.toml`, or KONTOR_MAIL_… in the environment, which comes first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.translation import lazy_gettext as _l

NAMES = ("host", "port", "security", "user", "password", "password_file", "sender")
#: how a connection is secured → its usual port
PORTS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class MailSettings:
    """A mail server, and as whom to send. The password is shown nowhere, nor logged."""

    host: str
    port: int
    #: starttls, tls or none
    security: str
    #: whom mail comes from: an address, with or without a name before it
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


def mail_settings(given: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> MailSettings | None:
    """The settings from what `kontor.toml` says (`given`) and the environment; None when there is no server.

    Refused (Invalid): a security or a port that isn't one, a sender without an address, a password file that can't be read, a
    password that would cross a network unencrypted.
    """
    found = {name: _found(name, given, environment) for name in NAMES}
    if not found["host"]:
        return None
    security = found["security"] or "starttls"
    if security not in PORTS:
        raise Invalid(_l("Mail is secured by starttls, tls or none; not by “%(given)s”.", given=security))
    port = found["port"] or str(PORTS[security])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Invalid(_l("“%(given)s” isn't a port of a mail server.", given=port))
    if "@" not in parseaddr(found["sender"])[1] or not found["sender"].isprintable():
        raise Invalid(_l("Mail needs a sender, such as “Kontor <kontor@example.com>”."))
    password = found["password"] or _kept_password(found["password_file"], folder)
    if password and security == "none" and found["host"] not in _HERE:
        raise Invalid(_l("The mail server's password would be sent unencrypted; set the security to starttls or tls."))
    return MailSettings(found["host"], int(port), security, found["sender"], found["user"], password)


def password_file(given: Mapping[str, Any], environment: Mapping[str, str], folder: Path) -> Path | None:
    """The file with the password, its place as seen from the data folder; None: no file is named."""
    name = _found("password_file", given, environment)
    return folder / name if name else None


def _found(name: str, given: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    return str(environment.get(f"KONTOR_MAIL_{name.upper()}") or given.get(name) or "")


def _kept_password(name: str, folder: Path) -> str:
    """What the file says; its place is as seen from the data folder."""
    if not name:
        return ""
    try:
        return (folder / name).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise Invalid(_l("The mail server's password can't be read from %(file)s.", file=name)) from error
