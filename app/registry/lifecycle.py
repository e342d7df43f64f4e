"""Switching modules on and off while people work."""

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import record
from app.errors import Conflict, NotFound
from app.migrations import hold, upgrade
from app.past_policy import PastPolicy
from app.registry.discovery import Installed
from app.registry.models import ModuleState
from app.registry.state import bump_generation
from app.security.actor import Actor, require
from app.security.models import Grant, Offered, Role
from app.translation import lazy_gettext as _l

if TYPE_CHECKING:
    from app.company import Company

_OWN = PastPolicy("modules are switched by migrations and under a lock of the whole database")


def closure(company: "Company", name: str) -> list[Installed]:
    """The module and all that it requires, required ones first. Refused: not installed, or not whole."""
    if name not in company.installed:
        raise NotFound(_l("There is no module “%(name)s” on this machine.", name=name))
    module = company.installed[name]
    if module.manifest is None:
        raise Conflict(_l("The module “%(name)s” can't be loaded: %(error)s", name=name, error=module.error))
    ordered: list[Installed] = []
    for needed in module.manifest.requires:
        ordered += [m for m in closure(company, needed) if m not in ordered]
    return [*ordered, module]


def enable(session: Session, actor: Actor, company: "Company", name: str) -> list[str]:
    """Switch a module on with what it requires: migrate, seed, grant to the shipped roles, flip, record.

    One transaction: whoever asks meanwhile finds the module either off or wholly on. Gives the names switched on. Two
    who enable at once take turns, and the second finds it done. Refused: a migration under way that takes long.
    """
    require(actor, "core.module.manage")
    hold(_OWN(session))
    done = []
    for module in closure(company, name):
        assert module.manifest is not None
        state = session.get(ModuleState, module.name, populate_existing=True)
        if state is not None and state.is_enabled:
            continue
        upgrade(_OWN(session), company.source_of(module.name))
        first_time = state is None
        if state is None:
            state = ModuleState(name=module.name, is_enabled=True, version=module.manifest.version)
            session.add(state)
        state.is_enabled, state.version = True, module.manifest.version
        session.flush()
        if first_time and (seed := module.attribute("operations", "seed")):
            seed(session)
        grant_defaults(session, module)
        record(session, "core.module.enable", subject="core.module", summary=module.name)
        done.append(module.name)
    if done:
        session.info.pop("tables", None)  # what the ledger knew of tables that were not there yet
        bump_generation(session)
    return done


def disable(session: Session, actor: Actor, company: "Company", name: str) -> None:
    """Switch a module off: no menu, no route, no job; its data stays. Refused while a module that is on requires it."""
    require(actor, "core.module.manage")
    hold(_OWN(session))
    state = session.get(ModuleState, name, populate_existing=True)
    if state is None or not state.is_enabled:
        raise Conflict(_l("The module “%(name)s” is off already.", name=name))
    on = set(session.scalars(select(ModuleState.name).where(ModuleState.is_enabled)))
    users = [m.name for m in company.installed.values() if m.manifest and m.name in on and name in m.manifest.requires]
    if users:
        raise Conflict(_l("Switch off “%(users)s” first: it needs “%(name)s”.", users=", ".join(users), name=name))
    state.is_enabled = False
    session.flush()
    record(session, "core.module.disable", subject="core.module", summary=name)
    bump_generation(session)


def grant_defaults(session: Session, module: Installed) -> None:
    """Give the shipped roles what the manifest grants them, each right once: what an administrator took away stays away."""
    manifest = module.manifest
    assert manifest is not None
    roles = {role.name: role.id for role in session.scalars(select(Role))}
    known = {(row.kind, row.name) for row in session.execute(select(Offered.kind, Offered.name))}
    wanted = [("permission", p.name, (*p.roles, "administrator")) for p in manifest.permissions]
    wanted += [("group", g.name, (*g.roles, "administrator")) for g in manifest.field_groups]
    for kind, name, to in wanted:
        if (kind, name) not in known:
            session.add(Offered(kind=kind, name=name))
            session.add_all(Grant(role_id=roles[r], kind=kind, name=name) for r in dict.fromkeys(to) if r in roles)
    for noun in manifest.nouns:
        if ("scope", noun.name) not in known:
            session.add(Offered(kind="scope", name=noun.name))
            session.add_all(
                Grant(role_id=roles[r], kind="scope", name=noun.name, scope=scope)
                for r, scope in noun.scopes.items()
                if r in roles
            )
    session.flush()
