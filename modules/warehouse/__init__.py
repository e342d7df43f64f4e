"""Goods, places, and every movement between them."""

from app.api.module import FieldGroup, MenuItem, Module, Noun, Panel, Permission, Tab
from app.api.texts import lazy_gettext as _l
from modules.warehouse import (
    bins,
    certificates,
    competitors,
    counting,
    holds,
    planning,
    requisitions,
    scanner,
    substitutes,
    variants,
)

_GROUP = _l("Warehouse")
_ALL = ("storekeeper", "buyer", "accountant", "salesperson", "manager")
_STORE = ("storekeeper", "manager")
_DOCUMENTS = (
    ("receipt", _l("goods receipts"), _l("Receipts"), "package-import"),
    ("issue", _l("goods issues"), _l("Issues"), "package-export"),
    ("transfer", _l("transfers"), _l("Transfers"), "transfer"),
    ("transfer_receipt", _l("transfer receipts"), _l("Transfer receipts"), "package-import"),
    ("write_off", _l("write-offs"), _l("Write-offs"), "trash"),
    ("surplus", _l("surpluses"), _l("Surpluses"), "plus"),
    ("assembly", _l("assemblies"), _l("Assemblies"), "tools"),
    ("disassembly", _l("disassemblies"), _l("Disassemblies"), "replace"),
    ("opening", _l("opening stock"), _l("Opening stock"), "flag"),
)

module = Module(
    name="warehouse",
    title=_GROUP,
    version="1.0",
    permissions=(
        Permission("warehouse.item.view", _l("See items"), _ALL),
        Permission("warehouse.item.edit", _l("Add and change items"), (*_STORE, "buyer")),
        Permission(
            "warehouse.file.view",
            _l("See the files of items"),
            ("buyer", "accountant", "salesperson", "manager"),
            requires=("warehouse.item.view", "core.file.view"),
        ),
        Permission("warehouse.place.edit", _l("Add and change warehouses"), ("manager",)),
        Permission("warehouse.stock.view", _l("See stock"), _ALL, requires=("warehouse.item.view",)),
        Permission("warehouse.costing.set", _l("Decide how goods cost"), ("accountant", "manager")),
        *(
            permission
            for noun, title, _, _ in _DOCUMENTS
            for permission in (
                Permission(f"warehouse.{noun}.view", _l("See %(what)s", what=title), (*_STORE, "buyer", "accountant")),
                Permission(f"warehouse.{noun}.edit", _l("Draft %(what)s", what=title), _STORE),
                Permission(f"warehouse.{noun}.post", _l("Post %(what)s", what=title), _STORE),
                Permission(f"warehouse.{noun}.reverse", _l("Reverse %(what)s", what=title), _STORE),
            )
        ),
        *counting.PERMISSIONS,
        *bins.PERMISSIONS,
        *holds.PERMISSIONS,
        *requisitions.PERMISSIONS,
        *planning.PERMISSIONS,
        *competitors.PERMISSIONS,
    ),
    nouns=(
        *(Noun(f"warehouse.{noun}", title) for noun, _, title, _ in _DOCUMENTS),
        *counting.NOUNS,
        *bins.NOUNS,
        *holds.NOUNS,
        *requisitions.NOUNS,
    ),
    field_groups=(
        FieldGroup("warehouse.cost", _l("Purchase prices, costs, margins"), ("buyer", "accountant", "manager")),
        FieldGroup("warehouse.price", _l("Sales prices"), ("buyer", "accountant", "salesperson", "manager")),
    ),
    menu=(
        MenuItem(_l("Stock"), "warehouse.stock_list", "warehouse.stock.view", _GROUP, "packages"),
        MenuItem(_l("Items"), "warehouse.item_list", "warehouse.item.view", _GROUP, "box"),
        *variants.MENU,
        MenuItem(_l("Lots and serial numbers"), "warehouse.lot_list", "warehouse.stock.view", _GROUP, "barcode"),
        *(
            MenuItem(title, f"warehouse.{noun}_list", f"warehouse.{noun}.view", _GROUP, icon)
            for noun, _, title, icon in _DOCUMENTS
        ),
        MenuItem(_l("Goods in transit"), "warehouse.transit_list", "warehouse.transfer.view", _GROUP, "truck-delivery"),
        *requisitions.MENU,
        counting.menu(_GROUP),
        *holds.MENU,
        scanner.menu(_GROUP),
        *bins.MENU,
        *planning.MENU,
        *certificates.MENU,
        *competitors.MENU,
        MenuItem(_l("Costing"), "warehouse.costing_edit", "warehouse.costing.set", _GROUP, "scale"),
        MenuItem(_l("Groups of items"), "warehouse.group_list", "warehouse.item.view", _GROUP, "list-tree"),
        MenuItem(_l("Warehouses"), "warehouse.place_list", "warehouse.place.edit", _GROUP, "building-warehouse"),
    ),
    panels=(Panel("core.document", _l("Costs of goods"), "tabs:document_costs", "warehouse.stock.view"),),
    tabs=(
        *planning.TABS,
        Tab(
            "warehouse.item",
            _l("Composition"),
            "tabs:item_composition",
            "warehouse.item.view",
            address="/warehouse/items/<int:item_id>/composition",
            help="warehouse.item",
        ),
        *substitutes.TABS,
        *certificates.TABS,
        *competitors.TABS,
        Tab("warehouse.item", _l("Pictures"), "tabs:item_pictures", "warehouse.item.view", help="warehouse.item"),
        Tab(
            "warehouse.item",
            _l("Files"),
            "tabs:files",
            "warehouse.file.view",
            address="/warehouse/items/<int:item_id>/files",
            help="core.file",
        ),
    ),
    fields={
        **bins.FIELDS,
        **certificates.FIELDS,
        **competitors.FIELDS,
        **holds.FIELDS,
        **counting.FIELDS,
        **planning.FIELDS,
        **substitutes.FIELDS,
        **requisitions.FIELDS,
        **variants.FIELDS,
        "barcode": _l("Barcode"),
        "below_zero": _l("What isn't in stock"),
        "denominator": _l("Contains: divided by"),
        "expires": _l("Expires"),
        "in_two_steps": _l("Sent and received separately"),
        "kit_id": _l("Kit"),
        "kit_lots": _l("Lots of the kit"),
        "kit_quantity": _l("Quantity of the kit"),
        "lots": _l("Lots"),
        "missing": _l("Of it missing"),
        "numerator": _l("Contains"),
        "packing_id": _l("Packing"),
        "share": _l("Share of the cost"),
        "pool": _l("What shares one cost"),
    },
    words={
        **bins.WORDS,
        **certificates.WORDS,
        **competitors.WORDS,
        **planning.WORDS,
        **substitutes.WORDS,
        **variants.WORDS,
        "warehouse.count_recount": _l("Stock count"),
        "warehouse.count_tally": _l("Stock count"),
        "warehouse.cost_policy": _l("Costing"),
        "warehouse.costing": _l("Costing"),
        "warehouse.composition": _l("Composition"),
        "warehouse.file": _l("Files of items"),
        "warehouse.group": _l("Group"),
        "warehouse.item": _l("Item"),
        "warehouse.lot": _l("Lot"),
        "warehouse.picture": _l("Picture"),
        "warehouse.item_group": _l("Group"),
        "warehouse.packing": _l("Packing"),
        "warehouse.place": _l("Warehouse"),
    },
)
