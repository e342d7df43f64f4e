"""The warehouse's forms: shape only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField, TextAreaField

from app.api.reference import Unit, unit_word
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    Cell,
    Day,
    DecimalField,
    DocumentForm,
    Form,
    LinesField,
    LookupField,
    MomentField,
    SelectField,
    Text,
    VersionField,
    current_session,
    required,
)
from modules.warehouse.lots.rules import SERIAL
from modules.warehouse.models import (
    BLOCK,
    Assembly,
    Disassembly,
    Item,
    ItemGroup,
    Movement,
    Place,
    Surplus,
    Transfer,
    TransferReceipt,
    WriteOff,
)
from modules.warehouse.nesting import Tree, group_choices
from modules.warehouse.queries import target_choices, unoffered_warehouse, warehouse_choices
from modules.warehouse.tables import COSTINGS, ITEM_KINDS, POOL_CHOICES, SHORT_POLICIES, TRACKINGS

#: of items that are kept in two units: as their second unit counts them
SECOND = Cell("second", _l("Second quantity"), above=0, where="second_unit")


def _number(value: str | int | None) -> int | None:
    return int(value) if value else None


def _closed(place_id: int) -> str | None:
    return unoffered_warehouse(current_session(), place_id)


class ItemForm(Form):
    """An item."""

    of = Item
    first = ("name", "code", "kind", "unit_id", "price", "barcode")

    version = VersionField()
    code = StringField(_l("Code"), [required])
    name = StringField(_l("Name"), [required])
    kind = SelectField(_l("Kind"), choices=lambda: list(ITEM_KINDS.items()))
    unit_id = SelectField(_l("Unit"), coerce=int)
    tracking = SelectField(_l("Tracked by"), choices=lambda: list(TRACKINGS.items()), default="")
    is_inspected = BooleanField(
        _l("Hold for inspection when it arrives"),
        description=_l("What comes from suppliers is held back until somebody releases it."),
    )
    group_id = SelectField(_l("Group"), coerce=_number)
    new_group = StringField(_l("… or a new group"), description=_l("Created inside the group chosen next to it."))
    price = AmountField(_l("Sales price"), places=6)
    barcode = StringField(_l("Barcode"))
    further_barcodes = TextAreaField(_l("Further barcodes"), description=_l("Each on a line of its own."))
    weight = DecimalField(_l("Weight, kg"), places=6)
    volume = DecimalField(_l("Volume, m³"), places=6)
    second_unit_id = SelectField(
        _l("Second unit"),
        coerce=_number,
        description=_l("Goods that are kept in two quantities, such as wheels of cheese, each of its own weight."),
    )
    is_priced_by_second = BooleanField(
        _l("Priced by the second unit"),
        description=_l("Sales and purchase prices are of one kilogram, say, not one wheel."),
    )
    second_per_unit = DecimalField(
        _l("Second quantity of one unit"),
        places=6,
        description=_l("As it usually is: orders and quotes estimate by it."),
    )
    below_zero = SelectField(
        _l("What isn't in stock"),
        choices=lambda: [("", _l("as the warehouse says")), *SHORT_POLICIES.items()],
        default="",
    )
    note = TextAreaField(_l("Note"))
    is_active = BooleanField(_l("In use"), default=True)

    def offer(self, session: Session) -> None:
        """Units and groups to choose from."""
        units = session.execute(select(Unit.id, Unit.name).order_by(Unit.id))
        named = [(row.id, unit_word(row.name)) for row in units]
        self.unit_id.choices, self.second_unit_id.choices = named, [("", "–"), *named]
        self.group_id.choices = [("", "–"), *group_choices(session)]
        if not session.info["actor"].may("warehouse.place.edit"):
            self.leave_out("below_zero")


class GroupForm(Form):
    """A group of items."""

    of = ItemGroup

    version = VersionField()
    name = StringField(_l("Name"), [required])
    parent_id = SelectField(_l("In the group"), coerce=_number)
    with_inner = BooleanField(_l("On removal: remove the groups in it as well"))

    def offer(self, session: Session, group: ItemGroup | None) -> None:
        """The groups that it can lie in: neither itself nor one that lies in it."""
        tree = Tree(session)
        inner = {group.id, *tree.below(group.id)} if group is not None else set()
        shown = [(str(n.id), "\u2003" * n.depth + n.name) for n in tree.shown() if n.id not in inner]
        self.parent_id.choices = [("", "–"), *shown]
        if not inner:
            self.leave_out("with_inner")


class PlaceForm(Form):
    """A warehouse."""

    of = Place

    version = VersionField()
    code = StringField(_l("Code"), [required])
    name = StringField(_l("Name"), [required])
    below_zero = SelectField(
        _l("What isn't there"),
        choices=lambda: list(SHORT_POLICIES.items()),
        default=BLOCK,
        description=_l("When more is to leave than the books say. An item may have its own rule."),
    )
    refilled_from_id = SelectField(
        _l("Refilled from"),
        coerce=_number,
        choices=lambda: [("", "–"), *target_choices(current_session())],
        past=lambda place_id: _closed(place_id) if place_id else None,
        description=_l("What is planned for this warehouse is brought from there instead of being bought."),
    )
    is_active = BooleanField(
        _l("Open"),
        default=True,
        description=_l("Nothing new is done in a closed warehouse. It has to be empty, and can be opened again."),
    )


class CostingForm(Form):
    """What shares one cost; `costing_form` adds how the goods of each group cost."""

    version = VersionField()

    pool = SelectField(_l("Goods share one cost"), choices=lambda: list(POOL_CHOICES.items()))

    @property
    def groups(self) -> list[Any]:
        """The fields of groups of items."""
        return [field for field in self.entries if field is not self.pool]


def costing_form(groups: Mapping[int, str], costs: Mapping[str, Any]) -> CostingForm:
    """`CostingForm` with a field for each group, id → name, showing `costs`."""
    choices = {f"group-{i}": SelectField(name, choices=lambda: list(COSTINGS.items())) for i, name in groups.items()}
    form: CostingForm = type("CostingForm", (CostingForm,), choices)(data=costs)
    return form


class MovementForm(DocumentForm):
    """A movement of goods; the places that its kind fixes are left out, and the price where it has none."""

    source_id = SelectField(_l("From"), coerce=int, past=_closed)
    target_id = SelectField(_l("To"), [required], coerce=_number, past=_closed)
    kit_id = LookupField(
        _l("Kit"), [required], lookup="all_goods", unknown=_l("There is no item “%(text)s”. Choose from the list.")
    )
    kit_quantity = DecimalField(_l("Quantity of the kit"), [required])
    kit_lots = StringField(_l("Lots of the kit"))
    in_two_steps = BooleanField(
        _l("Sent and received separately"),
        description=_l("The goods are in transit until a transfer receipt says what has arrived."),
    )
    moment = MomentField(_l("Date"))
    note = StringField(_l("Note"))
    lines = LinesField(
        _l("Lines"),
        lookup="goods",
        cells=(
            Cell("quantity", _l("Quantity"), above=0, is_counted=True),
            SECOND,
            Cell("missing", _l("Of it missing"), least=0, is_counted=True),
            Cell("price", _l("Cost of one"), least=0),
            Cell("share", _l("Share of the cost"), least=0),
            Text("lots", _l("Lots"), where="tracking", listed=SERIAL),
            Day("expires", _l("Use by"), where="tracking"),
        ),
        carried=("logistic_unit",),
    )

    def offer(self, session: Session, model: type[Movement]) -> None:
        """Warehouses to choose from; where goods are cleared up, those that are no longer in use as well."""
        if model.clears_up:
            self.lines.lookup = "all_goods"
        ends = (("source_id", model.source_fixed), ("target_id", model.target_fixed))
        self.leave_out(*(name for name, fixed in ends if fixed))
        if not model.is_priced:
            self.lines.leave_out("price")
        if model in (WriteOff, Surplus):  # quantity zero: goods are weighed again (`catch_weight.weighing`)
            self.lines.cells = tuple(
                replace(c, above=None, least=0) if c.name == "quantity" else c for c in self.lines.cells
            )
        if model is TransferReceipt:  # what was sent arrives
            self.lines.leave_out("second")
        if model is not TransferReceipt:
            self.lines.leave_out("missing")
        if model is not Disassembly:
            self.lines.leave_out("share")
        if model not in (Assembly, Disassembly):
            self.leave_out("kit_id", "kit_quantity", "kit_lots")
        if model is not Transfer:
            self.leave_out("in_two_steps")
        choices = warehouse_choices(session)
        if self.source_id is not None:
            self.source_id.choices = choices
        if self.target_id is not None:  # goods that come from a warehouse go to another, which is chosen
            self.target_id.choices = choices if self.source_id is None else [("", "–"), *target_choices(session)]
