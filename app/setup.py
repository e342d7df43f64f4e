"""Making a company: tables, the organisation, roles, the first account, and the modules of its edition."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.clock import zone_of
from app.company import CORE, Company
from app.core_module import module as core
from app.db import Database
from app.errors import Conflict, Invalid
from app.migrations import hold, upgrade
from app.past_policy import PastPolicy
from app.reference import Organisation, Unit, organisation
from app.reference.rules import check_country, check_currency
from app.registry import Generation, Installed, ModuleState
from app.registry.lifecycle import disable, enable, grant_defaults
from app.registry.manifest import SHIPPED_ROLES
from app.security.actor import SYSTEM, Actor
from app.security.models import Role
from app.security.operations import add_user
from app.texts import kept_text, longest
from app.translation import lazy_gettext as _l

_OWN = PastPolicy("an edition is changed under a lock of the whole database")

EDITIONS = ("trade", "enterprise")

#: UN/ECE Recommendation 20 codes, names, and digits that make sense in a quantity.
UNITS = (
    ("C62", "pc", 0),
    ("KGM", "kg", 3),
    ("GRM", "g", 0),
    ("LTR", "l", 3),
    ("MTR", "m", 2),
    ("MTK", "m²", 2),
    ("MTQ", "m³", 3),
    ("HUR", "h", 2),
    ("PR", "pair", 0),
    ("SET", "set", 0),
    ("BX", "box", 0),
)


def migrate(database: Database, company: Company) -> None:
    """Bring the core, and every module that is on, up to what the code expects: tables, and rights that are new."""

    def work(session: Session) -> None:
        connection = session.connection()
        upgrade(connection, CORE)
        if session.get(Generation, 1) is None:
            session.add(Generation(id=1, number=1))
            session.flush()
        company.refresh(session)
        if session.scalars(select(Role.id)).first() is None:
            return  # no company yet, so nobody to grant anything to
        grant_defaults(session, Installed("core", manifest=core))
        for module in company.enabled:
            upgrade(connection, company.source_of(module.name))
            grant_defaults(session, module)

    database.run(work, actor=SYSTEM)
    database.learn_sizes()


def create_company(
    company: Company,
    *,
    organisation: str,
    country: str,
    currency: str,
    edition: str,
    login: str,
    password: str,
    name: str = "",
) -> None:
    """Make the one company of this database, in one transaction.

    Refused (Conflict) when there is one already, and while another is being made of a backup.
    """
    country, currency = country.strip().upper(), currency.strip().upper()
    organisation = kept_text(organisation, longest(Organisation, "name"), field="organisation")
    if not organisation:
        raise Invalid(_l("The organisation needs a name."), field="organisation")
    check_country(country)
    check_currency(currency)
    _refuse_unknown_edition(edition)
    migrate(company.database, company)

    def work(session: Session) -> None:
        facts = {"country": country, "currency": currency, "edition": edition, "zone": zone_of(country)}
        session.add(Organisation(name=organisation, **facts))
        session.add_all(Unit(code=c, name=n, digits=d) for c, n, d in UNITS)
        session.add_all(Role(name=role) for role in SHIPPED_ROLES)
        session.flush()
        grant_defaults(session, Installed("core", manifest=core))
        add_user(session, SYSTEM, login=login, name=name, password=password, roles=["administrator"])
        for module in company.installed.values():
            if module.manifest and edition in module.manifest.editions:
                enable(session, SYSTEM, company, module.name)
        record(session, "core.organisation.create", subject="core.organisation", summary=organisation)
        company.refresh(session)

    with being_first(company):
        company.database.run(work, actor=SYSTEM)


@contextmanager
def being_first(company: Company) -> Iterator[None]:
    """Be the only one, in any process, who makes the company of this database. Refused (Conflict): another is at it, or has
    done it."""
    at_it = Conflict(_l("Somebody else is making the company just now. Reload the page in a minute."))
    with company.database.alone("company", at_it):
        if has_company(company):
            raise Conflict(_l("There is a company here already."))
        yield


def has_company(company: Company) -> bool:
    """Whether the database holds a company yet."""

    def work(session: Session) -> bool:
        return session.scalars(select(Organisation.id)).first() is not None

    return company.database.run(work, actor=SYSTEM, write=False)


def _refuse_unknown_edition(edition: str) -> None:
    if edition not in EDITIONS:
        raise Invalid(_l("The edition is trade or enterprise."), field="edition")


def set_edition(session: Session, actor: Actor, company: Company, edition: str) -> None:
    """Change the edition: modules that only the new one has go on, those that only the old one had go off."""
    _refuse_unknown_edition(edition)
    hold(_OWN(session))
    current = organisation(session)
    if current.edition == edition:
        return  # what an administrator has switched off within it stays off
    whole = [module for module in company.installed.values() if module.manifest is not None]
    for module in whole:
        if edition in module.manifest.editions:  # type: ignore[union-attr]
            enable(session, actor, company, module.name)
    on = set(session.scalars(select(ModuleState.name).where(ModuleState.is_enabled)))
    for module in reversed(whole):  # those that need others go before them
        editions = module.manifest.editions  # type: ignore[union-attr]
        if module.name in on and current.edition in editions and edition not in editions:
            disable(session, actor, company, module.name)
    current.edition = edition
    session.flush()
    record(session, "core.edition.set", subject="core.organisation", subject_id=current.id, summary=edition)
