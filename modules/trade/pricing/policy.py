"""What the organisation has decided of prices: whose are asked where nothing is agreed, how discounts stack, the least
margin; and the discounts that whoever buys gets."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.api.data import begin_version, remove_rows
from app.api.errors import Invalid, NotFound
from app.api.reference import organisation_id
from app.api.security import Actor, record, require
from app.api.texts import kept_text, longest
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Percent, Quantity
from modules.trade.pricing.agreeing import check_discount
from modules.trade.pricing.known import forget_prices
from modules.trade.pricing.models import DiscountRule, GroupMargin, PricePolicy
from modules.trade.pricing.rules import BEST, STACKING
from modules.trade.pricing.types import EDIT, check_period, type_by_id
from modules.warehouse.api import ItemGroup

_ZERO = Decimal(0)
#: nobody takes more to get one free
_MOST_TAKEN = 1000
#: uses of a coupon that somebody counts
_MOST_USES = 1_000_000


def policy_of(session: Session) -> PricePolicy:
    """What was decided; without a row, the usual: the items' own prices, the best discount, no least margin."""
    own = organisation_id(session)
    return session.get(PricePolicy, own) or PricePolicy(organisation_id=own, stacking=BEST)


def change_policy(
    session: Session,
    actor: Actor,
    *,
    version: int | None = None,
    type_id: int | None,
    stacking: str,
    least_margin: Decimal | None,
) -> None:
    """Decide it. Refused: a price type that there isn't (NotFound), a margin out of −100 to 100 per cent (Invalid), what was
    decided otherwise since `version` (Changed)."""
    require(actor, EDIT)
    policy = policy_of(session)
    if policy.version is not None:
        begin_version(session, policy, version)
    if type_id is not None:
        type_by_id(session, type_id)
    if stacking not in STACKING:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=stacking), field="stacking")
    _check_margin(least_margin)
    policy.type_id, policy.stacking, policy.least_margin = type_id, stacking, least_margin
    session.add(policy)
    forget_prices(session)
    record(
        session,
        "trade.price_policy.change",
        subject="core.organisation",
        subject_id=policy.organisation_id,
        summary=f"{stacking}, {least_margin if least_margin is not None else '–'} %",
    )


def set_group_margin(session: Session, actor: Actor, *, group_id: int, least: Decimal | None) -> None:
    """The least margin of a group of items and those in it; None: as the group that it lies in. Refused as `change_policy`."""
    require(actor, EDIT)
    group = session.get(ItemGroup, group_id)
    if group is None:
        raise NotFound
    _check_margin(least)
    found = session.get(GroupMargin, group_id)
    if least is None:
        if found is not None:
            session.delete(found)
    else:
        found = found or GroupMargin(group_id=group_id)
        found.least = least
        session.add(found)
    forget_prices(session)
    summary = f"{group.name}: {least if least is not None else '–'} %"
    record(session, "trade.group_margin.set", subject="warehouse.item_group", subject_id=group_id, summary=summary)


def _check_margin(least: Decimal | None) -> None:
    if least is not None and not (Percent.holds(least) and -100 <= least < 100):
        raise Invalid(_l("A least margin is from −100 to below 100 per cent."), field="least_margin")


def rule_by_id(session: Session, rule_id: int) -> DiscountRule:
    """The discount; NotFound when there is none."""
    rule = session.get(DiscountRule, rule_id)
    if rule is None:
        raise NotFound
    return rule


def create_rule(session: Session, actor: Actor, **fields: Any) -> DiscountRule:
    """A new discount. Refused (Invalid): no name, neither per cent nor a promotion or both, wrong figures or days."""
    require(actor, EDIT)
    rule = DiscountRule(is_active=True)
    _set(rule, fields)
    session.add(rule)
    _write(session, rule, "create")
    return rule


def change_rule(
    session: Session, actor: Actor, rule: DiscountRule, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given. Refused: what `create_rule` refuses, one saved since `version` (Changed)."""
    require(actor, EDIT)
    begin_version(session, rule, version)
    _set(rule, fields)
    _write(session, rule, "change")


def remove_rule(session: Session, actor: Actor, rule: DiscountRule) -> None:
    """Remove a discount. What was sold with it keeps it."""
    require(actor, EDIT)
    record(session, "trade.discount.remove", subject="trade.discount", subject_id=rule.id, summary=rule.name)
    remove_rows(session, DiscountRule, DiscountRule.id == rule.id)
    forget_prices(session)


def _set(rule: DiscountRule, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(rule, name, value)
    for name in ("percent", "from_quantity", "from_total"):
        if getattr(rule, name) is None:
            setattr(rule, name, _ZERO)
    rule.name = kept_text(rule.name, longest(DiscountRule, "name"), field="name")
    if not rule.name:
        raise Invalid(_l("Please fill this in."), field="name")
    rule.coupon = kept_text((rule.coupon or "").upper(), longest(DiscountRule, "coupon"), field="coupon")
    for name in ("most_uses", "most_by_contact"):
        most = getattr(rule, name)
        if most is not None and not (rule.coupon and 0 < most <= _MOST_USES):
            raise Invalid(
                _l("Of a coupon say how often it may be used: from 1 to %(most)s.", most=_MOST_USES), field=name
            )
    check_discount(rule.percent, "percent")
    for name, column in (("from_quantity", Quantity), ("from_total", Money)):
        value = getattr(rule, name)
        if not column.holds(value) or value < 0:
            raise Invalid(_l("“%(value)s” isn't a number from zero on.", value=value), field=name)
    is_promotion = rule.taken is not None or rule.paid is not None
    if is_promotion and not (rule.taken and rule.paid and 0 < rule.paid < rule.taken <= _MOST_TAKEN):
        raise Invalid(_l("A promotion is as 3 for 2: who takes more pays fewer of them."), field="take")
    if is_promotion == bool(rule.percent):
        raise Invalid(_l("Say either per cent off, or how many are paid of how many taken."), field="percent")
    check_period(rule.since, rule.until)


def _write(session: Session, rule: DiscountRule, verb: str) -> None:
    session.flush()
    forget_prices(session)
    record(session, f"trade.discount.{verb}", subject="trade.discount", subject_id=rule.id, summary=rule.name)
