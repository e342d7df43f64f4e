"""The warehouse's lists and lookups."""

from modules.warehouse.bins.tables import bin_moves as bin_moves
from modules.warehouse.bins.tables import bin_stock as bin_stock
from modules.warehouse.bins.tables import bins as bins
from modules.warehouse.certificates.tables import certificates as certificates
from modules.warehouse.competitors.tables import competitors as competitors
from modules.warehouse.counting.tables import counts as counts
from modules.warehouse.holds.tables import held as held
from modules.warehouse.holds.tables import holds as holds
from modules.warehouse.holds.tables import releases as releases
from modules.warehouse.logistic_units.tables import logistic_units as logistic_units
from modules.warehouse.logistic_units.tables import repackings as repackings
from modules.warehouse.lots.tables import lots as lots
from modules.warehouse.planning.tables import planning as planning
from modules.warehouse.requisitions.tables import requested as requested
from modules.warehouse.requisitions.tables import requisitions as requisitions
from modules.warehouse.transit.tables import transit as transit
from modules.warehouse.variants.tables import models as models

# In the order in which pages offer them: what is begun most often first.
# isort: off
from modules.warehouse.tables.item_lists import COSTINGS as COSTINGS, ITEM_KINDS as ITEM_KINDS
from modules.warehouse.tables.item_lists import POOL_CHOICES as POOL_CHOICES, TRACKINGS as TRACKINGS, items as items
from modules.warehouse.tables.stock_lists import place_name as place_name, stock as stock, stock_at as stock_at
from modules.warehouse.tables.stock_lists import stock_table as stock_table
from modules.warehouse.tables.movement_lists import receipts as receipts, issues as issues, transfers as transfers
from modules.warehouse.tables.movement_lists import transfer_receipts as transfer_receipts, surpluses as surpluses
from modules.warehouse.tables.movement_lists import write_offs as write_offs, assemblies as assemblies
from modules.warehouse.tables.movement_lists import disassemblies as disassemblies, openings as openings
from modules.warehouse.tables.movement_lists import MOVEMENTS as MOVEMENTS
from modules.warehouse.tables.place_lists import SHORT_POLICIES as SHORT_POLICIES, places as places
from modules.warehouse.tables.item_lists import groups as groups
from modules.warehouse.tables.item_lookups import find_items as find_items, item_lookup as item_lookup
from modules.warehouse.tables.item_lookups import goods_lookup as goods_lookup, all_item_lookup as all_item_lookup
from modules.warehouse.tables.item_lookups import all_goods_lookup as all_goods_lookup
from modules.warehouse.tables.item_lookups import counted_goods_lookup as counted_goods_lookup
