"""Waves on the scanner's page: what is scanned says into which boxes it goes, and finishing ships every order."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.api.errors import NotFound
from app.api.security import Actor
from app.api.texts import lazy_gettext as _l
from modules.trade.shipping.queue import POST
from modules.trade.waves.models import PICKING, wave_code
from modules.trade.waves.operations import Picked, finish_wave, outcome_of
from modules.trade.waves.queries import open_waves, walk_of, wave_by_id
from modules.warehouse.api import Finished, ScanList, Scanned, ToScan


def _waiting(session: Session) -> list[dict[str, Any]]:
    return [{"id": each.id, "title": wave_code(each.id), "note": _note(each)} for each in open_waves(session)]


def _note(each: Any) -> str:
    orders = ngettext("%(num)d order", "%(num)d orders", each.orders)
    return " · ".join(word for word in (each.place, orders, each.picker) if word)


def _lines(session: Session, wave_id: int) -> list[ToScan]:
    """Its stops, each by the number of its item: which boxes get what of one is for the server to say."""
    found = wave_by_id(session, wave_id)
    if found.state != PICKING:
        raise NotFound
    return [
        ToScan(stop.item.item_id, stop.item.item_id, stop.quantity, stop.bin, stop.lot, stop.boxes)
        for stop in walk_of(session, found)
    ]


def _finish(session: Session, actor: Actor, wave_id: int, scanned: Sequence[Scanned], act: str) -> Finished:
    picked = [Picked(x.line, x.quantity, x.lots, x.expires, x.logistic_unit) for x in scanned]
    done = finish_wave(session, actor, wave_id, picked, operation_id=act)
    return Finished(done.code, " ".join(outcome_of(session, done, picked)), url_for("trade.wave_view", wave_id=done.id))


wave = ScanList("wave", _l("Pick a wave"), "packages", POST, _waiting, _lines, _finish)
