"""What neighbours may import of the warehouse: items, places, moves of goods and what they cost."""

from modules.warehouse import claims, stock
from modules.warehouse.barcodes import key_of
from modules.warehouse.bins.putting import ToPick, bins_to_pick, lots_to_pick
from modules.warehouse.catch_weight.queries import refuse_unweighed
from modules.warehouse.catch_weight.rules import (
    check_second,
    priced_per,
    priced_quantity,
    refuse_missing,
    said_second,
    usual_second,
)
from modules.warehouse.holds.lots import kept_back
from modules.warehouse.holds.returning import held_by_inspection
from modules.warehouse.item_barcodes import barcodes_to_keep
from modules.warehouse.items import hold_items, items_by_id
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.labels.asked import pieces_asked, size_asked
from modules.warehouse.labels.bars import bars, qr_picture, scanned_code
from modules.warehouse.labels.sizes import BARS, CODES, QR, SIZES, on_paper
from modules.warehouse.lots.operations import lot_by_id
from modules.warehouse.lots.rules import SERIAL, lots_text
from modules.warehouse.lots.tracing import lots_made_of, only_moves
from modules.warehouse.lots.words import lots_of_lines
from modules.warehouse.models import (
    CUSTOMERS,
    FIRST_WAREHOUSE,
    GOODS,
    LOSSES,
    PIECE,
    PRODUCTION,
    SERVICE,
    SUPPLIERS,
    Barcode,
    Claim,
    Item,
    ItemGroup,
    Lot,
    MovementLine,
    Opening,
    Packing,
    Place,
    WriteOff,
)
from modules.warehouse.nesting import Tree as GroupTree
from modules.warehouse.nesting import group_choices, in_group
from modules.warehouse.operations import change_items, create_item, create_items, warehouse_id
from modules.warehouse.other_codes import drop_codes, keep_code, keep_codes
from modules.warehouse.packing.queries import check_packings
from modules.warehouse.packing.rules import packed
from modules.warehouse.pending import items_waiting
from modules.warehouse.places import in_own, moves_here, own_places
from modules.warehouse.planning.demand import DAYS as USED_DAYS
from modules.warehouse.planning.demand import expected, used
from modules.warehouse.planning.models import Forecast, ReorderRule
from modules.warehouse.planning.refilling import asked_of_sources, in_transit_to, requested_of_others
from modules.warehouse.planning.rules import Level, to_order
from modules.warehouse.policies import shares_company_cost
from modules.warehouse.prints import item_cells, item_column
from modules.warehouse.queries import (
    costs_of,
    items_called,
    left_to_return,
    stock_on_hand,
    stocked_options,
    unoffered_warehouse,
    warehouse_choices,
)
from modules.warehouse.recosting import CostChange
from modules.warehouse.registers import Stock
from modules.warehouse.returns import landed_values
from modules.warehouse.rules import TOO_MANY, check_goods, check_price, check_quantity, check_sum, is_counted
from modules.warehouse.sample import DAYS, first_day
from modules.warehouse.sample_models import traded_items
from modules.warehouse.scanned import KILOGRAM, refuse_unfound
from modules.warehouse.scanner.lists import Finished, ScanList, Scanned, ToScan
from modules.warehouse.substitutes.queries import instead_of
from modules.warehouse.substitutes.queries import named as named_instead
from modules.warehouse.unit_costs import costed_by_lot, unit_costs
from modules.warehouse.using import check_counted, quantities_kept
from modules.warehouse.warehouses import create_place

__all__ = [
    "in_own",
    "in_transit_to",
    "moves_here",
    "own_places",
    "BARS",
    "check_second",
    "priced_per",
    "priced_quantity",
    "refuse_missing",
    "refuse_unweighed",
    "said_second",
    "traded_items",
    "usual_second",
    "Barcode",
    "CODES",
    "QR",
    "SIZES",
    "bars",
    "on_paper",
    "scanned_code",
    "CUSTOMERS",
    "Claim",
    "CostChange",
    "DAYS",
    "FIRST_WAREHOUSE",
    "GOODS",
    "GroupTree",
    "Item",
    "Lot",
    "ItemGroup",
    "Level",
    "LOSSES",
    "MovementDraft",
    "MovementLine",
    "MovementLineDraft",
    "Opening",
    "Packing",
    "PIECE",
    "PRODUCTION",
    "Place",
    "Finished",
    "Forecast",
    "ReorderRule",
    "SERIAL",
    "KILOGRAM",
    "ScanList",
    "Scanned",
    "ToScan",
    "refuse_unfound",
    "SERVICE",
    "SUPPLIERS",
    "Stock",
    "TOO_MANY",
    "ToPick",
    "USED_DAYS",
    "WriteOff",
    "barcodes_to_keep",
    "bins_to_pick",
    "change_items",
    "check_packings",
    "check_counted",
    "check_goods",
    "check_price",
    "check_quantity",
    "check_sum",
    "claims",
    "unoffered_warehouse",
    "costs_of",
    "drop_codes",
    "create_item",
    "create_items",
    "create_place",
    "asked_of_sources",
    "requested_of_others",
    "expected",
    "first_day",
    "group_choices",
    "held_by_inspection",
    "in_group",
    "instead_of",
    "is_counted",
    "item_cells",
    "item_column",
    "hold_items",
    "items_by_id",
    "items_called",
    "items_waiting",
    "keep_code",
    "keep_codes",
    "kept_back",
    "landed_values",
    "key_of",
    "left_to_return",
    "lot_by_id",
    "lots_made_of",
    "only_moves",
    "lots_of_lines",
    "lots_to_pick",
    "lots_text",
    "named_instead",
    "packed",
    "pieces_asked",
    "qr_picture",
    "quantities_kept",
    "shares_company_cost",
    "size_asked",
    "stock",
    "stock_on_hand",
    "to_order",
    "costed_by_lot",
    "unit_costs",
    "used",
    "stocked_options",
    "warehouse_choices",
    "warehouse_id",
]
