"""Lists of price types, the prices in one, discounts, and changes of many prices."""

from sqlalchemy import func, select

from app.api.reference import organisation_id
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.trade.pricing.models import FORMULAS, DiscountRule, ItemPrice, PriceRun, PriceRunLine, PriceType
from modules.warehouse.api import Item

VIEW, EDIT = "trade.price.view", "trade.price.edit"

price_types = Table(
    name="trade.price_type",
    title=_l("Price types"),
    needs=VIEW,
    source=lambda _session: select().select_from(PriceType),
    key=PriceType.id,
    columns=(
        Column("name", _l("Name"), PriceType.name, headline=True, link=Link("trade.price_type_view", type_id="id")),
        Column("currency", _l("Currency"), PriceType.currency),
        Column("tax_included", _l("Prices include tax"), PriceType.tax_included, "flag"),
        Column("formula", _l("Prices come"), PriceType.formula, choices=FORMULAS, sortable=False),
        Column("percent", _l("Per cent on top"), PriceType.percent, "quantity"),
        Column("since", _l("First day"), PriceType.since, "date", nullable=True),
        Column("until", _l("Last day"), PriceType.until, "date", nullable=True),
        Column("id", "", PriceType.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(PriceType.name),),
    create="trade.price_type_new",
    create_needs=EDIT,
    create_title=_l("New price type"),
    empty=_l("No price type yet: items are sold at their own sales prices."),
    is_found=False,
)


def prices_of(type_id: int) -> Table:
    """The typed prices of a type."""
    return Table(
        name="trade.item_price",
        title=_l("Prices"),
        needs=VIEW,
        source=lambda _session: (
            select().select_from(ItemPrice).join(Item, Item.id == ItemPrice.item_id).where(ItemPrice.type_id == type_id)
        ),
        key=ItemPrice.id,
        columns=(
            Column("code", _l("Code"), Item.code),
            Column("item", _l("Item"), Item.name, headline=True, link=Link("trade.item_price_edit", price_id="id")),
            Column("since", _l("From day"), ItemPrice.since, "date"),
            Column("from_quantity", _l("From quantity"), ItemPrice.from_quantity, "quantity"),
            Column("price", _l("Price"), ItemPrice.price, "quantity"),
            Column("id", "", ItemPrice.id, hidden=True, sortable=False),
        ),
        order="code",
        search=(Item.folded,),
        create="trade.item_price_new",
        create_needs=EDIT,
        create_title=_l("New price"),
        create_arguments={"type": str(type_id)},
        empty=_l("No price is typed here."),
        is_found=False,
    )


discounts = Table(
    name="trade.discount",
    title=_l("Discounts"),
    needs=VIEW,
    source=lambda _session: select().select_from(DiscountRule),
    key=DiscountRule.id,
    columns=(
        Column("name", _l("Name"), DiscountRule.name, headline=True, link=Link("trade.discount_edit", rule_id="id")),
        Column("percent", _l("Per cent off"), DiscountRule.percent, "quantity"),
        Column("taken", _l("Taken"), DiscountRule.taken, "integer", nullable=True),
        Column("paid", _l("Paid"), DiscountRule.paid, "integer", nullable=True),
        Column("from_quantity", _l("From quantity"), DiscountRule.from_quantity, "quantity"),
        Column("from_total", _l("From total"), DiscountRule.from_total, "money"),
        Column("coupon", _l("Coupon"), DiscountRule.coupon),
        Column("most_uses", _l("Coupon: uses in all"), DiscountRule.most_uses, "integer", nullable=True),
        Column("since", _l("First day"), DiscountRule.since, "date", nullable=True),
        Column("until", _l("Last day"), DiscountRule.until, "date", nullable=True),
        Column("is_active", _l("In use"), DiscountRule.is_active, "flag"),
        Column("id", "", DiscountRule.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(DiscountRule.name),),
    filters=(
        Filter(
            "used",
            _l("In use"),
            lambda value: DiscountRule.is_active.is_(value == "yes"),
            (("yes", _l("yes")), ("no", _l("no"))),
        ),
    ),
    create="trade.discount_new",
    create_needs=EDIT,
    create_title=_l("New discount"),
    empty=_l("No discount yet."),
    is_found=False,
)
_COUNT = select(func.count()).where(PriceRunLine.run_id == PriceRun.id).correlate(PriceRun).scalar_subquery()
price_runs = Table(
    name="trade.price_run",
    title=_l("Changes of prices"),
    needs=EDIT,
    source=lambda session: (
        select()
        .select_from(PriceRun)
        .outerjoin(PriceType, PriceType.id == PriceRun.type_id)
        .outerjoin(User, User.id == PriceRun.user_id)
        .where(PriceRun.organisation_id == organisation_id(session))
    ),
    key=PriceRun.id,
    columns=(
        Column(
            "made",
            _l("When"),
            PriceRun.made_at,
            "moment",
            headline=True,
            link=Link("trade.price_run_view", run_id="id"),
        ),
        Column("type", _l("Price type"), PriceType.name, nullable=True, absent=_l("Sales price")),
        Column("since", _l("From day"), PriceRun.since, "date"),
        Column("percent", _l("Per cent on top"), PriceRun.percent, "quantity"),
        Column("lines", _l("Prices"), _COUNT, "integer", sortable=False),
        Column("who", _l("Who"), User.name, nullable=True),
        Column("undone", _l("Undone"), PriceRun.undone_at, "moment", nullable=True),
        Column("id", "", PriceRun.id, hidden=True, sortable=False),
    ),
    order="-made",
    create="trade.price_run_new",
    create_needs=EDIT,
    create_title=_l("Change prices"),
    empty=_l("No prices were changed together yet."),
    is_found=False,
)
