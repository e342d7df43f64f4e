"""What sales came to more or less as they were paid in coins: no tax is in it, so the tax report names it apart."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.api.values import Money, from_units
from modules.trade.models import TradeDocument

_SOLD = ("trade.sale", "trade.sales_return")


def rounded_in_cash(session: Session, since: date, until: date) -> dict[str, Decimal]:
    """What rounding has added to posted sales of some days, less returns; below zero: taken off. By currency, without those in
    which nothing was rounded, as far as the documents are open to the session's actor."""
    units = type_coerce(TradeDocument.rounding, BigInteger)
    signed = case((TradeDocument.kind == "trade.sales_return", -units), else_=units)
    query = (
        select(TradeDocument.currency, type_coerce(func.sum(signed), BigInteger))
        .where(
            TradeDocument.kind.in_(_SOLD),
            TradeDocument.state == "posted",
            TradeDocument.moment >= since,
            TradeDocument.moment < until + timedelta(days=1),
            units != 0,
        )
        .group_by(TradeDocument.currency)
        .order_by(TradeDocument.currency)
    )
    return {currency: from_units(int(sum_), Money.scale) for currency, sum_ in session.execute(query) if sum_}
