"""Making, and undoing, the other side of what own organisations sell to each other.

Both sides have the same lines, prices, taxes and day, so that what the one is owed is what the other owes. The goods leave the
seller's books at their cost and enter the buyer's at the price agreed, wherever they lie.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.data import begin_version, forget_all, remembered
from app.api.documents import Document, LineKey, kind_of, locked, post, reverse, save
from app.api.errors import Conflict, Invalid, NotFound
from app.api.reference import Organisation, books_of
from app.api.security import Actor, PastPolicy, record, require
from app.api.texts import lazy_gettext as _l
from modules.contacts.api import Payment, parties_by_id
from modules.trade.authority import acting_for
from modules.trade.drafts import ChargeDraft, TradeDraft, TradeLineDraft
from modules.trade.intercompany.models import OtherSide, OwnContact
from modules.trade.models import Purchase, PurchaseReturn, Sale, SalesReturn, TradeDocument
from modules.warehouse.api import warehouse_id

VIEW, EDIT = "trade.own_sale.view", "trade.own_sale.edit"
#: what a document of one is for the other; these kinds are typed, those are made
MIRRORED: dict[type[TradeDocument], type[TradeDocument]] = {Sale: Purchase, SalesReturn: PurchaseReturn}

_SIDES = PastPolicy("which document another own organisation has for one is known whoever may see it")
#: what a session remembers: contact → the organisation of ours that it is, where it buys by itself
_BUYS_ITSELF = "own organisations that buy by themselves"
_WHY = "what one own organisation sells the other buys, and what one reverses the other does"
_RIGHTS = frozenset(
    f"trade.{noun}.{verb}"
    for noun in ("sale", "sales_return", "purchase", "purchase_return")
    for verb in ("view", "edit", "post", "reverse")
)
_RIGHTS_OF_MONEY = frozenset(f"contacts.payment.{verb}" for verb in ("view", "post", "reverse"))
_GROUPS = frozenset({"warehouse.cost", "warehouse.price", "contacts.financial"})


@dataclass(frozen=True, slots=True)
class Side:
    """The other side of a document: whose it is, and the document when it is made."""

    organisation_id: int
    organisation: str
    #: None: it isn't made yet
    document_id: int | None = None
    number: str = ""
    state: str = ""
    title: object = ""


def save_own_contact(
    session: Session,
    actor: Actor,
    organisation_id: int,
    *,
    contact_id: int,
    place_id: int,
    is_automatic: bool,
    version: int | None = None,
) -> OwnContact:
    """Say as which contact the others trade with an organisation. Refused: one that there isn't (NotFound), a contact that
    another organisation is (Conflict), a place that isn't a warehouse of ours, (Changed) saved since `version`."""
    require(actor, EDIT)
    if session.get(Organisation, organisation_id) is None:
        raise NotFound
    contact = parties_by_id(session, {contact_id})[contact_id]
    same = select(OwnContact.organisation_id).where(OwnContact.contact_id == contact_id)
    if session.scalar(same.where(OwnContact.organisation_id != organisation_id)) is not None:
        raise Conflict(_l("This contact is another of your organisations already."), field="contact_id")
    own = session.get(OwnContact, organisation_id)
    if own is None:
        own = OwnContact(organisation_id=organisation_id)
    else:
        begin_version(session, own, version)
    forget_all(session, _BUYS_ITSELF)
    own.contact_id, own.place_id, own.is_automatic = contact_id, warehouse_id(session, place_id), is_automatic
    session.add(own)
    session.flush()
    record(
        session,
        "trade.own_contact.change",
        subject="trade.own_contact",
        subject_id=organisation_id,
        summary=contact.name,
    )
    return own


def other_side_of(session: Session, document: TradeDocument) -> Side | None:
    """The other side of a document that is made, or that could be; None: it isn't between own organisations."""
    if (made := made_side(session, document.id)) is not None:
        return made
    if type(document) not in MIRRORED or document.state != "posted":
        return None
    own, organisation = OwnContact.__table__.c, Organisation.__table__.c
    query = (
        select(organisation.id, organisation.name)
        .join_from(OwnContact.__table__, Organisation.__table__, organisation.id == own.organisation_id)
        .where(own.contact_id == document.contact_id, own.organisation_id != document.organisation_id)
    )
    found = _SIDES(session).execute(query).first()
    return None if found is None else Side(found.id, found.name, title=MIRRORED[type(document)].title)


def make_other_side(session: Session, actor: Actor, document: TradeDocument) -> int:
    """Post the other side of a posted sale or return to another own organisation, in its books, and give its id; one that is
    made already is given as it is.

    Needs the right to post it. Refused: a document that isn't posted or isn't sold to an own organisation, organisations of
    which it isn't said as which contact the others trade with them, a return of what the other side hasn't bought, two sides
    that would come to different amounts, and what posting it refuses; then nothing is done.
    """
    require(actor, f"{kind_of(MIRRORED[type(document)]).name}.post")
    return _make(session, actor, locked(session, type(document), document.id))


def make_by_itself(session: Session, actor: Actor, documents: Sequence[Document]) -> None:
    """Make the other side of those that were posted to other organisations which want it so, whoever posts them."""
    sold = [d for d in documents if isinstance(d, Sale | SalesReturn)]
    buys = remembered(session, _BUYS_ITSELF)
    if unknown := {d.contact_id for d in sold} - buys.keys():
        own = OwnContact.__table__.c
        query = select(own.contact_id, own.organisation_id).where(own.contact_id.in_(unknown), own.is_automatic)
        found = {row.contact_id: row.organisation_id for row in _SIDES(session).execute(query)}
        buys |= {contact: found.get(contact) for contact in unknown}
    for document in sold:
        if buys[document.contact_id] not in (None, document.organisation_id):
            _make(session, actor, document)


def reverse_other_side(session: Session, document: Document) -> None:
    """Reverse the other side of a document that is being reversed, in its own books; whichever side one begins with."""
    side = made_side(session, document.id)
    if side is None or side.document_id is None or side.state != "posted":
        return
    with books_of(session, side.organisation_id) as there, writing(session, there) as acting:
        other = session.get(Document, side.document_id)
        if other is not None:
            reverse(session, acting, other)


def refuse_correction(session: Session, document: Document) -> None:
    """Refuse (Conflict) to correct one side alone."""
    side = made_side(session, document.id) if isinstance(document, TradeDocument | Payment) else None
    if side is not None and side.state == "posted":
        raise Conflict(
            _l(
                "%(organisation)s has %(number)s for it. Reverse it, which reverses both, and make it again.",
                organisation=side.organisation,
                number=side.number,
            )
        )


def writing(session: Session, actor: Actor) -> AbstractContextManager[Actor]:
    """Give the actor that writes the other side in another organisation's books."""
    return acting_for(session, actor, _WHY, rights=_RIGHTS | _RIGHTS_OF_MONEY, groups=_GROUPS)


def _make(session: Session, actor: Actor, document: TradeDocument) -> int:
    if (made := made_side(session, document.id)) is not None and made.document_id is not None:
        return made.document_id
    if document.state != "posted":
        raise Conflict(_l("Post it first: then the other side can be made."))
    seller, buyer = _parties(session, document)
    model, kind = MIRRORED[type(document)], kind_of(document)
    said: TradeDraft = kind.draft_of(document)
    origins = _other_lines(session, set(document.origins.values()))
    lines = [
        TradeLineDraft(
            line.item_id,
            line.quantity,
            line.price,
            discount=line.discount,
            tax_rate=line.tax_rate,
            tax_code_id=line.tax_code_id,
            second=line.second,
            origin=_origin(number, document, origins),
        )
        for number, line in enumerate(said.lines, 1)
    ]
    draft: TradeDraft = (ChargeDraft if model is Purchase else TradeDraft)(
        contact_id=seller.contact_id,
        lines=lines,
        place_id=buyer.place_id,
        currency=document.currency,
        tax_included=document.tax_included,
        is_cash=document.is_cash,
        due=document.due,
        moment=document.moment,
        note=f"{document.title} {document.number}",
    )
    if isinstance(draft, ChargeDraft):
        draft = replace(draft, supplier_number=document.number, supplier_day=document.moment.date())
    amounts = (document.net, document.tax, document.amount)
    with books_of(session, buyer.organisation_id) as there:
        writer = replace(there, user_id=actor.user_id, name=actor.name)
        with writing(session, writer) as acting:
            other = save(session, acting, model, draft)
            if (other.net, other.tax, other.amount) != amounts:
                raise Conflict(
                    _l("The two sides would differ. Let both organisations round tax alike, and pay in coins alike.")
                )
            post(session, acting, [other])
            other_id = other.id
    session.add(OtherSide(document_id=document.id, other_id=other_id))
    session.flush()
    return other_id


def _parties(session: Session, document: TradeDocument) -> tuple[OwnContact, OwnContact]:
    seller = session.get(OwnContact, document.organisation_id)
    buyer = session.scalars(select(OwnContact).where(OwnContact.contact_id == document.contact_id)).first()
    if buyer is None or buyer.organisation_id == document.organisation_id:
        raise Invalid(_l("It isn't sold to another of your own organisations."))
    if seller is None:
        raise Invalid(
            _l(
                "Say first, under “Between own organisations”, as which contact the others trade with the one that sells."
            )
        )
    return seller, buyer


def _origin(number: int, document: TradeDocument, origins: dict[int, int]) -> LineKey | None:
    """Of a return, the line of the other side's document that it gives back: they have the same numbers."""
    origin = document.origins.get(number)
    if origin is None or not document.clears_up:
        return None
    if origin[0] not in origins:
        raise Conflict(
            _l("Line %(n)s: make the other side of the sale that comes back first.", n=number), field="lines"
        )
    return origins[origin[0]], origin[1]


def _other_lines(session: Session, wanted: set[LineKey]) -> dict[int, int]:
    side = OtherSide.__table__.c
    query = select(side.document_id, side.other_id).where(side.document_id.in_({document for document, _ in wanted}))
    return {row.document_id: row.other_id for row in _SIDES(session).execute(query)}


def made_side(session: Session, document_id: int) -> Side | None:
    """The document that another own organisation has for one, whichever of the two was made first; None: there is none."""
    side, of, own = OtherSide.__table__.c, Document.__table__.c, Organisation.__table__.c
    is_other = or_(
        (side.document_id == document_id) & (of.id == side.other_id),
        (side.other_id == document_id) & (of.id == side.document_id),
    )
    query = (
        select(of.id, of.number, of.state, of.kind, own.id.label("organisation_id"), own.name)
        .join_from(OtherSide.__table__, Document.__table__, is_other)
        .join(Organisation.__table__, own.id == of.organisation_id)
        .where(or_(side.document_id == document_id, side.other_id == document_id))
    )
    found = _SIDES(session).execute(query).first()
    if found is None:
        return None
    title = Document.__mapper__.polymorphic_map[found.kind].class_.title
    return Side(found.organisation_id, found.name, found.id, found.number or "", found.state, title)
