"""What somebody does in a company, by names that are the same in every company, and what its books come to by them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal as D
from typing import Any

from sqlalchemy import select

from app.audit import verify as verify_audit
from app.clock import wall_clock
from app.db import Base
from app.documents import Document, correct, kind_of, post, reverse, save
from app.ledger import Register
from app.ledger import verify as verify_books
from app.reference import organisation
from app.sample import marking, remove_sample
from app.security import SYSTEM
from modules.contacts.models import Contact, OpenItem
from modules.contacts.operations import create_contact, record_payment
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.models import Purchase, Sale, SalesReturn
from modules.warehouse.models import Item, Place
from modules.warehouse.operations import create_group, create_item, create_place, set_costing

#: noon of the day on which the sample begins; every act is so many days after it
BEGIN = (wall_clock() - timedelta(days=80)).replace(hour=12, minute=0, second=0, microsecond=0)


def day(number: int) -> datetime:
    """Noon, so many days after the sample began."""
    return BEGIN + timedelta(days=number)


class Trader:
    """Acts in a few words, of contacts and items by their codes; each gives the document."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def id_of(self, model: Any, code: str) -> int:
        """The number of a contact or an item."""
        return int(self.session.scalars(select(model.id).where(model.code == code)).one())

    def contact(self, code: str) -> Any:
        """A contact that is called as its code is."""
        return create_contact(self.session, SYSTEM, kind="legal_entity", name=f"{code} Ltd", code=code)

    def item(self, code: str, **more: Any) -> Any:
        """Goods that are called as their code is."""
        return create_item(self.session, SYSTEM, code=code, name=f"A {code.lower()}", **more)

    def trade(self, kind: Any, contact: str, item: str, quantity: int, price: str, on: int, **more: Any) -> Any:
        """A posted purchase, sale or return; `origin`: the document that it gives back a part of."""
        document = self.draft(kind, contact, item, quantity, price, on, **more)
        post(self.session, SYSTEM, [document])
        return document

    def draft(self, kind: Any, contact: str, item: str, quantity: int, price: str, on: int, **more: Any) -> Any:
        """The same as a draft."""
        origin = more.get("origin")
        line = TradeLineDraft(
            self.id_of(Item, item), D(quantity), D(price), origin=(origin.id, 1) if origin is not None else None
        )
        draft = save(self.session, SYSTEM, kind, TradeDraft(self.id_of(Contact, contact), [line], moment=day(on)))
        self.session.flush()
        return draft

    def buy(self, item: str, quantity: int, price: str, on: int, contact: str = "SUP") -> Any:
        """A purchase."""
        return self.trade(Purchase, contact, item, quantity, price, on)

    def sell(self, item: str, quantity: int, price: str, on: int, contact: str = "CUS") -> Any:
        """A sale."""
        return self.trade(Sale, contact, item, quantity, price, on)

    def give_back(self, sale: Any, item: str, quantity: int, price: str, on: int, contact: str = "CUS") -> Any:
        """A return of a sale."""
        return self.trade(SalesReturn, contact, item, quantity, price, on, origin=sale)

    def pay(self, amount: str, on: int, *, pays: Any = None, contact: str = "CUS") -> Any:
        """A payment received; oldest first, unless it says what it `pays`."""
        chosen = None if pays is None else [(document.id, D(amount)) for document in pays]
        moment, number = day(on), self.id_of(Contact, contact)
        return record_payment(
            self.session, SYSTEM, contact_id=number, direction="in", amount=D(amount), moment=moment, pays=chosen
        )

    def change(self, document: Any, quantity: int) -> None:
        """Correct the quantity of its line."""
        draft = kind_of(document).draft_of(document)
        draft.lines[0].quantity = D(quantity)
        correct(self.session, SYSTEM, document, draft)

    def undo(self, document: Any) -> None:
        """Reverse it."""
        reverse(self.session, SYSTEM, document)


def fill_small(session: Any, costing: str = "average") -> None:
    """100 hammers at 5.00, of which 30 are sold at 9.00, 3 came back, and some is paid; a draft; a saw that never moved."""
    trader = Trader(session)
    organisation(session).is_sample = True
    with marking(session):
        trader.contact("CUS")
        trader.contact("SUP")
        trader.contact("IDLE")
        group = _tools(session, costing)
        create_place(session, SYSTEM, code="shop", name="Shop floor")
        trader.item("HAMMER", group_id=group.id)
        trader.item("SAW", group_id=group.id)
        trader.buy("HAMMER", 100, "5.00", 1)
        sale = trader.sell("HAMMER", 20, "9.00", 5)
        trader.give_back(sale, "HAMMER", 3, "9.00", 7)
        trader.pay("100.00", 9)
        trader.sell("HAMMER", 10, "9.00", 15)
        trader.draft(Sale, "CUS", "HAMMER", 1, "9.00", 20)


def begin_plain(session: Any, costing: str = "average") -> None:
    """What of the sample a company of one's own would have made by itself: whom one trades with, and what."""
    trader = Trader(session)
    trader.contact("CUS")
    trader.contact("SUP")
    trader.item("HAMMER", group_id=_tools(session, costing).id)


def _tools(session: Any, costing: str) -> Any:
    group = create_group(session, SYSTEM, name="Tools")
    session.flush()
    if costing != "average":
        set_costing(session, SYSTEM, group, costing)
    return group


def remove(session: Any) -> Any:
    """Remove the sample."""
    return remove_sample(session, SYSTEM)


def errors_of(session: Any) -> list[str]:
    """What the proofs of books and audit say."""
    return [*verify_books(session), *verify_audit(session)]


def books_of(session: Any) -> dict[str, Any]:
    """Every total and turnover that isn't zero, by keys that are the same in every company: codes, and documents by their
    order."""
    names = _names(session)
    return {
        table.name: rows
        for register in Register.declared.values()
        for totals in register.totals
        for table in (totals.table, totals.months)
        if table is not None and table.name in names["tables"] and (rows := _rows(session, table, totals, names))
    }


def _rows(session: Any, table: Any, totals: Any, names: Mapping[str, Any]) -> dict[Any, Any]:
    keys = [c for c in table.columns if c.name in totals.columns or c.name == "month"]
    amounts = [c for c in table.columns if any(c.name.startswith(name) for name in totals.of)]
    found = {}
    for row in session.connection().execute(select(*keys, *amounts)):
        figures = row[len(keys) :]
        if any(figures):
            found[tuple(_name(c.name, v, names) for c, v in zip(keys, row, strict=False))] = figures
    return found


def _names(session: Any) -> dict[str, Any]:
    from sqlalchemy import inspect

    connection = session.connection()
    tables = set(inspect(connection).get_table_names())

    def by_id(model: Any, column: Any) -> dict[int, Any]:
        return {row[0]: row[1] for row in connection.execute(select(model.__table__.c.id, column))}

    documents = list(connection.scalars(select(Document.__table__.c.id).order_by(Document.__table__.c.id)))
    own = {number: rank for rank, number in enumerate(documents)}
    open_items = by_id(OpenItem, OpenItem.__table__.c.document_id)
    return {
        "tables": tables & set(Base.metadata.tables),
        "contact_id": by_id(Contact, Contact.__table__.c.code),
        "goods": by_id(Item, Item.__table__.c.code),
        "place_id": by_id(Place, Place.__table__.c.code),
        "documents": own,
        "open": {number: own[document] for number, document in open_items.items()},
    }


def _name(column: str, value: Any, names: Mapping[str, Any]) -> Any:
    if column == "item_id":  # of goods, or of a debt
        return names["open"].get(value) if value >= 1000 else names["goods"][value]
    if column in ("work_order_id",):
        return names["documents"].get(value)
    return names[column][value] if column in names else value
