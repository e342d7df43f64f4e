"""The company that is measured: one warehouse, goods in plenty, partners, and an administrator with their real rights."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app.company import Company, actor_of
from app.config import Config
from app.documents import post, save
from app.search import fold
from app.security import SYSTEM, Actor, User
from app.setup import create_company
from modules.contacts.models import Contact
from modules.production.operations import BomDraft, save_bom
from modules.production.rules import ComponentDraft
from modules.warehouse.kinds import MovementDraft, MovementLineDraft
from modules.warehouse.models import Item, Opening
from modules.warehouse.operations import create_item

ITEMS, PARTNERS = 1000, 500
#: items that nobody has moved, and no history does
OTHERS = 50
OPENED = datetime(2023, 1, 1)
LOGIN, PASSWORD = "bench", "correct horse battery"


@dataclass(frozen=True)
class Product:
    """What work orders make, and its bill."""

    item_id: int
    name: str
    bom_id: int


@dataclass(frozen=True)
class Subject:
    """A company under measurement."""

    company: Company
    actor: Actor
    items: list[int]
    others: list[int]
    partners: list[int]
    product: Product

    def write(self, work: Any) -> Any:
        """One operation and its commit, as the edge does it."""
        return self.company.database.run(work, actor=self.actor)

    def read(self, work: Any) -> Any:
        """One question."""
        return self.company.database.run(work, actor=self.actor, write=False)


def make_subject(url: str, folder: Path) -> Subject:
    """A fresh company in the empty database at `url`, with a million of each item in its warehouse."""
    company = Company(Config(folder, url, "bench"))
    create_company(
        company,
        organisation="Bench Ltd",
        country="GB",
        currency="GBP",
        edition="enterprise",
        login=LOGIN,
        password=PASSWORD,
    )
    return company.database.run(lambda session: _fill(session, company), actor=SYSTEM)  # type: ignore[no-any-return]


def _fill(session: Any, company: Company) -> Subject:
    company.refresh(session)
    session.execute(insert(Item), [_item(n) for n in range(1, ITEMS + OTHERS + 1)])
    connection = session.connection()
    connection.execute(insert(Contact.__table__), [contact_row(n) for n in range(1, PARTNERS + 1)])
    known = list(session.scalars(select(Item.id).order_by(Item.id)))
    item_ids, others = known[:ITEMS], known[ITEMS:]
    lines = [MovementLineDraft(i, Decimal(1_000_000), price_of(i)) for i in item_ids]
    opening = save(session, SYSTEM, Opening, MovementDraft(lines, target_id=100, moment=OPENED))
    post(session, SYSTEM, [opening])
    user_id = session.scalars(select(User.id)).one()
    actor = actor_of(session, user_id, frozenset(m.name for m in company.enabled))
    assert actor is not None
    partners = list(session.scalars(select(Contact.id).order_by(Contact.id)))
    return Subject(company, actor, item_ids, others, partners, _product(session, item_ids))


def price_of(item_id: int) -> Decimal:
    """What one piece of an item cost when it was opened."""
    return Decimal(1 + item_id % 90)


def _product(session: Any, components: list[int]) -> Product:
    item = create_item(session, SYSTEM, code="PRODUCT", name="Product")
    bom = save_bom(session, SYSTEM, BomDraft(item.id, [ComponentDraft(i, Decimal(1)) for i in components[:5]]))
    return Product(item.id, item.name, bom.id)


def _item(n: int) -> dict[str, Any]:
    name = f"Item {n:04d}"
    return {"code": f"I{n:04d}", "name": name, "folded": fold(name), "unit_id": 1, "kind": "goods"}


def contact_row(n: int) -> dict[str, Any]:
    """A contact as its table has it."""
    name = f"Partner {n:03d}"
    return {
        "kind": "legal_entity",
        "code": f"C{n:03d}",
        "name": name,
        "folded": fold(name),
        "country": "GB",
        "phone": "",
        "email": "",
        "address": "",
        "tax_id": "",
        "note": "",
        "bank_account": "",
        "is_active": True,
        "version": 1,
        "created_at": OPENED,
    }
