"""Codes that others give to our items, such as a supplier's article number: by these an item is found, too.

Whose a code is, the module knows that keeps it here. That an item has it is open to whoever sees items: it stands on the box.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import BigInteger, ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.api.data import Base, pieces
from app.api.texts import fold

#: signs of a code
LONGEST = 60


class OtherCode(Base):
    """A code that somebody else gives to an item."""

    audited_as = ""  # the record that it goes with is

    __tablename__ = "warehouse_other_code"

    #: of which records it is, as the audit calls them, and the number of that one
    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse_item.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(LONGEST), index=True)
    #: without case and accents
    folded: Mapped[str] = mapped_column(String(200))


def keep_code(session: Session, source: str, number: int, item_id: int, code: str) -> None:
    """Let an item be found by the code of a record; by none where it is empty."""
    keep_codes(session, source, {number: (item_id, code)})


def keep_codes(session: Session, source: str, codes: Mapping[int, tuple[int, str]]) -> None:
    """The same for many: record → item and code."""
    drop_codes(session, source, codes)
    for number, (item_id, code) in codes.items():
        if code:
            session.add(OtherCode(source=source, number=number, item_id=item_id, code=code, folded=fold(code)))
    session.flush()


def drop_codes(session: Session, source: str, numbers: Collection[int]) -> None:
    """Let items be found no more by the codes of records."""
    for some in pieces(numbers):
        session.execute(delete(OtherCode).where(OtherCode.source == source, OtherCode.number.in_(some)))


def codes_of(session: Session, items: Collection[int]) -> dict[int, list[str]]:
    """Item → its other codes, each once."""
    found: dict[int, set[str]] = defaultdict(set)
    for some in pieces(items):
        for item_id, code in session.execute(
            select(OtherCode.item_id, OtherCode.code).where(OtherCode.item_id.in_(some))
        ):
            found[item_id].add(code)
    return {item_id: sorted(codes) for item_id, codes in found.items()}


def items_with_codes(codes: Collection[str]) -> Select[int]:
    """The numbers of items that have exactly one of the codes."""
    return select(OtherCode.item_id).where(OtherCode.code.in_(codes))
