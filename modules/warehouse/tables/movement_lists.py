"""The lists of documents that move goods."""

from dataclasses import replace

from sqlalchemy import BigInteger, cast, func, select, type_coerce
from sqlalchemy.orm import aliased

from app.api.texts import lazy_gettext as _l
from app.api.values import Money
from app.api.web import Column, Table, journal
from modules.warehouse.kinds import KINDS
from modules.warehouse.models import Item, Movement, PlaceNamed
from modules.warehouse.places import moves_here
from modules.warehouse.registers import Stock


def _movements(noun: str, title: object, create: object, empty: object, ends: tuple[Column, ...]) -> Table:
    model: type[Movement] = KINDS[noun].model
    return journal(
        KINDS[noun],
        *ends,
        Column("note", _l("Note"), model.note, sortable=False),
        _value_column(model),
        source=lambda session: (
            select()
            .select_from(model)
            .join(_source, _source.id == model.source_id)
            .join(_target, _target.id == model.target_id)
            .outerjoin(_kits, _kits.id == model.kit_id)
        ),
        search=(func.lower(model.note),),
        title=title,
        create_title=create,
        is_daily=noun != "opening",
        empty=empty,
    )


def _value_column(model: type[Movement]) -> Column:
    """What a document's goods are worth: by its own prices, or as the ledger has their cost now."""
    if model.is_priced and not model.may_lack_price:
        return Column("value", _l("Value"), model.value, "money", summed=("state",))
    e = Stock.entries.c
    cost = select(func.coalesce(func.sum(type_coerce(e.value, BigInteger)), 0)).where(
        e.document_id == model.id, moves_here(e)
    )
    worth = type_coerce(cast(cost.correlate(model).scalar_subquery(), BigInteger), Money)
    return Column("value", _l("Value"), worth, "money", sortable=False, summed=("state",))


_source, _target = aliased(PlaceNamed, name="source"), aliased(PlaceNamed, name="target")
_kits = aliased(Item, name="kit")
_FROM, _TO = Column("source", _l("From"), _source.name), Column("target", _l("To"), _target.name)
receipts = _movements(
    "receipt",
    _l("Goods receipts"),
    _l("New goods receipt"),
    _l("No goods receipt yet. Press Insert to record one."),
    (_TO,),
)

issues = _movements("issue", _l("Goods issues"), _l("New goods issue"), _l("No goods issue yet."), (_FROM,))
transfers = _movements("transfer", _l("Transfers"), _l("New transfer"), _l("No transfer yet."), (_FROM, _TO))
transfer_receipts = replace(
    _movements(
        "transfer_receipt",
        _l("Transfer receipts"),
        _l("New transfer receipt"),
        _l("Nothing has arrived yet."),
        (_TO,),
    ),
    create=None,
)

surpluses = _movements("surplus", _l("Surpluses"), _l("New surplus"), _l("Nothing has been found yet."), (_TO,))
write_offs = _movements(
    "write_off", _l("Write-offs"), _l("New write-off"), _l("Nothing has been written off."), (_FROM,)
)
_KIT = Column("kit", _l("Kit"), _kits.name)
_KIT_QUANTITY = Column("kit_quantity", _l("Quantity of the kit"), Movement.kit_quantity, "quantity", nullable=True)
assemblies = _movements(
    "assembly",
    _l("Assemblies"),
    _l("New assembly"),
    _l("Nothing has been assembled yet."),
    (_KIT, _KIT_QUANTITY, _FROM),
)

disassemblies = _movements(
    "disassembly",
    _l("Disassemblies"),
    _l("New disassembly"),
    _l("Nothing has been taken apart yet."),
    (_KIT, _KIT_QUANTITY, _TO),
)

openings = _movements(
    "opening", _l("Opening stock"), _l("New opening stock"), _l("No opening stock has been entered."), (_TO,)
)
MOVEMENTS = {
    "receipt": receipts,
    "issue": issues,
    "transfer": transfers,
    "transfer_receipt": transfer_receipts,
    "surplus": surpluses,
    "assembly": assemblies,
    "disassembly": disassemblies,
    "write_off": write_offs,
    "opening": openings,
}
