"""The list of waves."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.reference import organisation_id
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Filter, Link, Table
from modules.trade.shipping.queue import POST, VIEW
from modules.trade.waves.models import PICKING, STATES, Wave, WaveOrder, wave_code
from modules.warehouse.api import Place

_ORDERS = select(func.count()).where(WaveOrder.wave_id == Wave.id).correlate(Wave).scalar_subquery()


def _pickers(session: Session) -> list[tuple[str, object]]:
    """Whoever looks, and who picks now."""
    own = session.info["actor"].user_id
    now = select(User.id, User.name).join(Wave, Wave.picker_id == User.id).where(Wave.state == PICKING).distinct()
    others = session.execute(now.where(User.id != own).order_by(User.name, User.id))
    return [(str(own), _l("I myself")), *((str(row.id), row.name) for row in others)]


waves = Table(
    name="trade.wave",
    title=_l("Waves"),
    needs=VIEW,
    source=lambda session: (
        select()
        .select_from(Wave)
        .join(Place, Place.id == Wave.place_id)
        .outerjoin(User, User.id == Wave.picker_id)
        .where(Wave.organisation_id == organisation_id(session))
    ),
    key=Wave.id,
    columns=(
        Column(
            "id",
            _l("Wave"),
            Wave.id,
            "integer",
            headline=True,
            words=wave_code,
            link=Link("trade.wave_view", wave_id="id"),
        ),
        Column("place", _l("Warehouse"), Place.name),
        Column("orders", _l("Orders"), _ORDERS, "integer", sortable=False),
        Column("picker", _l("Picker"), User.name, nullable=True),
        Column("state", _l("State"), Wave.state, choices=STATES),
        Column("made_at", _l("Made"), Wave.made_at, "moment"),
        Column("ended_at", _l("Ended"), Wave.ended_at, "moment", nullable=True),
    ),
    order="-id",
    search=(func.lower(Place.name), func.lower(User.name)),
    filters=(
        Filter("state", _l("State"), lambda value: Wave.state == value, tuple(STATES.items())),
        Filter("picker", _l("Picker"), lambda value: Wave.picker_id == int(value), _pickers),
    ),
    create="trade.wave_new",
    create_needs=POST,
    create_title=_l("New wave"),
    empty=_l("No wave yet. Tick orders under “Ship and receive” and press “Make a wave”."),
    is_found=False,
)
