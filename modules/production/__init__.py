"""Bills of materials, and the work orders that make goods of other goods."""

from app.api.module import Begin, MenuItem, Module, Noun, Permission, Tab
from app.api.texts import lazy_gettext as _l

_GROUP = _l("Production")
_MAKERS = ("storekeeper", "manager")
_READERS = (*_MAKERS, "accountant")

module = Module(
    name="production",
    title=_GROUP,
    version="1.0",
    editions=("enterprise",),
    requires=("warehouse",),
    permissions=(
        Permission("production.bom.view", _l("See bills of materials"), _READERS),
        Permission("production.bom.edit", _l("Add and change bills of materials"), _MAKERS),
        Permission("production.work_order.view", _l("See work orders"), _READERS),
        Permission("production.work_order.edit", _l("Draft work orders"), _MAKERS),
        Permission("production.work_order.post", _l("Post work orders"), _MAKERS),
        Permission("production.work_order.reverse", _l("Reverse work orders"), _MAKERS),
    ),
    nouns=(Noun("production.work_order", _l("Work orders")),),
    menu=(
        MenuItem(_l("Work orders"), "production.work_order_list", "production.work_order.view", _GROUP, "tools"),
        MenuItem(_l("Bills of materials"), "production.bom_list", "production.bom.view", _GROUP, "list-tree"),
    ),
    fields={
        "planned": _l("Planned"),
    },
    words={"production.bom": _l("Bill of materials")},
    begins=(
        Begin(
            "production.work_order",
            _l("Labels of goods"),
            "warehouse.goods_label_new",
            "warehouse.item.view",
            "document",
            "tags",
        ),
    ),
    tabs=(Tab("warehouse.item", _l("Bills of materials"), "tabs:item_boms", "production.bom.view", group="supply"),),
)
