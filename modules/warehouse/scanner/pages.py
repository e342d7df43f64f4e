"""The scanner's page, what makes it an app of its own, and what it asks and sends. It says no price."""

from datetime import date
from typing import Any

from flask import current_app, render_template, request, url_for
from sqlalchemy import select

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from app.api.texts import visible
from app.api.values import shortest
from app.api.web import answer_act, current_actor, current_session, document_address, exact, listed, whole
from modules.warehouse.bins import VIEW
from modules.warehouse.bins.levels import to_bring
from modules.warehouse.bins.putting import open_bins, unplaced, warehouses_with_bins
from modules.warehouse.blueprint import routes
from modules.warehouse.counting import EDIT as COUNT
from modules.warehouse.counting.screen import MOST_KEPT, kept_goods
from modules.warehouse.items import item_by_id
from modules.warehouse.logistic_units.scanning import unit_to_scan
from modules.warehouse.models import GOODS, Item
from modules.warehouse.queries import warehouse_choices
from modules.warehouse.scanner import USE
from modules.warehouse.scanner.finding import places_of_item, things_named
from modules.warehouse.scanner.lists import Finished, Scanned, ToScan
from modules.warehouse.scanner.offered import scan_list, scan_lists
from modules.warehouse.scanner.operations import KINDS, finish_task, right_of
from modules.warehouse.tables import find_items
from modules.warehouse.warehouses import warehouse_id

_ROOT = "/warehouse/scanner"
_TITLES = {
    "receive": (_l("Receive"), "package-import"),
    "move": (_l("Move"), "transfer"),
    "put": (_l("Put away"), "arrows-exchange"),
}


@routes.get(_ROOT, needs=USE)
def scanner_view() -> Any:
    """Choose a task, and scan."""
    actor, session = current_actor(), current_session()
    places, with_bins = warehouse_choices(session), warehouses_with_bins(session)
    own = [
        (name, *_TITLES[name]) for name in KINDS if actor.may(right_of(name, "edit")) and (name != "put" or with_bins)
    ]
    lists = [(each.name, each.title, each.icon) for each in scan_lists(actor).values()]
    said = {
        "goods": url_for("warehouse.scanner_goods"),
        "done": url_for("warehouse.scanner_done"),
        "root": url_for("warehouse.scanner_view"),
        "tasks": {name: str(title) for name, title, _icon in (*own, *lists)},
        "lists": [name for name, *_ in lists],
        "mayPost": [name for name in KINDS if actor.may(right_of(name, "post"))],
        "places": places,
        "withBins": [(place, name) for place, name in places if place in with_bins],
    }
    may_count = actor.may(COUNT)
    tasks = sorted([*own, *lists], key=lambda task: task[0] == "put")  # what was under a key before it stays there
    return render_template("warehouse/scanner.html", said=said, tasks=tasks, user=actor.user_id, may_count=may_count)


@routes.get(f"{_ROOT}/worker.js", needs=USE, help=None)
def scanner_worker() -> Any:
    """What keeps the page while there is no network; it may do so for this page alone."""
    answer = current_app.send_static_file("js/scanner/worker.js")
    answer.headers["Service-Worker-Allowed"] = url_for("warehouse.scanner_view")
    return answer


@routes.get(f"{_ROOT}/app.webmanifest", needs=USE, help=None)
def scanner_app() -> Any:
    """What a phone or computer knows of the page that is installed on it."""
    address = url_for("warehouse.scanner_view")
    icon = {"src": url_for("static", filename="kontor.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {"id": address, "start_url": address, "scope": address, "display": "standalone", "icons": [icon]}
    title = str(_l("Scanner"))
    colours = {"theme_color": "#0f4c5c", "background_color": "#ffffff"}
    return {**said, **colours, "name": f"Kontor · {title}", "short_name": title}, {
        "Content-Type": "application/manifest+json"
    }


@routes.get(f"{_ROOT}/goods", needs=USE, help=None)
def scanner_goods() -> Any:
    """What the browser keeps of the goods; with `?q=` what is found of them."""
    session, text = current_session(), visible(request.args.get("q", "").replace("\0", ""))[:200]
    if not text:
        newest = select(Item.id).where(Item.kind == GOODS, Item.is_active).order_by(Item.id.desc()).limit(MOST_KEPT)
        return {"goods": kept_goods(session, session.scalars(newest).all())}
    try:
        if (packed := unit_to_scan(session, text)) is not None:
            return packed
        found = find_items(session, text, 12, goods_only=True, with_held=False)
    except Invalid as error:
        return {"goods": [], "says": str(error)}
    return {"goods": kept_goods(session, [row["id"] for row in found])}


@routes.get(f"{_ROOT}/items/<int:item_id>", needs=USE, help=None)
def scanner_item(item_id: int) -> Any:
    """Where an item lies: how much of it, of which lots, and in which bins."""
    session = current_session()
    item = item_by_id(session, item_id)
    return {"title": f"{item.code} {item.name}", "where": places_of_item(session, current_actor(), item)}


@routes.get(f"{_ROOT}/found", needs=USE, help=None)
def scanner_found() -> Any:
    """What a label names beside an item: bins, lots, boxes and pallets, documents."""
    text = visible(request.args.get("q", "").replace("\0", ""))[:200].strip()
    return {"things": things_named(current_session(), current_actor(), text) if text else []}


@routes.get(f"{_ROOT}/bins/<int:place_id>", needs=VIEW, help=None)
def scanner_bins(place_id: int) -> Any:
    """The bins of a warehouse, what isn't put away there, and from which bins others are to be filled, with the goods as the
    page keeps them. What isn't put away is said once, though it is to fill a bin."""
    session = current_session()
    warehouse = warehouse_id(session, place_id)
    waits = [(each, "") for each in unplaced(session, warehouse)]
    left = waits + [(each, each.from_bin) for each in to_bring(session, warehouse) if each.from_bin]
    return {
        "bins": open_bins(session, place_id),
        "left": [
            {"item": x.item_id, "wanted": f"{shortest(x.quantity):f}", "lots": x.lots, "from": source, "bin": x.bin}
            for x, source in left
        ],
        "goods": kept_goods(session, list({x.item_id: None for x, _ in left})),
    }


@routes.get(f"{_ROOT}/lists/<name>", needs=USE, help=None)
def scanner_list(name: str) -> Any:
    """What waits to be received or picked."""
    found = scan_list(current_actor(), name)
    return {"rows": list(found.waiting(current_session()))}


@routes.get(f"{_ROOT}/lists/<name>/<int:document_id>", needs=USE, help=None)
def scanner_lines(name: str, document_id: int) -> Any:
    """What is left of one of them, with the goods as the page keeps them."""
    session = current_session()
    lines = scan_list(current_actor(), name).lines(session, document_id)
    return {"lines": [_line(each) for each in lines], "goods": kept_goods(session, [x.item_id for x in lines])}


def _line(line: ToScan) -> dict[str, Any]:
    said = {"line": line.line, "item": line.item_id, "wanted": f"{shortest(line.quantity):f}"}
    if not line.boxes:
        return {**said, "bin": line.bin}
    boxes = [[box, f"{shortest(quantity):f}"] for box, quantity in line.boxes]
    return {**said, "bin": line.bin, "lot": line.lot, "boxes": boxes}


@routes.post(f"{_ROOT}/done", needs=USE)
def scanner_done() -> Any:
    """What a browser's queue sends of a finished task. Each task asks for the right of its own."""

    def work(said: dict[str, Any], act: str) -> dict[str, Any]:
        session, actor, task = current_session(), current_actor(), said.get("task")
        scanned = [_scanned(line) for line in listed(said.get("lines"))]
        if isinstance(task, str) and task in KINDS:
            places = {
                name: whole(said[name]) if said.get(name) is not None else None for name in ("source_id", "target_id")
            }
            document = finish_task(
                session, actor, task, scanned, **places, is_posted=said.get("post") is True, operation_id=act
            )
            return _done(Finished(document.number or "", address=document_address(document.kind, document.id)))
        done = scan_list(actor, str(task)).finish(session, actor, whole(said.get("of")), scanned, act)
        return _done(done)

    return answer_act(work)


def _done(done: Finished) -> dict[str, Any]:
    more = {"says": done.says, "address": done.address}
    return {"number": done.number} | {name: value for name, value in more.items() if value}


def _scanned(line: dict[str, Any]) -> Scanned:
    day = str(line.get("expires") or "")
    try:
        expires = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise Invalid(_l("“%(text)s” isn't a day.", text=day)) from error
    texts = {name: str(line.get(name) or "") for name in ("lots", "from_bin", "to_bin", "logistic_unit")}
    return Scanned(whole(line.get("line")), exact(line.get("quantity")), expires=expires, **texts)
