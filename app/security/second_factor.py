"""The second factor: codes of a phone (TOTP, RFC 6238) or, each once, recovery codes.

The secret is encrypted by the installation's own key, which no backup holds. A code is taken once, and none that is older
(RFC 6238, 5.2). Wrong codes are counted where passwords are (`app.web.pages.guesses`),
and at signing in before they are looked at, so that many at once are no more than one after another.
"""

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import CursorResult, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import wall_clock
from app.db import utc_now
from app.errors import Conflict, Invalid, NotFound
from app.registry.state import bump_generation
from app.security.actor import Actor, require
from app.security.login import digest_of, end_sessions
from app.security.models import RecoveryCode, Role, SecondFactor, User
from app.security.noticing import notice_change
from app.security.rights import roles_of
from app.translation import lazy_gettext as _l

#: Recovery codes that one is given at a time.
CODES = 10
#: Steps of 30 seconds by which a phone's clock may be off.
_OFF_BY = 1
_STEP = 30
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 of them, none that is taken for another

#: how often a code may be wrong, and within which time; browsers that are known are counted apart
MOST_TRIES, TRIES_WITHIN = 10, timedelta(hours=1)


class WrongCode(Invalid):
    """Not a code that opens anything now; whether it once was, is not said."""

    def __init__(self) -> None:
        super().__init__(_l("This code is wrong, or was used already. Wait for the next one."), field="code")


def factor_of(session: Session, user_id: int) -> SecondFactor | None:
    """The user's second factor, if it is asked for when they sign in."""
    factor = session.get(SecondFactor, user_id)
    return factor if factor is not None and factor.confirmed_at is not None else None


def lacking(user_id: int, *, for_id: int | None = None) -> Select[Any]:
    """Gives a row if a role of the user's, or of whom they stand in for, needs a second factor and they have none."""
    own = Role.id.in_(roles_of(for_id or user_id, wall_clock().date()))
    on = exists().where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return select(Role.id).where(own, Role.needs_second_factor, ~on).limit(1)


def begin_factor(session: Session, actor: Actor, *, key: str) -> None:
    """Make the actor a new secret, which is asked for once they have typed a code of it; `key` is the installation's own.
    Refused (Conflict): they have a second factor."""
    assert actor.user_id is not None
    if factor_of(session, actor.user_id) is not None:
        raise Conflict(_l("Your second factor is on already."))
    from pyotp import random_base32

    session.execute(delete(SecondFactor).where(SecondFactor.user_id == actor.user_id))
    sealed = _fernet(key).encrypt(random_base32().encode()).decode()
    session.add(SecondFactor(user_id=actor.user_id, sealed=sealed, trusted_from=utc_now()))
    session.flush()


def address_of(session: Session, actor: Actor, *, key: str, issuer: str) -> tuple[str, str]:
    """What the actor's phone reads to begin: the address for its camera, and the secret to be typed. Only until it is
    confirmed: NotFound after that."""
    factor = session.get(SecondFactor, actor.user_id)
    user = session.get(User, actor.user_id)
    if factor is None or user is None or factor.confirmed_at is not None:
        raise NotFound
    from pyotp import TOTP

    secret = _secret(factor, key)
    return TOTP(secret).provisioning_uri(name=user.login, issuer_name=issuer), secret


def confirm_factor(session: Session, actor: Actor, code: str, *, key: str, login_id: int | None) -> list[str]:
    """Switch the actor's second factor on; gives their recovery codes, which nobody sees again. Every other browser and token
    of theirs is signed out. Refused: WrongCode; Conflict, when none was begun."""
    factor = session.get(SecondFactor, actor.user_id)
    if factor is None or factor.confirmed_at is not None:
        raise Conflict(_l("Begin again: there is no second factor to be confirmed."))
    _take_code(session, factor, code, key)
    factor.confirmed_at = utc_now()
    end_sessions(session, factor.user_id, but=login_id)
    codes = _new_codes(session, factor.user_id)
    _note(session, actor, factor.user_id, "on")
    return codes


def renew_codes(session: Session, actor: Actor) -> list[str]:
    """New recovery codes instead of all that the actor has. Refused (NotFound): they have no second factor."""
    assert actor.user_id is not None
    if factor_of(session, actor.user_id) is None:
        raise NotFound
    codes = _new_codes(session, actor.user_id)
    record(session, "security.second_factor.renew", subject="core.user", subject_id=actor.user_id)
    notice_change(session, actor, actor.user_id, "codes")
    return codes


def end_factor(session: Session, actor: Actor, code: str, *, key: str) -> None:
    """Switch the actor's own second factor off, by a code of it. Refused: WrongCode; a role that needs it (Conflict)."""
    assert actor.user_id is not None
    check_code(session, actor.user_id, code, key=key)
    _remove(session, actor.user_id)
    if session.scalar(lacking(actor.user_id)) is not None:
        raise Conflict(_l("One of your roles needs a second factor."))
    _note(session, actor, actor.user_id, "off")


def reset_factor(session: Session, actor: Actor, user: User) -> None:
    """Take somebody's second factor away who has lost their phone: they sign in by the password, and are notified. They are
    signed out everywhere. Refused: whoever has more rights than the actor; one's own (Conflict); none (NotFound)."""
    from app.security.operations import refuse_more_than

    require(actor, "core.user.manage")
    refuse_more_than(session, actor, user)
    if user.id == actor.user_id:
        raise Conflict(_l("Switch your own second factor off under My account."))
    if session.get(SecondFactor, user.id) is None:
        raise NotFound
    _remove(session, user.id)
    end_sessions(session, user.id)
    _note(session, actor, user.id, "reset")


def require_factor(session: Session, actor: Actor, role: Role, is_required: bool) -> bool:
    """Say whether whoever has the role needs a second factor: without one, they set it up before anything else is open, from
    their next request on. Gives whether that is new."""
    require(actor, "core.role.manage")
    if role.needs_second_factor == is_required:
        return False
    role.needs_second_factor = is_required
    session.flush()
    summary = f"{role.name}: second factor = {is_required}"
    record(session, "core.role.change", subject="core.role", subject_id=role.id, summary=summary)
    bump_generation(session)
    return True


def check_code(session: Session, user_id: int, code: str, *, key: str) -> str:
    """Take a code of the user's phone, or a recovery code, which nobody can use again; says which: "phone" or "recovery".
    Refused: WrongCode, also where the installation's key is another one than that which sealed the secret."""
    factor = factor_of(session, user_id)
    if factor is None:
        raise WrongCode
    typed = "".join(code.split()).replace("-", "").upper()
    if typed.isdecimal() and len(typed) == 6:
        _take_code(session, factor, typed, key)
        return "phone"
    used = delete(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.digest == digest_of(typed))
    if not _count(session.execute(used)):
        raise WrongCode
    who = Actor(user_id, session.scalars(select(User.name).where(User.id == user_id)).one())
    record(session, "security.second_factor.recover", subject="core.user", subject_id=user_id, actor=who)
    return "recovery"


def begin_try(session: Session, user_id: int) -> int:
    """Count a try at a code before it is looked at, so that whoever tries many at once has no more of them. Gives
    the seconds to wait where there were too many in the last hour; zero: it is counted."""
    now = utc_now()
    start, of_user = now - TRIES_WITHIN, SecondFactor.user_id == user_id
    is_over = or_(SecondFactor.tried_since.is_(None), SecondFactor.tried_since <= start)
    session.execute(update(SecondFactor).where(of_user, is_over).values(tries=0, tried_since=now))
    counted = update(SecondFactor).where(of_user, SecondFactor.tries < MOST_TRIES).values(tries=SecondFactor.tries + 1)
    if _count(session.execute(counted)):
        return 0
    since = session.scalar(select(SecondFactor.tried_since).where(of_user))
    return max(1, ceil((since + TRIES_WITHIN - now).total_seconds())) if since is not None else 0


def forget_try(session: Session, user_id: int) -> None:
    """Let a try that was right count for nothing."""
    of_user = SecondFactor.user_id == user_id, SecondFactor.tries > 0
    session.execute(update(SecondFactor).where(*of_user).values(tries=SecondFactor.tries - 1))


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes the user has."""
    return session.scalar(select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id)) or 0


def forget_trusted(session: Session, user_id: int) -> None:
    """Let every browser in which the user is trusted be asked for a code again."""
    session.execute(update(SecondFactor).where(SecondFactor.user_id == user_id).values(trusted_from=utc_now()))


def _take_code(session: Session, factor: SecondFactor, code: str, key: str) -> None:
    """Accept the code of a step near now that is later than the last one that was accepted. Two who send it at once: one."""
    from pyotp import TOTP

    phone, now = TOTP(_secret(factor, key)), int(seconds_of(utc_now())) // _STEP
    code = "".join(code.split())
    steps = range(now - _OFF_BY, now + _OFF_BY + 1)
    step = next((s for s in steps if hmac.compare_digest(phone.at(s * _STEP).encode(), code.encode())), None)
    if step is None:
        raise WrongCode
    newer = SecondFactor.user_id == factor.user_id, SecondFactor.last_step < step
    if not _count(session.execute(update(SecondFactor).where(*newer).values(last_step=step))):
        raise WrongCode


def seconds_of(moment: datetime) -> float:
    """Seconds since 1970 of a moment that is kept as UTC."""
    return (moment - datetime(1970, 1, 1)).total_seconds()


def _new_codes(session: Session, user_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(CODES)]
    session.add_all(RecoveryCode(user_id=user_id, digest=digest_of(code)) for code in codes)
    session.flush()
    return ["-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in codes]


def _remove(session: Session, user_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    session.expire_all()


def _note(session: Session, actor: Actor, user_id: int, what: str) -> None:
    session.flush()
    record(session, f"security.second_factor.{what}", subject="core.user", subject_id=user_id)
    notice_change(session, actor, user_id, f"factor {what}")
    bump_generation(session)


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


def _secret(factor: SecondFactor, key: str) -> str:
    from cryptography.fernet import InvalidToken

    try:
        return str(_fernet(key).decrypt(factor.sealed.encode()).decode())
    except InvalidToken:  # restored on a machine with another key: recovery codes work, and an administrator's reset
        raise WrongCode from None


def _fernet(key: str) -> Any:
    from cryptography.fernet import Fernet  # it takes long to load, and hardly anybody needs it

    own = hmac.digest(key.encode(), b"second factor", "sha256")
    return Fernet(base64.urlsafe_b64encode(own))
