"""The core's own lists: users, the audit, exchange rates, custom fields, units."""

from functools import cache
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import AuditChange, AuditLine
from app.company import core_files
from app.custom import TYPES, CustomFieldRow, subjects
from app.jobs import STATES, Job, Kind
from app.reference import CurrencyRate, Unit
from app.reference.units import unit_word
from app.registry.discovery import discover, field_groups
from app.security import Role, Team, User
from app.security.models import user_role
from app.translation import lazy_gettext as _l
from app.web.admin.changes import audit_changes as audit_changes
from app.web.admin.changes import of_person, people, record_address
from app.web.admin.recorded import action_word, details_word, noun_word
from app.web.admin.words import role_words
from app.web.edge.request import current_actor, current_company
from app.web.kit.tables import Column, Filter, Link, Table, period_filters

users = Table(
    name="core.user",
    title=_l("Users"),
    needs="core.user.manage",
    source=lambda session: select().select_from(User).outerjoin(Team, Team.id == User.team_id),
    key=User.id,
    columns=(
        Column("name", _l("Name"), User.name, headline=True, link=Link("core.user_edit", user_id="id")),
        Column("login", _l("Login"), User.login),
        Column("email", _l("E-mail"), User.email, is_aside=True),
        Column(
            "roles",
            _l("Roles"),
            select(func.aggregate_strings(Role.name, ", "))
            .join(user_role, user_role.c.role_id == Role.id)
            .where(user_role.c.user_id == User.id)
            .correlate(User)
            .scalar_subquery(),
            words=role_words,
            sortable=False,
        ),
        Column("team", _l("Team"), Team.name, nullable=True),
        Column("is_active", _l("May sign in"), User.is_active, "flag", sortable=False),
        Column("id", "", User.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(User.name), func.lower(User.login)),
    filters=(
        Filter(
            "active",
            _l("Shown"),
            lambda value: User.is_active.is_(value != "no"),
            (("yes", _l("who may sign in")), ("no", _l("switched off"))),
        ),
    ),
    create="core.user_new",
    create_title=_l("New user"),
)


def _actions(session: Session) -> list[tuple[str, object]]:
    names = session.scalars(select(AuditLine.action).distinct())
    return sorted(((name, action_word(name)) for name in names), key=lambda choice: str(choice[1]))


def _subjects(session: Session) -> list[tuple[str, object]]:
    names = session.scalars(select(AuditLine.subject).where(AuditLine.subject.is_not(None)).distinct())
    return sorted(((name, noun_word(name)) for name in names if name), key=lambda choice: str(choice[1]))


def _changes_address(row: Any) -> str | None:
    return url_for("core.audit_change_list", line=f"{row.chain}-{row.sequence}") if row.changes else None


_changed = (
    select(func.nullif(func.count(), 0))
    .select_from(AuditChange)
    .where(AuditChange.chain == AuditLine.chain, AuditChange.sequence == AuditLine.sequence)
    .correlate(AuditLine)
    .scalar_subquery()
)
audit = Table(
    name="core.audit",
    title=_l("Audit"),
    needs="core.audit.view",
    source=lambda session: select().select_from(AuditLine),
    key=AuditLine.id,
    columns=(
        Column("moment", _l("When (UTC)"), AuditLine.moment, "moment"),
        Column(
            "actor", _l("Who"), AuditLine.actor, headline=True, link=lambda row: url_for("core.audit_list", q=row.actor)
        ),
        Column("action", _l("What"), AuditLine.action, words=action_word),
        Column("subject", _l("Of what"), AuditLine.subject, nullable=True, link=record_address, words=noun_word),
        Column("summary", _l("Details"), AuditLine.summary, sortable=False, words=details_word),
        Column("changes", _l("Changed fields"), _changed, "integer", link=_changes_address, sortable=False),
        Column("subject_id", "", AuditLine.subject_id, hidden=True, sortable=False),
        Column("chain", "", AuditLine.chain, hidden=True, sortable=False),
        Column("sequence", "", AuditLine.sequence, hidden=True, sortable=False),
        Column("id", "", AuditLine.id, hidden=True, sortable=False),
    ),
    order="-moment",
    search=(func.lower(AuditLine.actor + " " + AuditLine.action + " " + AuditLine.summary),),
    filters=(
        Filter("person", _l("Who"), of_person, people),
        Filter("action", _l("What"), lambda value: AuditLine.action == value, _actions),
        Filter("subject", _l("Of what"), lambda value: AuditLine.subject == value, _subjects),
        *period_filters(AuditLine.moment),
    ),
    empty=_l("Nothing has been recorded yet."),
    is_found=False,
)


def _rate_address(row: Any) -> str | None:
    return url_for("core.rate_edit", rate_id=row.id) if current_actor().may("core.rate.edit") else None


rates = Table(
    name="core.rate",
    title=_l("Exchange rates"),
    needs="core.rate.view",
    source=lambda session: select().select_from(CurrencyRate),
    key=CurrencyRate.id,
    columns=(
        Column("currency", _l("Currency"), CurrencyRate.currency, headline=True, link=_rate_address),
        Column("day", _l("In force from"), CurrencyRate.day, "date"),
        Column("rate", _l("Rate"), CurrencyRate.rate, "rate", currency="currency", sortable=False),
        Column("id", "", CurrencyRate.id, hidden=True, sortable=False),
    ),
    order="-day",
    create="core.rate_new",
    create_needs="core.rate.edit",
    create_title=_l("New rate"),
    empty=_l("No exchange rate yet. Documents in the organisation's own currency need none."),
)


def subjects_offered() -> list[tuple[str, object]]:
    """What there can be custom fields of, as far as its module is on, with what people call it."""
    company = current_company()
    return [(subject, model.title) for subject, model in subjects().items() if company.is_on(subject.partition(".")[0])]


def _custom_fields(titles: dict[str, object], groups: dict[str, object], instead: Any = None) -> Table:
    return Table(
        name="core.custom_field",
        title=_l("Custom fields"),
        needs="core.custom_field.manage",
        source=lambda session: select().select_from(CustomFieldRow),
        key=CustomFieldRow.id,
        columns=(
            Column(
                "title",
                _l("Title"),
                CustomFieldRow.title,
                headline=True,
                link=Link("core.custom_field_edit", field_id="id"),
            ),
            Column("subject", _l("Belongs to"), CustomFieldRow.subject, choices=titles),
            Column("type", _l("Type"), CustomFieldRow.type, choices=dict(TYPES)),
            Column("is_required", _l("Must be filled in"), CustomFieldRow.is_required, "flag", sortable=False),
            Column("group", _l("Confidential"), CustomFieldRow.field_group, choices=groups),
            Column("key", _l("Key"), CustomFieldRow.key),
            Column("is_active", _l("In use"), CustomFieldRow.is_active, "flag", sortable=False),
            Column("id", "", CustomFieldRow.id, hidden=True, sortable=False),
        ),
        order="subject",
        search=(func.lower(CustomFieldRow.title), CustomFieldRow.key),
        filters=(
            Filter(
                "subject",
                _l("Belongs to"),
                lambda value: CustomFieldRow.subject == value,
                lambda _session: subjects_offered(),
            ),
            Filter(
                "active",
                _l("Shown"),
                lambda value: CustomFieldRow.is_active.is_(value != "no"),
                (("yes", _l("in use")), ("no", _l("no longer in use"))),
                default="yes",
            ),
        ),
        create="core.custom_field_new",
        create_title=_l("New field"),
        instead=instead,
        empty=_l("No custom field is in use. Press Insert to add one to contacts, items or any kind of document."),
    )


@cache
def _with_subjects() -> Table:
    return _custom_fields({subject: model.title for subject, model in subjects().items()}, field_groups())


# What there can be fields of is known once every module is there.
custom_fields = _custom_fields({}, {}, lambda _session: _with_subjects())


def _jobs(titles: dict[str, object], instead: Any = None) -> Table:
    return Table(
        name="core.job",
        title=_l("Background jobs"),
        needs="core.job.view",
        source=lambda session: select().select_from(Job).outerjoin(User, User.id == Job.user_id),
        key=Job.id,
        columns=(
            Column("kind", _l("Job"), Job.kind, headline=True, choices=titles, link=Link("core.job_view", job_id="id")),
            Column("state", _l("State"), Job.state, "state", choices=STATES, sortable=False),
            Column("created_at", _l("Asked for (UTC)"), Job.created_at, "moment"),
            Column("user", _l("By whom"), User.name, nullable=True, absent=_l("by itself")),
            Column("ended_at", _l("Ended (UTC)"), Job.ended_at, "moment", nullable=True),
            Column("attempt", _l("Attempts"), Job.attempt, "integer", sortable=False),
            Column("message", _l("What it says"), Job.message, sortable=False),
            Column("id", "", Job.id, hidden=True, sortable=False),
        ),
        order="-created_at",
        filters=(
            Filter("state", _l("State"), lambda value: Job.state == value, tuple(STATES.items())),
            Filter("kind", _l("Job"), lambda value: Job.kind == value, tuple(titles.items())),
        ),
        instead=instead,
        empty=_l("No job has been asked for yet."),
        is_found=False,
    )


@cache
def _with_kinds() -> Table:
    installed = [m for m in (*discover().values(), core_files()) if m.manifest]
    return _jobs({kind.name: kind.title for m in installed for kind in m.all_of("jobs", Kind)})


# Which kinds of jobs there are is known once every module is there.
jobs = _jobs({}, lambda _session: _with_kinds())

units = Table(
    name="core.unit",
    title=_l("Units"),
    needs="core.organisation.manage",
    source=lambda session: select().select_from(Unit),
    key=Unit.id,
    columns=(
        Column(
            "name", _l("Name"), Unit.name, headline=True, link=Link("core.unit_edit", unit_id="id"), words=unit_word
        ),
        Column("code", _l("Code"), Unit.code),
        Column("digits", _l("Digits after the point"), Unit.digits, "integer"),
        Column("id", "", Unit.id, hidden=True, sortable=False),
    ),
    order="code",
    create="core.unit_new",
    create_title=_l("New unit"),
)
