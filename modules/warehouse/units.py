"""How finely goods of a unit stand in the books: a unit isn't counted more coarsely than that."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.data import forget_all
from app.api.errors import Conflict
from app.api.reference import Organisation, Unit, unit_word
from app.api.texts import lazy_gettext as _l
from modules.warehouse.references import counted_finer


def refuse_fewer_digits(session: Session, unit: Unit, digits: int) -> None:
    """Refuse (Conflict) fewer digits than quantities have that stand in the books. Postings under way are waited for."""
    forget_all(session, "warehouse.item")  # which know how finely they are counted
    if digits >= unit.digits:
        return
    session.scalars(select(Organisation.id).order_by(Organisation.id).with_for_update()).all()
    if (name := counted_finer(session, unit, digits)) is not None:
        message = _l(
            "“%(name)s” stands in the books with smaller parts of %(unit)s than this, so the unit keeps its digits.",
            name=name,
            unit=unit_word(unit.name),
        )
        raise Conflict(message, field="digits")


def units_by_name(session: Session) -> dict[str, str]:
    """The codes of units by their names, as they are kept and as lists and files say them in the reader's language, in small
    letters; a name that several have says none of them."""
    found: dict[str, list[str]] = {}
    for code, name in session.execute(select(Unit.code, Unit.name)):
        for said in {name.casefold(), unit_word(name).casefold()}:
            found.setdefault(said, []).append(code)
    return {name: codes[0] for name, codes in found.items() if len(codes) == 1}
