"""The home page: the day's work. First steps while the company is empty, what waits, what happened last."""

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from flask import g, render_template, url_for
from sqlalchemy import func, select

from app.company import Company
from app.documents import latest_documents
from app.documents.queries import own_drafts
from app.hooks import first_steps, home_attention, home_figures, home_parts
from app.reference import organisation
from app.security import SYSTEM, User
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.edge.routing import ANY
from app.web.kit.home import MOST_COUNTED, FirstStep
from app.web.kit.tables import Table
from app.web.pages.keeping import unfinished_work

#: buttons for what one begins; the others are in a menu behind them
MOST_QUICK = 6
#: the part of the page that users may dismiss
STEPS = "first_steps"


@routes.get("/", needs=ANY)
def home() -> Any:
    """What one can begin, what waits, and what happened last."""
    session, actor, company = current_session(), current_actor(), current_company()
    tables = company.contributed("tables", Table)
    return render_template(
        "home.html",
        quick=[t for t in tables if t.is_daily and t.create and actor.may(t.create_needs or t.needs)],
        most_quick=MOST_QUICK,
        daily=[item for item in company.menu(actor) if item.is_daily],
        steps=_steps(company) if STEPS not in g.arrangement.dismissed else [],
        parts=home_parts(session, actor),
        figures=home_figures(session, actor),
        attention=[each for each in home_attention(session, actor) if each.count],
        unfinished=unfinished_work(),
        drafts=own_drafts(session, actor, 6),
        most_counted=MOST_COUNTED,
        latest=latest_documents(session, actor, 10),
    )


#: Names of steps that were done when somebody looked: what is done stays so, and is asked no more.
_done: WeakKeyDictionary[Company, set[str]] = WeakKeyDictionary()


def _steps(company: Company) -> list[tuple[FirstStep, bool]]:
    """The first steps that are open to the user, each with whether it is done by anybody; none once all of them are."""
    session, actor, done = current_session(), current_actor(), _done.setdefault(company, set())
    every = [*own_steps(), *first_steps(session, actor)]
    steps = {step.name: step for step in every if actor.may(step.needs)}
    if due := [step for step in every if step.name in steps and step.name not in done]:
        with company.database.session(
            SYSTEM
        ) as whole:  # a step is the company's: done whoever did it and whoever sees it
            done.update(step.name for step in due if step.is_done(whole))
    shown = [(step, step.name in done) for step in sorted(steps.values(), key=lambda step: step.rank)]
    return shown if not all(is_done for _step, is_done in shown) else []


def own_steps() -> Iterator[FirstStep]:
    """The core's own first steps."""
    yield FirstStep(
        "organisation",
        _l("Complete your organisation's details"),
        _l("Its tax number and time zone are printed on documents and date them."),
        url_for("core.organisation_edit"),
        "core.organisation.manage",
        lambda session: bool(organisation(session).tax_id) or organisation(session).is_sample,
        10,
    )
    yield FirstStep(
        "colleagues",
        _l("Invite your colleagues"),
        _l("Each with a role that says what they may do and see."),
        url_for("core.user_new"),
        "core.user.manage",
        lambda session: session.scalars(select(func.count()).select_from(User)).one() > 1,
        70,
    )
