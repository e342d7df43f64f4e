"""Which imports are open to whoever asks, and the way to each from the list that shows what it makes."""

from collections.abc import Iterator

from flask import request, url_for

from app.company import Company
from app.importing import Target, targets
from app.security import Actor
from app.web.edge.request import current_actor, current_company, is_open


def open_imports(company: Company, actor: Actor) -> list[Target]:
    """What the modules that are on can import, as far as the actor may add it by hand."""
    return [target for target in targets(company).values() if all(map(actor.may, target.permissions))]


def import_address(target: Target) -> str:
    """The page of imports, with plain tables of the target chosen."""
    return url_for("core.import_new", what=f"{target.name}|")


def imports_here() -> Iterator[tuple[object, str]]:
    """What comes into the list on this page from a plain table, each with the address of its import."""
    if is_open("core.import_new"):
        for target in open_imports(current_company(), current_actor()):
            if target.plain is not None and request.endpoint in (target.shown, *target.listed):
                yield target.title, import_address(target)
