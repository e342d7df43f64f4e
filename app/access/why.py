"""Why somebody can see a record, or can't: role, right, scope and confidential groups, in words.

It asks the same actor and the same criterion as their own requests do, so what it says is what they meet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import formats
from app.clock import wall_clock
from app.company import Company, actor_of
from app.documents import Document
from app.errors import NotFound
from app.past_policy import PastPolicy
from app.registry.requirements import requirements
from app.security import Actor, Grant, Role, Scoped, Team, User
from app.security.models import Deputy, RoleForTime
from app.security.partners import criterion_for
from app.security.rights import roles_of
from app.web.admin.words import role_word

_THEIRS = PastPolicy(
    "whether another user sees a record is asked by their criterion; the record is open to whoever asks"
)


@dataclass(frozen=True)
class Step:
    """One step of the answer."""

    words: str
    #: whether it lets them go on; None: it only says something
    is_open: bool | None = None


@dataclass(frozen=True)
class Answer:
    """Whether a user sees a record, and every step that says so."""

    sees: bool
    steps: list[Step]
    #: all of it in one sentence: role → right → how far → whose; where it is refused, up to what refuses it
    path: str = ""


def model_of(noun: str) -> Any:
    """The model whose records of the noun scopes narrow. Refused (NotFound): there isn't any."""
    for model in Scoped._scoped:
        if issubclass(model, Scoped) and hasattr(model, "responsible_id") and noun in model.nouns():
            return model
    raise NotFound


def why(session: Session, company: Company, user: User, noun: str, record_id: int) -> Answer:
    """Why the user sees the record of that noun, or doesn't. The session's actor must see it themselves: NotFound."""
    model = model_of(noun)
    record = session.get(model, record_id)
    if record is None or (model is Document and record.kind != noun):
        raise NotFound
    enabled = frozenset(m.name for m in company.enabled)
    actor = actor_of(session, user.id, enabled)
    if actor is None:
        return _answer(False, [Step(_("%(name)s may not sign in.", name=user.name), False)])
    right = f"{noun}.view"
    steps = [*_of_right(session, company, user, actor, right, enabled)]
    if actor.may(right):
        steps += _of_scope(session, actor, user, noun, record)
    criterion = criterion_for(model, actor)
    table = model.__table__
    found = select(table.c.id).where(table.c.id == record_id)
    is_within = criterion is None or _THEIRS(session).execute(found.where(criterion)).first() is not None
    sees = actor.may(right) and is_within
    path = list(steps)
    if sees:
        steps += _of_groups(session, company, user, actor, record)
    else:
        steps += _of_deputies(session, user, right, model, found, enabled)
    return _answer(sees, steps, path)


def _answer(sees: bool, steps: list[Step], path: Iterable[Step] = ()) -> Answer:
    """The answer with its sentence: the steps that open, or the one that doesn't."""
    said = [step.words.rstrip(".") for step in path or steps if step.is_open is sees]
    return Answer(sees, steps, " → ".join(said) + "." if said else "")


def _of_deputies(
    session: Session, user: User, right: str, model: Any, found: Any, enabled: frozenset[str]
) -> Iterator[Step]:
    """For whom they stand in, who sees it: as their deputy they see it too, until when."""
    today = wall_clock().date()
    on = Deputy.user_id == user.id, Deputy.from_day <= today, Deputy.until_day >= today
    for deputy in session.scalars(select(Deputy).where(*on).order_by(Deputy.id)):
        them, other = actor_of(session, deputy.for_id, enabled), session.get(User, deputy.for_id)
        if them is None or other is None or not them.may(right):
            continue
        criterion = model.visible_to(them)
        if criterion is None or _THEIRS(session).execute(found.where(criterion)).first() is not None:
            said = {"name": other.name, "day": formats.current().day(deputy.until_day)}
            yield Step(_("As deputy of %(name)s, until %(day)s, they see it while they act for them.", **said), True)


def _of_right(
    session: Session, company: Company, user: User, actor: Actor, right: str, enabled: frozenset[str]
) -> Iterator[Step]:
    """Which of their roles give the right, and what it lacks."""
    title = company.title_of_right(right)
    own = Role.id.in_(roles_of(user.id, wall_clock().date()))
    roles = session.scalars(select(Role.name).where(own).order_by(Role.name)).all()
    if not roles:
        yield Step(_("%(name)s has no role.", name=user.name), False)
        return
    giving = _giving(session, user, "permission", right)
    if not giving:
        said = {"roles": _listed(role_word(name) for name in roles), "right": title}
        yield Step(_("The right “%(right)s” is in no role that they have: %(roles)s.", **said), False)
        return
    said = {"roles": _listed(giving), "right": title}
    yield Step(_("The right “%(right)s” comes from: %(roles)s.", **said), actor.may(right))
    for other in sorted(requirements(enabled).get(right, frozenset())):
        if not (actor.may(other) or other in actor.groups):
            yield Step(
                _("It holds only with “%(other)s”, which is missing.", other=company.title_of_right(other)), False
            )


def _giving(session: Session, user: User, kind: str, name: str) -> list[str]:
    """The roles of a user that give a right today, in words: those that they have for a time with their last day."""
    today = wall_clock().date()
    query = select(Role.id, Role.name).join(Grant, Grant.role_id == Role.id)
    query = query.where(Role.id.in_(roles_of(user.id, today)), Grant.kind == kind, Grant.name == name)
    lent = select(RoleForTime.role_id, RoleForTime.until_day).where(
        RoleForTime.user_id == user.id, RoleForTime.from_day <= today, RoleForTime.until_day >= today
    )
    until = {role: day for role, day in session.execute(lent) if role not in {each.id for each in user.roles}}
    return [
        _("%(role)s (until %(day)s)", role=role_word(role.name), day=formats.current().day(until[role.id]))
        if role.id in until
        else role_word(role.name)
        for role in session.execute(query.order_by(Role.name))
    ]


def _of_scope(session: Session, actor: Actor, user: User, noun: str, record: Any) -> Iterator[Step]:
    """How far the right reaches, and whose the record is."""
    from app.web.admin.roles import SCOPE_TITLES

    scope = actor.scope(noun)
    yield Step(_("It reaches: %(scope)s.", scope=SCOPE_TITLES[scope]), scope != "none")
    if scope in ("all", "none"):
        return
    owners = {record.responsible_id, getattr(record, "owner_id", None)} - {None}
    names = session.scalars(select(User.name).where(User.id.in_(owners)).order_by(User.name)).all()
    within = owners & ({actor.user_id} if scope == "own" else set(actor.team))
    if not owners:
        yield Step(_("Nobody is responsible for this record."), False)
    else:
        yield Step(_("Responsible: %(names)s.", names=_listed(names)), bool(within))
    if scope == "team":
        team = session.get(Team, user.team_id) if user.team_id else None
        yield Step(
            _("%(name)s is in the team: %(team)s.", name=user.name, team=team.name if team else "–"),
            bool(within) or None,
        )


def _of_groups(session: Session, company: Company, user: User, actor: Actor, record: Any) -> Iterator[Step]:
    """Which confidential fields of it are open."""
    mapper: Any = type(record).__mapper__
    groups = {column.info["group"] for column in mapper.columns if column.info.get("group")}
    for group in sorted(groups):
        title = company.title_of_right(group)
        giving = _listed(_giving(session, user, "group", group))
        said = (
            _("Confidential fields “%(group)s” are open, by: %(roles)s.", group=title, roles=giving)
            if actor.sees(group)
            else None
        )
        yield Step(said or _("Confidential fields “%(group)s” are shown as dots.", group=title), actor.sees(group))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
