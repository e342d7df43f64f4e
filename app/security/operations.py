"""Changing who may do what: users, roles, grants."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import wall_clock
from app.db import pieces
from app.errors import Conflict, Invalid, NotFound
from app.reference.emails import check_email
from app.reference.rules import check_language
from app.registry.state import bump_generation
from app.security.actor import SCOPES, Actor, require
from app.security.limits import books_read, is_within, limit_books, limit_user, limits_read
from app.security.login import authenticate, end_sessions, renew_session, revoke, typed_login
from app.security.models import Grant, Login, Role, Team, User, user_role
from app.security.noticing import notice_change, notice_old_address
from app.security.passwords import hash_new_password, is_password
from app.security.rights import is_beyond, roles_reached, users_reached
from app.texts import kept, kept_text, longest, one_line
from app.translation import lazy_gettext as _l
from app.versions import begin_version

#: Without these nobody could undo a mistake in users or roles.
KEYS = ("core.user.manage", "core.role.manage")


def add_user(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str,
    roles: Iterable[str],
    team: str | None = None,
    email: str = "",
    must_change_password: bool | None = None,
    books: Iterable[int] = (),
    limits: Mapping[str, Iterable[int]] | None = None,
) -> User:
    """A new user with these roles, who works in the `books` of these own organisations, of all where none is named, limited to
    rows of what `limits` names, otherwise to what the actor is.
    `must_change_password`: at the first sign-in; unless said otherwise, when a person has chosen the password for another.

    Refused: an `email` that isn't an address, books that `limit_books` and limits that `limit_user` refuses, a login that is
    taken, a password that `hash_new_password` refuses, a role that does not exist or holds more rights than the actor does.
    """
    require(actor, "core.user.manage")
    texts = kept(User, {"login": typed_login(login), "name": name})
    login = texts["login"]
    if not login:
        raise Invalid(_l("A user needs a login."), field="login")
    if session.scalars(select(User.id).where(User.login == login)).first():
        raise Conflict(_l("The login “%(login)s” is taken.", login=login))
    address = check_email(email, is_own=True)
    hashed = hash_new_password(session, password, login=login, name=texts["name"])
    user = User(login=login, name=texts["name"] or login, email=address, password_hash=hashed)
    user.must_change_password = not actor.is_system if must_change_password is None else must_change_password
    user.roles = roles_named(session, roles)
    refuse_more_than_own(session, actor, user.roles)
    user.team_id = _team_for(session, actor, team, before=None)
    limit_books(session, actor, user, books or actor.books)
    limit_user(session, actor, user, {**actor.limits, **{noun: some for noun, some in (limits or {}).items() if some}})
    session.add(user)
    session.flush()
    names = ", ".join(role.name for role in user.roles)
    record(session, "core.user.add", subject="core.user", subject_id=user.id, summary=f"{login}: {names}")
    bump_generation(session)
    return user


def change_user(
    session: Session,
    actor: Actor,
    user: User,
    *,
    name: str | None = None,
    email: str | None = None,
    password: str | None = None,
    roles: Iterable[str] | None = None,
    is_active: bool | None = None,
    team: str | None = None,
    books: Iterable[int] | None = None,
    limits: Mapping[str, Iterable[int]] | None = None,
    version: int | None = None,
) -> None:
    """Change what is given; one's own activity and administrator role can't be taken away by oneself. A new password is the
    user's to change when they next sign in, and signs them out everywhere; they are notified of what opens the program to them.

    Refused: an `email` that isn't an address; books that `limit_books` and limits that `limit_user` refuses; a password that
    `hash_new_password` refuses, or one's own (see `change_own`); a user, or a role for them, with more rights than the actor
    has; what would leave nobody to manage users and roles; a user saved since `version` (Changed).
    """
    require(actor, "core.user.manage")
    begin_version(session, user, version)
    myself = user.id == actor.user_id
    refuse_more_than(session, actor, user)
    before = _credentials(user)
    if name is not None:
        user.name = kept(User, {"name": name})["name"] or user.login
    if email is not None:
        user.email = check_email(email, is_own=True)
    if roles is not None:
        named = roles_named(session, roles)
        refuse_more_than_own(session, actor, named)
        if myself and "administrator" in {r.name for r in user.roles} - {r.name for r in named}:
            raise Conflict(_l("You can't take the administrator's role from yourself."))
        user.roles = named
    if password:
        _set_password(session, actor, user, password)
    if is_active is not None:
        if myself and not is_active:
            raise Conflict(_l("You can't switch yourself off."))
        user.is_active = is_active
    if password or is_active is False:  # whoever knew the old password is out, and so is whoever is switched off
        end_sessions(session, user.id)
    if team is not None:
        user.team_id = _team_for(session, actor, team, before=user.team_id)
    if books is not None:
        limit_books(session, actor, user, books)
    if limits is not None:
        limit_user(session, actor, user, limits)
    session.flush()
    record(session, "core.user.change", subject="core.user", subject_id=user.id, summary=user.login)
    _notice_changes(session, actor, user, before)
    bump_generation(session)
    if roles is not None or is_active is False:
        _refuse_nobody_left(session)


def _refuse_nobody_left(session: Session) -> None:
    """Two who manage users and take that right from each other at once: the second one waits for the generation, sees what the
    first has done, and is refused, as nobody could give it back."""
    holds = select(user_role.c.user_id).join(Grant, Grant.role_id == user_role.c.role_id)
    holds = holds.join(User, User.id == user_role.c.user_id).where(User.is_active, Grant.kind == "permission")
    holds = holds.where(Grant.name.in_(KEYS)).group_by(user_role.c.user_id)
    if session.scalar(holds.having(func.count(Grant.name.distinct()) == len(KEYS)).limit(1)) is None:
        raise Conflict(_l("Nobody would be left who may manage users and roles."))


def _set_password(session: Session, actor: Actor, user: User, password: str) -> None:
    if user.id == actor.user_id:
        raise Conflict(_l("Change your own password under My account: there you give the present one as well."))
    user.password_hash = hash_new_password(session, password, login=user.login, name=user.name)
    user.must_change_password = not actor.is_system


def _credentials(user: User) -> dict[str, Any]:
    """What opens the program to a user, or what it may do then."""
    roles = [role.name for role in user.roles]
    return {
        "password": user.password_hash,
        "email": user.email,
        "roles": roles,
        "books": user.books,
        "limits": user.limits,
    }


def _notice_changes(session: Session, actor: Actor, user: User, before: Mapping[str, Any]) -> None:
    after = _credentials(user)
    for what in after:
        if before[what] != after[what]:
            notice_change(session, actor, user.id, what)
    if before["email"] != user.email:
        notice_old_address(session, actor, user.id, before["email"])


def change_own(
    session: Session,
    actor: Actor,
    *,
    locale: str | None,
    email: str | None = None,
    password: str = "",
    current: str = "",
    login_id: int | None = None,
    is_present: bool = False,
    version: int | None = None,
) -> str | None:
    """Change one's own language and address of e-mail, and with `password` the password: every other browser and token is
    signed out, as whoever knew the old one may have made them.

    `login_id` is the browser that stays signed in; gives its new secret when the password has changed. `is_present`: they have
    given their password in it a moment ago. Refused: a language that the program doesn't speak, an `email` that isn't an
    address, a wrong `current` password (WrongCredentials) for a new one, or for another address where they aren't known to be
    present; a new password that `hash_new_password` refuses or that is the present one, a user saved since
    `version` (Changed).
    """
    if locale is not None:
        check_language(locale)
    user = session.get(User, actor.user_id)
    if user is None:
        raise NotFound
    begin_version(session, user, version)
    address = user.email if email is None else check_email(email, is_own=True)
    if password or (address != user.email and not is_present):
        authenticate(session, user.login, current)
    before, secret = _credentials(user), None
    if password:
        secret = _change_own_password(session, user, password, login_id)
    user.locale, user.email = locale, address
    session.flush()
    _notice_changes(session, actor, user, before)
    bump_generation(session)
    return secret


def _change_own_password(session: Session, user: User, password: str, login_id: int | None) -> str | None:
    if is_password(password, user.password_hash):
        raise Invalid(_l("This is the password that you have. Choose another."), field="password")
    user.password_hash = hash_new_password(session, password, login=user.login, name=user.name)
    user.must_change_password = False
    others = select(Login.id).where(Login.user_id == user.id, Login.id != login_id).order_by(Login.id)
    for other in session.scalars(others).all():
        revoke(session, other, user_id=user.id)
    record(session, "security.password.change", subject="core.user", subject_id=user.id, summary=user.login)
    return None if login_id is None else renew_session(session, login_id)


def add_role(session: Session, actor: Actor, *, name: str) -> Role:
    """A role without any right; refuses a name that is taken."""
    require(actor, "core.role.manage")
    name = one_line(name)
    if not name or len(name) > 60:
        raise Invalid(_l("A role needs a name of at most 60 characters."), field="name")
    if session.scalars(select(Role.id).where(Role.name == name)).first():
        raise Conflict(_l("There is a role “%(name)s” already.", name=name))
    role = Role(name=name)
    session.add(role)
    session.flush()
    record(session, "core.role.add", subject="core.role", subject_id=role.id, summary=name)
    return role


def set_grants(
    session: Session,
    actor: Actor,
    role: Role,
    wanted: Mapping[tuple[str, str], str | bool],
    *,
    version: int | None = None,
) -> int:
    """Make the role's rights what `wanted` says of (kind, name): whether it has them, or none, own, team or all for a scope.
    What it does not name stays. Gives how many changed. Refused: a role saved since `version` (Changed)."""
    require(actor, "core.role.manage")
    begin_version(session, role, version)
    held = {(g.kind, g.name): g for g in session.scalars(select(Grant).where(Grant.role_id == role.id))}
    changed = 0
    for (kind, name), value in wanted.items():
        grant = held.get((kind, name))
        present = (grant.scope if grant else "all") if kind == "scope" else grant is not None
        if present != value:
            _set_grant(session, role, grant, kind, name, value)
            changed += 1
    return changed


def set_grant(session: Session, actor: Actor, role: Role, kind: str, name: str, value: str | bool) -> None:
    """Give or take one right of a role; for a scope, `value` is none, own, team or all."""
    set_grants(session, actor, role, {(kind, name): value})


def _set_grant(session: Session, role: Role, grant: Grant | None, kind: str, name: str, value: str | bool) -> None:
    if role.name == "administrator" and kind == "permission" and name in KEYS and not value:
        raise Conflict(_l("The administrator keeps the rights over users and roles, or nobody could give them back."))
    if kind == "scope":
        if value not in SCOPES:
            raise Invalid(_l("A scope is none, own, team or all."), field="scope")
        if grant is None:
            session.add(Grant(role_id=role.id, kind=kind, name=name, scope=str(value)))
        else:
            grant.scope = str(value)
    elif value and grant is None:
        session.add(Grant(role_id=role.id, kind=kind, name=name))
    elif not value and grant is not None:
        session.delete(grant)
    session.flush()
    record(
        session, "core.role.change", subject="core.role", subject_id=role.id, summary=f"{role.name}: {name} = {value}"
    )
    bump_generation(session)


def roles_named(session: Session, names: Iterable[str]) -> list[Role]:
    """The roles with these names, each of which must exist."""
    wanted = set(names)
    found = list(session.scalars(select(Role).where(Role.name.in_(wanted)).order_by(Role.name)))
    if missing := wanted - {role.name for role in found}:
        known = ", ".join(session.scalars(select(Role.name).order_by(Role.name)))
        raise Invalid(
            _l("There is no role “%(name)s”. Known: %(known)s.", name=sorted(missing)[0], known=known), field="role"
        )
    return found


def check_users(session: Session, ids: Collection[int], *, field: str) -> None:
    """Refuse (Invalid) users that there aren't, or who don't sign in any more, to be given anything."""
    for some in pieces(ids):
        active = select(User.id).where(User.id.in_(some), User.is_active)
        if len(session.scalars(active).all()) < len(set(some)):
            raise Invalid(_l("Choose from the list."), field=field)


def refuse_more_than_own(session: Session, actor: Actor, roles: Iterable[Role]) -> None:
    """Who manages users gives nobody more than they have themselves, nor a password to someone who has more. Whoever manages
    roles may, as they could widen their own."""
    if actor.may("core.role.manage"):
        return
    for role in roles:
        if is_beyond(session, actor, role):
            raise Conflict(
                _l("The role “%(name)s” holds rights that you don't have; ask an administrator.", name=role.name)
            )


def refuse_more_than(session: Session, actor: Actor, user: User, *more: Role) -> None:
    """Refuse (Conflict) to touch a user who can act with more rights than the actor, in books that aren't open to the actor, or
    beyond the actor's limits, were it for a time or for somebody whose deputy they are; or to give them a role that holds
    `more`."""
    today = wall_clock().date()
    _refuse_other_books(session, actor, user, today)
    _refuse_other_limits(session, actor, user, today)
    reached = roles_reached(user.id, today)
    roles = session.scalars(select(Role).where(Role.id.in_(reached)).order_by(Role.name)).all()
    refuse_more_than_own(session, actor, [*roles, *more])


def _refuse_other_books(session: Session, actor: Actor, user: User, today: date) -> None:
    if not actor.books:
        return
    reached = session.scalars(select(User.books).where(User.id.in_(users_reached(user.id, today)))).all()
    if not all((books := books_read(text)) and books <= actor.books for text in reached):
        raise Conflict(
            _l("%(name)s works in organisations in which you don't work; ask an administrator.", name=user.name)
        )


def _refuse_other_limits(session: Session, actor: Actor, user: User, today: date) -> None:
    if not actor.limits:
        return
    reached = session.scalars(select(User.limits).where(User.id.in_(users_reached(user.id, today)))).all()
    if not all(is_within(limits_read(text), actor) for text in reached):
        raise Conflict(
            _l(
                "%(name)s sees more than is open to you, such as other warehouses; ask an administrator.",
                name=user.name,
            )
        )


def _team_for(session: Session, actor: Actor, name: str | None, *, before: int | None) -> int | None:
    """The team that a user is put into, made when it is new. What is open to a team is open to whoever is put into it, so
    who may not manage roles puts nobody into a team of which they aren't a member."""
    name = kept_text(name or "", longest(Team, "name"), field="team")
    if not name:
        return None
    team = session.scalars(select(Team).where(Team.name == name)).first()
    if team is None:
        team = Team(name=name)
        session.add(team)
        session.flush()
    elif team.id != before and not actor.may("core.role.manage"):
        own = session.scalars(select(User.team_id).where(User.id == actor.user_id)).first()
        if team.id != own:
            raise Conflict(_l("You aren't a member of the team “%(name)s” yourself; ask an administrator.", name=name))
    return team.id
