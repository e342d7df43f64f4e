"""Templates of forms as a company has changed them: each saving is a version, one of them is used, or else the shipped one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.audit import UNKEPT, record
from app.audit.rows import change_rows
from app.db import Base, Id, utc_now
from app.errors import Conflict, Invalid, NotFound
from app.security import User
from app.security.actor import Actor, require
from app.security.policy import FOR_PARTNERS
from app.translation import lazy_gettext as _l

NEEDS = "core.template.edit"
#: characters of a template
MOST = 60_000


class FormTemplate(Base):
    """One version of the template of a form."""

    audited_as = "core.template"

    __tablename__ = "core_form_template"
    __table_args__ = (
        UniqueConstraint("form", "number"),
        # One version of a form is used, whoever writes.
        Index(
            "uq_core_form_template_used",
            "form",
            unique=True,
            sqlite_where=text("is_used"),
            postgresql_where=text("is_used"),
        ),
        {"info": FOR_PARTNERS},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: `module.noun`
    form: Mapped[str] = mapped_column(String(60))
    #: 1, 2, 3 … within the form
    number: Mapped[int]
    #: Typst
    source: Mapped[str] = mapped_column(Text, info=UNKEPT)
    is_used: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("core_user.id"))
    #: UTC
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User | None] = relationship()


def own_source(session: Session, form: str) -> str | None:
    """The company's own template of a form; None: it prints by the shipped one."""
    asked = select(FormTemplate.source).where(FormTemplate.form == form, FormTemplate.is_used)
    return session.scalars(asked).first()


def own_versions(session: Session, form: str) -> Sequence[FormTemplate]:
    """The latest versions of a form's template, newest first."""
    asked = select(FormTemplate).where(FormTemplate.form == form)
    return session.scalars(asked.order_by(FormTemplate.number.desc()).limit(50)).all()


def forms_changed(session: Session) -> set[str]:
    """The forms that print by a template of the company's own."""
    return set(session.scalars(select(FormTemplate.form).where(FormTemplate.is_used)))


def save_own(session: Session, actor: Actor, form: str, source: str, *, seen: int | None = None) -> FormTemplate:
    """Print the form by this from now on, as its next version. Whoever calls has tried it. `seen`: the newest version that the
    person began from; None takes any. Refused: nothing, or more than MOST characters (Invalid); a newer version (Conflict)."""
    require(actor, NEEDS)
    check_source(source)
    last = session.scalar(select(func.max(FormTemplate.number)).where(FormTemplate.form == form)) or 0
    if seen is not None and seen != last:
        raise Conflict(_l("Somebody has saved another version meanwhile. Compare the two and save again."))
    _use_none(session, form)
    row = FormTemplate(form=form, number=last + 1, source=source, is_used=True, user_id=actor.user_id)
    session.add(row)
    session.flush()
    record(session, "core.template.change", subject="core.template", summary=f"{form}, {row.number}")
    return row


def use_version(session: Session, actor: Actor, form: str, number: int) -> None:
    """Print the form by an older version again, or with 0 by the shipped template. NotFound: no such version."""
    require(actor, NEEDS)
    asked = select(FormTemplate).where(FormTemplate.form == form, FormTemplate.number == number)
    row = session.scalars(asked).first()
    if number and row is None:
        raise NotFound
    _use_none(session, form)
    if row is not None:
        row.is_used = True
    session.flush()
    record(session, "core.template.change", subject="core.template", summary=f"{form}, {number}")


def check_source(source: str) -> None:
    """Refuse (Invalid) nothing, and more than MOST characters."""
    if not source.strip():
        raise Invalid(_l("A template can't be empty. Go back to the shipped one instead."), field="source")
    if len(source) > MOST:
        raise Invalid(_l("At most %(max)d characters.", max=MOST), field="source")


def _use_none(session: Session, form: str) -> None:
    change_rows(session, FormTemplate, FormTemplate.form == form, FormTemplate.is_used, is_used=False)
