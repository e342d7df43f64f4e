"""Which lists are offered to somebody with a scanner."""

from app.api.errors import NotFound
from app.api.security import Actor
from app.api.web import current_company
from modules.warehouse.scanner.lists import ScanList


def scan_lists(actor: Actor) -> dict[str, ScanList]:
    """Those that are open to the actor, by name."""
    lists = current_company().contributed("scanning", ScanList)
    return {each.name: each for each in lists if actor.may(each.needs)}


def scan_list(actor: Actor, name: str) -> ScanList:
    """One of them; NotFound when there is none such for the actor."""
    found = scan_lists(actor).get(name)
    if found is None:
        raise NotFound
    return found
