"""The tax codes of countries, as data: a file each, with rates from the day on which the law has them."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.errors import Invalid
from app.api.security import Actor, require
from app.api.texts import lazy_gettext as _l
from modules.trade.taxes.models import TaxCode
from modules.trade.taxes.operations import EDIT, policy_of, save_code, save_policy, set_tax_rate

_FOLDER = Path(__file__).parent / "codes"


@cache
def countries() -> tuple[str, ...]:
    """The countries whose codes are known, ISO 3166-1 alpha-2."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@cache
def preset_of(country: str) -> Mapping[str, Any]:
    """`codes`: each with `key`, `name`, `category`, `reason` and `rates`; `policy`: role → key. Refused: an unknown country."""
    if country not in countries():
        raise Invalid(_l("The tax codes of this country aren't known here. Add yours."), field="country")
    return tomllib.loads((_FOLDER / f"{country}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def take_preset(session: Session, actor: Actor, country: str) -> int:
    """Add a country's codes that aren't there by their name, with their rates, and let the organisation use them where it has
    decided nothing. Gives how many were added."""
    require(actor, EDIT)
    preset, ids, added = preset_of(country), {}, 0
    known = {code.name: code for code in session.scalars(select(TaxCode))}
    for said in preset["codes"]:
        code = known.get(said["name"])
        if code is None:
            code = save_code(
                session, actor, name=said["name"], category=said["category"], reason=said.get("reason", "")
            )
            for since, rate in said.get("rates", {}).items():
                set_tax_rate(session, actor, code, since=date.fromisoformat(since), rate=Decimal(rate))
            added += 1
        ids[said["key"]] = code.id
    policy = policy_of(session)
    roles = {f"{role}_id": ids[key] for role, key in preset["policy"].items()}
    unsaid = {role: code_id for role, code_id in roles.items() if policy is None or getattr(policy, role) is None}
    if unsaid:
        save_policy(session, actor, **unsaid)
    return added
