"""One running company: its database, which modules are on, and who its users are, as of the newest generation."""

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.backup.models import Backup
from app.clock import set_zone, wall_clock
from app.config import Config
from app.core_module import module as core
from app.custom import fields_known
from app.db import Database, utc_now
from app.errors import ModuleOff, NotFound
from app.jobs import Job
from app.mail.keeping import settings_of
from app.mail.models import MailServer
from app.mail.settings import MailSettings
from app.migrations import ENVIRONMENT, Source
from app.notifications import Notification
from app.past_policy import PastPolicy
from app.preferences import Arrangement, Preference, read_arrangement
from app.reference import Organisation, facts_known
from app.registry import Generation, Installed, MenuItem, Module, ModuleState, discover
from app.registry.requirements import held, nouns_of, requirements
from app.sample.models import SampleRow
from app.security.actor import SYSTEM, Actor
from app.security.limits import books_read, limits_read, narrower
from app.security.login import digest_of
from app.security.models import Grant, Login, User
from app.security.refused_acts import RefusedActs
from app.security.rights import roles_of, widest_scopes
from app.security.second_factor import lacking
from app.security.standing_in import DEPUTY, NEVER_FOR_OTHERS, VIEW, stood_in_for
from app.security.tokens import within_token

_OWN = PastPolicy("who somebody is and what they may do is read before there is an actor")

#: The core's own files that declare what modules' files of the same name do.
_CORE_FILES = {
    "tables": "app.web.admin.tables",
    "tabs": "app.web.admin.tabs",
    "jobs": "app.jobs.kinds",
    "notifications": "app.notifications.kinds",
}

CORE = Source("core", ENVIRONMENT / "versions")

# Made once: every request asks it.
_UNREAD = (
    select(func.count())
    .where(Notification.user_id == Login.user_id, Notification.read_at.is_(None), Notification.is_belled)
    .correlate(Login)
    .scalar_subquery()
)
_WHO = (
    select(
        Generation.number,
        Login.user_id,
        Login.id,
        Login.kind,
        Login.access,
        Login.reach,
        Login.created_at,
        Login.seen_at,
        Login.proved_at,
        Login.as_user_id,
        Login.as_kind,
        User.login,
        User.must_change_password,
        _UNREAD.label("unread"),
        Preference.shell,
    )
    .outerjoin_from(
        Generation, Login, (Login.token_digest == bindparam("digest")) & (Login.expires_at > bindparam("now"))
    )
    .outerjoin(User, User.id == Login.user_id)
    .outerjoin(Preference, Preference.user_id == Login.user_id)
)
_ORGANISATION = select(
    Organisation.id,
    Organisation.name,
    Organisation.currency,
    Organisation.zone,
    Organisation.tax_rounding,
    Organisation.idle_minutes,
    Organisation.signed_in_days,
).order_by(Organisation.id)


@dataclass(frozen=True)
class SignedIn:
    """Who a request comes from."""

    actor: Actor
    login_id: int
    #: what they type to sign in
    login: str
    #: how many notifications the bell has that they haven't read
    unread: int = 0
    #: how they have arranged their pages
    arrangement: Arrangement = field(default_factory=Arrangement)
    #: whether a program sends a token, and whether it may do more than read
    is_token: bool = False
    may_write: bool = True
    #: UTC: when the browser's user last gave their password in it, and when it last asked for anything
    proved_at: datetime | None = None
    seen_at: datetime | None = None
    #: somebody else has set their password
    must_change_password: bool = False


@dataclass(frozen=True)
class State:
    """What one generation says. Threads that read two generations at once each keep to their own."""

    number: int
    enabled: frozenset[str]
    #: after so long without a request, and so long in all, a browser is signed out
    #: the organisation's, on which roles for a time and deputies were read
    day: date = date.min
    idle: timedelta = timedelta(hours=12)
    life: timedelta = timedelta(days=14)
    actors: dict[int, Actor] = field(default_factory=dict)
    #: who acts as whom, and how → the actor that they are then; None: they may not
    acting: dict[tuple[int, int, str], Actor | None] = field(default_factory=dict)
    #: the organisations' names by their numbers, the first one first
    organisations: dict[int, str] = field(default_factory=dict)
    #: an actor, and the organisation in whose books they work → the actor that they are there
    placed: dict[tuple[Actor, int], Actor] = field(default_factory=dict)
    #: whose token, its access and reach → the actor that a program is with it
    programs: dict[tuple[int, str, str], Actor] = field(default_factory=dict)

    def is_over(self, login: Any, now: datetime) -> bool:
        """Whether a browser that signed in has been idle, or signed in, for too long."""
        return bool((login.seen_at or login.created_at) + self.idle <= now or login.created_at + self.life <= now)


class Company:
    """What a worker keeps between requests. Everything here is read again when the generation number has moved."""

    def __init__(self, config: Config, *, is_copy: bool = False) -> None:
        """`is_copy`: of a company that this process may serve by another clock, which stays as it is."""
        self.config, self._is_copy = config, is_copy
        self.database = Database(config.database_url)
        self.database.known = {"has_mail": config.mail is not None}
        self.installed: dict[str, Installed] = discover()
        self._state = State(-1, frozenset())
        self.refused_acts = RefusedActs()
        #: the mail server that an administrator has set, as of the newest generation
        self.mail_kept: Any = None
        #: the organisation's name and currency: on every page, so not asked for on every page
        self.name, self.currency = "Kontor", "EUR"

    @property
    def enabled(self) -> list[Installed]:
        """The modules that are on, those required first."""
        return [m for m in self.installed.values() if self.is_on(m.name) and m.manifest]

    def is_on(self, name: str) -> bool:
        """Whether the module is on, as of the last refresh."""
        return name in self._state.enabled

    @property
    def mail(self) -> MailSettings | None:
        """How mail leaves: as the file or the environment say, or else as an administrator has set; None: there is no mail.
        Refused (Invalid): a password that can't be read on this server."""
        if self.config.mail is None and self.mail_kept is not None:
            return settings_of(self.mail_kept, self.config.secret_key)
        return self.config.mail

    def require_on(self, name: str) -> None:
        """Refuse (ModuleOff) unless the module is on."""
        if not self.is_on(name):
            raise ModuleOff(name)

    @property
    def organisations(self) -> dict[int, str]:
        """The organisations' names by their numbers, the first one first."""
        return self._state.organisations

    def organisations_of(self, actor: Actor) -> dict[int, str]:
        """Those in whose books the actor may work, the first one first."""
        return {number: name for number, name in self.organisations.items() if actor.may_work_in(number)}

    def name_for(self, actor: Actor | None) -> str:
        """The name of the organisation in whose books the actor works."""
        return self.organisations.get(actor.organisation, self.name) if actor is not None else self.name

    def placed(self, actor: Actor, organisation_id: int | None) -> Actor:
        """The actor as they work in an organisation's books: the first one's that is open to them where it isn't said; where
        there is one alone, nothing has to be kept apart. Refused (NotFound): an organisation that there isn't, or that isn't
        open to them."""
        state = self._state
        if organisation_id and (organisation_id not in state.organisations or not actor.may_work_in(organisation_id)):
            raise NotFound
        if len(state.organisations) < 2 or actor.is_system:
            return actor
        first = next(iter(self.organisations_of(actor)), None)
        if first is None:  # none of those that were open to them is there any more
            raise NotFound
        key = (actor, organisation_id or first)
        if key not in state.placed:
            state.placed[key] = replace(actor, organisation=key[1])
        return state.placed[key]

    def refresh(
        self, session: Session, token: str | None = None, *, organisation_id: int | None = None
    ) -> SignedIn | None:
        """Compare the generation, and find who holds `token`: one statement. Reads again only what has changed.

        Who uses a browser works in the books that they have chosen, a program in those of `organisation_id`.
        """
        state = self._state
        now = utc_now()
        row = _OWN(session).execute(_WHO, {"digest": digest_of(token or ""), "now": now}).first()
        if row is None:
            return None
        if row.number != state.number or state.day != wall_clock().date():
            state = self._state = self._read_state(session, row.number)
        if row.user_id is None or (row.kind == "browser" and state.is_over(row, now)):
            return None
        actor = state.actors.get(row.user_id) or self._read_actor(session, row.user_id, state)
        if actor is not None and row.as_user_id is not None and row.kind == "browser":
            actor = self._acting(session, actor, row, state) or actor
        if actor is not None and row.kind == "token":
            key = (row.user_id, row.access, row.reach)
            actor = state.programs[key] = state.programs.get(key) or within_token(actor, row.access, row.reach)
        if actor is None:
            return None
        chosen: int | None = organisation_id
        if row.kind == "browser":  # one that they have chosen may have been closed to them since
            chosen = read_arrangement(row.shell).organisation
            chosen = chosen if chosen in self.organisations_of(actor) else None
        return _signed_in(self.placed(actor, chosen), row)

    def _acting(self, session: Session, actor: Actor, row: Any, state: State) -> Actor | None:
        key = (row.user_id, row.as_user_id, row.as_kind)
        if key not in state.acting:
            state.acting[key] = acting_actor(session, actor, row.as_user_id, row.as_kind, state.enabled)
        return state.acting[key]

    def _read_state(self, session: Session, number: int) -> State:
        states = _OWN(session).execute(select(ModuleState.name, ModuleState.is_enabled)).all()
        state = State(number, frozenset(row.name for row in states if row.is_enabled))
        made = {row.name for row in states}
        organisations = _OWN(session).execute(_ORGANISATION).all()
        organisation = next(iter(organisations), None)
        state = replace(state, organisations={row.id: row.name for row in organisations})
        if organisation is not None:
            idle, life = timedelta(minutes=organisation.idle_minutes), timedelta(days=organisation.signed_in_days)
            state = replace(state, idle=idle, life=life)
            self.name, self.currency = organisation.name, organisation.currency
            if not self._is_copy:
                set_zone(organisation.zone)
        state = replace(state, day=wall_clock().date())
        self.mail_kept = _OWN(session).execute(select(MailServer.__table__)).first()
        known = {
            **facts_known(organisation),
            **fields_known(session),
            "hooks": partial(self._listeners, made, state.enabled),
            "has_mail": self.mail_kept is not None or self.config.mail is not None,
        }
        self.database.known = known
        session.info.update(known)  # it began with what was known before
        return state

    def _listeners(
        self, made: set[str], enabled: frozenset[str], hook: str, off_too: bool
    ) -> list[tuple[str, Callable[..., Any]]]:
        """What the modules that are on, or all that have tables, do when `hook` is called, those required first."""
        among = made if off_too else enabled
        found = (
            (m.name, m.attribute("hooks", hook)) for m in self.installed.values() if m.name in among and m.manifest
        )
        return [(name, function) for name, function in found if function is not None]

    def _read_actor(self, session: Session, user_id: int, state: State) -> Actor | None:
        actor = actor_of(session, user_id, state.enabled)
        if actor is not None:
            state.actors[user_id] = actor
        return actor

    def has_users(self, session: Session) -> bool:
        """Whether anyone can sign in yet; before that, only the first-run page is open."""
        return bool(_OWN(session).execute(select(func.count()).select_from(User.__table__)).scalar())

    def menu(self, actor: Actor) -> Iterator[MenuItem]:
        """The lines of the side menu that are open to the actor, in the modules' order."""
        return (item for manifest in self.manifests() for item in manifest.menu if actor.may(item.needs))

    def manifests(self) -> Iterator[Module]:
        """What the modules that are on say of themselves, and then the core."""
        yield from (m.manifest for m in self.enabled if m.manifest)
        yield core

    def title_of_right(self, name: str) -> str:
        """What a permission or a group of confidential fields is called; its name when no module declares it."""
        for manifest in self.manifests():
            titles = {p.name: p.title for p in manifest.permissions} | {f.name: f.title for f in manifest.field_groups}
            if name in titles:
                return str(titles[name])
        return name

    def contributed(self, file: str, kind: type) -> Iterator[Any]:
        """Every value of `kind` that the modules that are on declare in their `file`, and then the core itself."""
        for module in (*self.enabled, core_files()):
            yield from module.all_of(file, kind)

    def source_of(self, name: str) -> Source:
        """The module's migrations."""
        return Source(name, self.installed[name].folder / "migrations" / "versions")


def _signed_in(actor: Actor, row: Any) -> SignedIn:
    return SignedIn(
        actor,
        row.id,
        row.login,
        row.unread,
        read_arrangement(row.shell),
        is_token=row.kind == "token",
        may_write=row.access == "write" and actor.acting != VIEW,
        proved_at=row.proved_at,
        seen_at=row.seen_at,
        must_change_password=row.must_change_password,
    )


@lru_cache(maxsize=1)
def core_files() -> Installed:
    """The core as if it were a module. Its pages stand above this file, so they are found by name and only when asked for."""
    files = {file: importlib.import_module(name) for file, name in _CORE_FILES.items()}
    return Installed("core", manifest=core, package="app", files=files)


def actor_of(session: Session, user_id: int, enabled: frozenset[str]) -> Actor | None:
    """The actor that an active user is: all their roles' rights together; rights of modules that are off fall away, and so do
    those that require others which no role gives. Over what they may not see at all their scope is none."""
    connection = _OWN(session)
    users = User.__table__
    user = connection.execute(select(users).where(users.c.id == user_id, users.c.is_active)).first()
    if user is None:
        return None
    team = connection.execute(
        select(users.c.id).where(users.c.team_id == user.team_id, users.c.team_id.is_not(None))
    ).scalars()
    grants = connection.execute(
        select(Grant.role_id, Grant.kind, Grant.name, Grant.scope).where(
            Grant.role_id.in_(roles_of(user_id, wall_clock().date()))
        )
    ).all()
    on = [g for g in grants if g.name.split(".")[0] == "core" or g.name.split(".")[0] in enabled]
    groups = _named(on, "group")
    permissions = held(_named(on, "permission"), groups, requirements(enabled))
    off = discover().keys() - enabled
    whole = held(_named(grants, "permission"), _named(grants, "group"), requirements(enabled | off))
    lacks = connection.execute(lacking(user_id)).first() is not None
    unseen = {noun: "none" for noun in nouns_of(enabled) if f"{noun}.view" not in permissions}
    return Actor(
        user_id=user_id,
        name=user.name,
        permissions=permissions,
        groups=groups,
        scopes=widest_scopes(on) | unseen,
        team=tuple({user_id, *team}),
        locale=user.locale,
        lacks_second_factor=lacks,
        books=books_read(user.books),
        limits=limits_read(user.limits),
        dormant=frozenset(name for name in whole if name.split(".")[0] in off),
    )


def acting_actor(session: Session, me: Actor, user_id: int, kind: str, enabled: frozenset[str]) -> Actor | None:
    """The actor that `me` is while they stand in for a user, within what that one has, or see what that one sees, within what
    they may see themselves. None: they may not, or not any more."""
    them, connection = actor_of(session, user_id, enabled), _OWN(session)
    if them is None:
        return None
    if kind == VIEW:
        if not me.may("core.role.manage"):
            return None
        books = (me.books & them.books) if me.books and them.books else (me.books or them.books)
        limits = narrower(me.limits, them.limits)
        if (me.books and them.books and not books) or limits is None:
            return None
        # Where the viewer doesn't see everything, what both see can't be said by a scope.
        scopes = {noun: them.scope(noun) if me.scope(noun) == "all" else "none" for noun in nouns_of(enabled)}
        return replace(
            me,
            name=f"{me.name} as {them.name}"[:200],
            permissions=them.permissions & me.permissions,
            groups=them.groups & me.groups,
            scopes=scopes,
            own=(user_id,),
            team=them.team,
            books=books,
            limits=limits,
            dormant=frozenset(),
            acting=VIEW,
        )
    if connection.execute(stood_in_for(me.user_id or 0, wall_clock().date()).where(User.id == user_id)).first() is None:
        return None
    return replace(
        them,
        user_id=me.user_id,
        name=f"{me.name} for {them.name}"[:200],
        permissions=them.permissions - NEVER_FOR_OTHERS,
        own=(user_id, *((me.user_id,) if me.user_id is not None else ())),
        team=tuple({*them.team, user_id, me.user_id or user_id}),
        locale=me.locale,
        acting=DEPUTY,
        lacks_second_factor=me.lacks_second_factor
        or connection.execute(lacking(me.user_id or 0, for_id=user_id)).first() is not None,
    )


def _named(grants: Iterable[Any], kind: str) -> frozenset[str]:
    return frozenset(g.name for g in grants if g.kind == kind)


# Job, Backup, SampleRow: whoever makes or compares the core's tables imports this file, and theirs are among them.
__all__ = ["CORE", "SYSTEM", "Backup", "Company", "Job", "SampleRow", "SignedIn", "actor_of"]
