"""The landed cost of one receipt or purchase, as its form begins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.api.documents import Document
from app.api.reference import base_currency
from modules.trade.drafts import ImportTaxDraft, LandedDraft


def import_tax_of(session: Session, document: Any) -> ImportTaxDraft:
    """Tax on the goods of a receipt or purchase: customs, the base and the rate are to be typed."""
    receipt: Document = document
    nobody: Any = None
    said: dict[str, Any] = {"place_id": document.place_id, "currency": base_currency(session)}
    return ImportTaxDraft(contact_id=nobody, lines=[], receipts=receipt.number or "", **said)


def join_receipts(drafts: Sequence[LandedDraft | ImportTaxDraft]) -> LandedDraft | ImportTaxDraft:
    """One cost or tax on the receipts of several drafts."""
    return replace(drafts[0], receipts=", ".join(draft.receipts for draft in drafts))


def landed_of(session: Session, document: Any) -> LandedDraft:
    """A cost on the goods of a receipt or purchase: whom it is owed, and what it comes to, is to be typed."""
    receipt: Document = document
    nobody: Any = None  # whoever carried or cleared the goods is seldom whoever sold them
    return LandedDraft(
        contact_id=nobody,
        lines=[],
        place_id=document.place_id,
        currency=base_currency(session),
        receipts=receipt.number or "",
    )
