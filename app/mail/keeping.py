"""Keeping what an administrator says of the mail server; its password is sealed by the server's own key (`secret_key`), which
no database holds."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.errors import Invalid
from app.mail.models import MailServer
from app.mail.settings import MailSettings, mail_settings
from app.registry.state import bump_generation
from app.security.actor import Actor, require
from app.security.sealing import seal, unseal
from app.texts import kept
from app.translation import lazy_gettext as _l
from app.versions import begin_version

NEEDS = "core.organisation.manage"


def kept_server(session: Session) -> MailServer | None:
    """What is set, if anything is."""
    return session.scalars(select(MailServer).order_by(MailServer.id).limit(1)).first()


def save_mail_server(
    session: Session,
    actor: Actor,
    secret: str,
    *,
    host: str,
    port: int | None,
    security: str,
    user: str,
    password: str,
    sender: str,
    version: int | None = None,
) -> None:
    """Set how mail leaves from now on, in every process. An empty `password` leaves the one that there is, as long as server
    and user stay; an empty host takes the settings away. `secret`: the server's own key.

    Refused (Invalid): what `mail_settings` refuses, another server or user without its password; (Changed) settings that were
    saved since `version`.
    """
    require(actor, NEEDS)
    current = kept_server(session)
    if current is not None:
        begin_version(session, current, version)
    if not host.strip():
        if current is not None:
            session.delete(current)
        return _note(session, "–")
    said = kept(MailServer, {"host": host, "user": user, "sender": sender})
    is_same = current is not None and (current.host, current.user) == (said["host"], said["user"])
    sealed = seal(password, secret) if password else (current.sealed_password if current and is_same else "")
    if said["user"] and not sealed:
        raise Invalid(_l("Type the password that belongs to this server and user."), field="password")
    given = {**said, "port": str(port or ""), "security": security, "password": password or ("x" if sealed else "")}
    checked = mail_settings(given, {}, Path())
    assert checked is not None
    row = current or MailServer()
    row.host, row.port, row.security, row.sender = checked.host, checked.port, checked.security, checked.sender
    row.user, row.sealed_password = checked.user, sealed
    session.add(row)
    _note(session, checked.host)


def _note(session: Session, host: str) -> None:
    session.flush()
    record(session, "core.mail.change", subject="core.mail", summary=host)
    bump_generation(session)


def settings_of(row: MailServer, secret: str) -> MailSettings:
    """The settings as mail is sent by them. Refused (Invalid): a password that another server's key has sealed."""
    password = _unsealed(row.sealed_password, secret) if row.sealed_password else ""
    return MailSettings(row.host, row.port, row.security, row.sender, row.user, password)


def _unsealed(sealed: str, secret: str) -> str:
    try:
        return unseal(sealed, secret)
    except ValueError as error:
        raise Invalid(
            _l("The mail server's password was saved by another server. Type it again on the page of mail.")
        ) from error
