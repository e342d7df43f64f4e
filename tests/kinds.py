"""Documents that the program has no kinds for yet, and how tests post them: orders, landed costs, bare shipments."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from app.api.clock import wall_clock
from app.api.documents import Document, post
from app.api.documents import Kind as DocumentKind
from app.api.reference import base_currency, organisation_id
from app.security import SYSTEM
from modules.warehouse import claims, stock

Kind = TypeVar("Kind", bound=Document)
_ONE = 1  # these documents have one line


class Order(Document):
    """Claims goods, or releases what an order before it has claimed."""

    __mapper_args__ = {"polymorphic_identity": "test.order"}


class LandedCost(Document):
    """A cost that comes on top of what goods were bought for."""

    __mapper_args__ = {"polymorphic_identity": "test.landed_cost"}


class Shipment(Document):
    """A move of goods with all that a document may say of it: a claim that they leave, a line that they give back."""

    __mapper_args__ = {"polymorphic_identity": "test.shipment"}


def declare(model: Any) -> None:
    """Declare a kind of documents that move what each test says (`post_by`)."""
    DocumentKind(
        model,
        reversing=stock.hold_moved,
        reversed=stock.follow_reversal,
        reaches_back=model is LandedCost,
    )


for _model in (Order, LandedCost, Shipment):
    declare(_model)


def post_by(session: Any, document: Any, move: Any, *, actor: Any = SYSTEM) -> None:
    """Post a document that moves what `move` adds to the posting."""
    post(session, actor, [document], move)


def draft(session: Any, kind: type[Kind], moment: datetime | None = None) -> Kind:
    """A new document of a kind without a table of its own."""
    document = kind(
        organisation_id=organisation_id(session), currency=base_currency(session), moment=moment or wall_clock()
    )
    session.add(document)
    return document


def claim(
    session: Any, *, item_id: int, warehouse_id: int, quantity: Decimal, moment: datetime, priority: int = 0
) -> tuple[Order, int]:
    """An order that claims goods; gives it and the number of its claim."""
    document, made = draft(session, Order, moment), list[int]()

    def move(posting: Any, _documents: Any) -> None:
        made.append(claims.create_claim(session, document, priority=priority).id)
        claims.claim(
            posting,
            document,
            _ONE,
            item_id=item_id,
            warehouse_id=warehouse_id,
            quantity=quantity,
            claim_id=made[0],
        )

    post_by(session, document, move)
    return document, made[0]


def release(
    session: Any, *, item_id: int, warehouse_id: int, quantity: Decimal, claim_id: int, moment: datetime
) -> Order:
    """A change of an order that lets go of some of what it has claimed."""
    document = draft(session, Order, moment)

    def move(posting: Any, _documents: Any) -> None:
        claims.release(
            posting,
            document,
            _ONE,
            item_id=item_id,
            warehouse_id=warehouse_id,
            quantity=quantity,
            claim_id=claim_id,
        )

    post_by(session, document, move)
    return document


def land(session: Any, *, origin: tuple[int, int], value: Decimal, moment: datetime) -> LandedCost:
    """A landed cost of the goods that came by the line `origin` of a document."""
    document = draft(session, LandedCost, moment)

    def move(posting: Any, _documents: Any) -> None:
        stock.land(posting, document, _ONE, origin=origin, value=value)

    post_by(session, document, move)
    return document


def ship(
    session: Any,
    *,
    item_id: int,
    source_id: int,
    target_id: int,
    quantity: Decimal,
    moment: datetime,
    origin: tuple[int, int] | None = None,
    claim_id: int = 0,
    typed: str = "",
) -> Shipment:
    """Goods that go from a place to a place at the cost that the rules give them, by the lots that are `typed`."""
    document = draft(session, Shipment, moment)

    def move(posting: Any, _documents: Any) -> None:
        said = {"origin": origin, "claim_id": claim_id, "typed": typed}
        stock.move(posting, [stock.Move(document, _ONE, item_id, source_id, target_id, quantity, **said)])

    post_by(session, document, move)
    return document
