"""The page of the ABC/XYZ matrix, whose cells lead to their items."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for

from app.api.values import share_of
from app.api.web import current_session
from modules.trade.analysis.asked import LEAST_MONTHS, MEASURES, PARAMETERS, asked_of
from modules.trade.analysis.rules import ABC, XYZ
from modules.trade.analysis.sums import Classed, classed
from modules.trade.analysis.tables import item_classes
from modules.trade.blueprint import routes


@routes.get("/trade/item-classes", needs="trade.result.view", help="item_class")
def item_class_matrix() -> Any:
    """How many items are of each pair of classes, and their share of the whole."""
    session = current_session()
    said = {name: value for name, value in item_classes.said(request.args).items() if value}
    asked = asked_of(session, item_classes.values(request.args))
    found = classed(session, asked)
    return render_template(
        "trade/item_classes.html",
        parameters=[(p, p.offered(session), said.get(p.name, "")) for p in PARAMETERS],
        measure=MEASURES[asked.by],
        rows={abc: {xyz: _cell(found.items, asked.by, abc, xyz) for xyz in XYZ} for abc in ABC},
        columns=XYZ,
        found=found,
        least=LEAST_MONTHS,
        leads=lambda abc, xyz: url_for("core.report_view", **_leading(said, abc, xyz)),
    )


def _leading(said: Mapping[str, str], abc: str, xyz: str) -> dict[str, Any]:
    return {**said, "name": item_classes.name, "abc": abc, "xyz": xyz}


def _cell(found: list[Classed], by: str, abc: str, xyz: str) -> tuple[int, Decimal]:
    """How many items, and their share of the whole in per cent."""
    own = [each.amounts[by] for each in found if (each.abc, each.xyz) == (abc, xyz)]
    whole = sum(each.amounts[by] for each in found)
    share = share_of(Decimal(100), Decimal(sum(own)), Decimal(whole), digits=1) if whole else Decimal(0)
    return len(own), share
