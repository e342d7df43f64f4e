"""Deciding when goods are bought again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.api.data import begin_versions, pieces, remove_rows
from app.api.errors import Conflict, NotFound
from app.api.reference import organisation_id
from app.api.security import Actor, record, require
from app.api.texts import lazy_gettext as _l
from modules.warehouse.items import items_by_id
from modules.warehouse.planning import EDIT
from modules.warehouse.planning.forecasting import make_forecasts
from modules.warehouse.planning.models import ReorderRule
from modules.warehouse.planning.rules import checked_level
from modules.warehouse.warehouses import warehouse_id

#: item and warehouse
Key = tuple[int, int]


def rule_by_id(session: Session, rule_id: int) -> ReorderRule:
    """The rule, in the books that one works in; NotFound when there is none."""
    found = session.get(ReorderRule, rule_id)
    if found is None or found.organisation_id != organisation_id(session):
        raise NotFound
    return found


def rules_at(session: Session, keys: Sequence[Key]) -> dict[Key, ReorderRule]:
    """What is decided at these keys already."""
    found: dict[Key, ReorderRule] = {}
    for some in pieces(sorted(keys)):
        at = tuple_(ReorderRule.item_id, ReorderRule.place_id).in_(some)
        rows = session.scalars(select(ReorderRule).where(ReorderRule.organisation_id == organisation_id(session), at))
        found |= {(rule.item_id, rule.place_id): rule for rule in rows}
    return found


def add_rule(session: Session, actor: Actor, *, item_id: int, place_id: int, **values: Any) -> ReorderRule:
    """Decide of an item in a warehouse. Refused: what `set_rules` refuses; an item that has a rule there (Conflict)."""
    key = (item_id, place_id)
    if rules_at(session, [key]):
        raise Conflict(_l("There is a rule for this item and warehouse already."), field="place_id")
    set_rules(session, actor, {key: values})
    return rules_at(session, [key])[key]


def change_rule(
    session: Session, actor: Actor, rule: ReorderRule, *, version: int | None = None, **values: Any
) -> None:
    """Decide otherwise. Refused: what `set_rules` refuses; a rule saved since `version` (Changed)."""
    set_rules(session, actor, {(rule.item_id, rule.place_id): values}, seen={rule: version})


def set_rules(
    session: Session,
    actor: Actor,
    values: Mapping[Key, Mapping[str, Any]],
    *,
    seen: Mapping[ReorderRule, int | None] | None = None,
    audited: bool = True,
) -> tuple[int, int]:
    """Decide of many at once: item and warehouse → the fields of `rules.checked_level`; what is decided there already is
    changed. Gives how many are new and how many changed. Not `audited`: whoever calls records the whole.

    Refused, all of it: what `checked_level` refuses (Invalid), an item or warehouse that doesn't exist (NotFound).
    """
    require(actor, EDIT)
    items = items_by_id(session, {item for item, _ in values})
    for place in {place for _, place in values}:
        warehouse_id(session, place)
    checked = {key: checked_level(each, items[key[0]]) for key, each in values.items()}
    known = rules_at(session, list(values))
    changed = {key: rule for key, rule in known.items() if any(getattr(rule, n) != v for n, v in checked[key].items())}
    begin_versions(session, {rule: (seen or {}).get(rule) for rule in changed.values()})
    own, new = organisation_id(session), [key for key in sorted(checked) if key not in known]
    rules = {key: ReorderRule(organisation_id=own, item_id=key[0], place_id=key[1]) for key in new} | changed
    for key, rule in rules.items():
        for name, value in checked[key].items():
            setattr(rule, name, value)
    session.add_all(rules[key] for key in new)
    session.flush()
    make_forecasts(session, [rules[key] for key in sorted(rules) if rules[key].from_demand or key in changed])
    for key, rule in rules.items() if audited else ():
        verb = "change" if key in known else "create"
        _record(session, verb, rule, items[key[0]].code)
    return len(new), len(changed)


def remove_rule(session: Session, actor: Actor, rule: ReorderRule, *, version: int | None = None) -> None:
    """Let the item be bought by nobody's rule. Refused: a rule saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_versions(session, {rule: version})
    _record(session, "remove", rule, items_by_id(session, {rule.item_id})[rule.item_id].code)
    remove_rows(session, ReorderRule, ReorderRule.id == rule.id)


def _record(session: Session, verb: str, rule: ReorderRule, code: str) -> None:
    action = f"warehouse.planning.{verb}"
    record(session, action, subject="warehouse.reorder_rule", subject_id=rule.id, summary=code)
