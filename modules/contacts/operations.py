"""Writing contacts and payments."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.clock import wall_clock
from app.api.custom import said_alike, set_custom
from app.api.data import begin_versions, forget, pieces
from app.api.documents import SentBefore, hand_over, locked, post, reverse, written_before
from app.api.errors import Conflict, Forbidden, Invalid
from app.api.ledger import Posting
from app.api.notifications import notify_mentioned
from app.api.reference import base_currency, check_day, organisation, organisation_id, rate_at, take_numbers
from app.api.security import Actor, check_users, record, require, unrestricted
from app.api.texts import lazy_gettext as _l
from app.api.texts import visible
from app.api.values import digits_of
from modules.contacts.advances import check_advance
from modules.contacts.details import MAIN, follow_fields, is_said
from modules.contacts.families import refuse_ended
from modules.contacts.folders import check_folder
from modules.contacts.groups import members_for, oldest_of
from modules.contacts.labels import LISTS, set_labels
from modules.contacts.models import KINDS, Contact, Payment
from modules.contacts.money.accounts import account_of_payment
from modules.contacts.money.models import OtherPayment
from modules.contacts.money.recording import enter_payment, record_other_payment
from modules.contacts.parties import parties_by_id
from modules.contacts.reductions import check_reduced, give_reductions, reduced_by
from modules.contacts.rules import check_payment, contact_fields
from modules.contacts.settling import Debt as Debt  # for the modules that make debts
from modules.contacts.settling import lines_of, require_sight
from modules.contacts.settling import settle as settle

#: field → its confidential group, if it is of one
_GROUPS = {p.key: p.columns[0].info.get("group") for k in KINDS.values() for p in k.__mapper__.column_attrs}


def create_contact(session: Session, actor: Actor, *, kind: str, name: str, code: str = "", **fields: Any) -> Contact:
    """A new contact of `kind` (legal_entity or individual); without a code it gets the next free number. Unless said
    otherwise it is the actor's own, and so is one that is said to be nobody's where the actor's scope would not reach it.
    `custom` is what it says in its custom fields, by key.

    Refused: what `contact_fields` and `set_custom` refuse, a code that is taken, somebody responsible who does not sign in,
    fields of confidential groups that are closed to the actor.
    """
    return create_contacts(session, actor, [{"kind": kind, "name": name, "code": code, **fields}])[0]


def create_contacts(
    session: Session, actor: Actor, drafts: Sequence[Mapping[str, Any]], *, audited: bool = True
) -> list[Contact]:
    """New contacts, all at once, each as `create_contact` makes it; refused together. Not `audited`: whoever calls records
    the whole."""
    require(actor, "contacts.contact.edit")
    unless_said: dict[str, Any] = {"code": "", "responsible_id": actor.user_id}
    rows = [_checked(session, actor, draft["kind"], {**unless_said, **draft}) for draft in drafts]
    _check_responsible(session, actor, {row["responsible_id"] for row in rows})
    contacts = []
    for row, code in zip(rows, _free_codes(session, [row["code"] for row in rows]), strict=True):
        contacts.append(KINDS[row["kind"]](**{**row, "code": code}))
    customs = (draft.get("custom") for draft in drafts)
    set_custom(session, actor, dict(zip(contacts, customs, strict=True)), is_new=True)
    session.add_all(contacts)
    set_labels(session, dict(zip(contacts, drafts, strict=True)))
    _write(session, contacts, "create" if audited else None)
    follow_fields(session, {c: list(row) for c, row in zip(contacts, rows, strict=True)}, are_new=True)
    for contact, row in zip(contacts, rows, strict=True) if audited else ():
        _notify_mentioned(session, actor, contact, row.get("note") or "", "")
    return contacts


def change_contact(
    session: Session, actor: Actor, contact: Contact, *, version: int | None = None, **fields: Any
) -> None:
    """Change what is given; an empty code stays as it was. Refused: what `create_contact` refuses, another kind, a contact
    that was saved since `version` (Changed)."""
    change_contacts(session, actor, {contact: {**fields, "version": version}})


def change_contacts(
    session: Session, actor: Actor, changes: Mapping[Contact, Mapping[str, Any]], *, audited: bool = True
) -> None:
    """Change several contacts at once, each as `change_contact` does; refused together. Not `audited`: whoever calls records
    the whole."""
    require(actor, "contacts.contact.edit")
    begin_versions(session, {contact: fields.get("version") for contact, fields in changes.items()})
    refuse_ended(session, changes)
    rows = {contact: _checked(session, actor, contact.kind, fields, contact) for contact, fields in changes.items()}
    for contact, row in rows.items():
        row["code"] = row.get("code") or contact.code
    _refuse_taken(session, [row["code"] for contact, row in rows.items() if row["code"] != contact.code])
    given = {contact: row.get("responsible_id") for contact, row in rows.items()}
    _check_responsible(session, actor, {i for contact, i in given.items() if i != contact.responsible_id})
    had = {contact: contact.responsible_id for contact in rows}
    notes = {contact: (contact.note, row["note"]) for contact, row in rows.items() if row.get("note")}
    for contact, row in rows.items():
        for name in [n for n in row if n in MAIN and is_said(session, contact, n, row[n])]:
            del row[name]
    for contact, row in rows.items():
        for name, value in row.items():
            setattr(contact, name, value)
    set_custom(session, actor, {contact: fields.get("custom") for contact, fields in changes.items()})
    set_labels(session, changes)
    _write(session, list(rows), "change" if audited else None)
    follow_fields(session, {contact: list(row) for contact, row in rows.items()})
    hand_over(session, Contact, {c.id: c.responsible_id for c in rows if c.responsible_id != had[c]})
    for contact, (before, note) in notes.items() if audited else ():
        _notify_mentioned(session, actor, contact, note, before)
    for contact in rows:
        forget(session, "contacts.contact", contact.id)


def _notify_mentioned(session: Session, actor: Actor, contact: Contact, note: str, before: str) -> None:
    """Notify whom the note mentions, as far as they may see it."""
    seen = {"needs": "contacts.contact.view", "group": _GROUPS["note"], "record": contact}
    notify_mentioned(session, actor, note, f"/contacts/{contact.id}", what=contact.name, before=before, **seen)


def _checked(
    session: Session, actor: Actor, kind: str, fields: Mapping[str, Any], known: Contact | None = None
) -> dict[str, Any]:
    """The fields as they are kept, those left out that are closed to the actor and say nothing: what is stored there stays.
    Refused (Forbidden): to fill one that the actor could not see afterwards."""
    if closed := closed_fields(actor, fields):
        raise Forbidden(_GROUPS[closed[0]])
    open_ones = {name: value for name, value in fields.items() if actor.sees(_GROUPS.get(name))}
    given = {name: value for name, value in open_ones.items() if name not in ("version", "custom", *LISTS)}
    check_folder(session, given.get("folder_id"))
    if given.get("responsible_id", 0) is None and actor.scope("contacts.contact") != "all":
        given["responsible_id"] = actor.user_id  # nobody's would be out of their own sight
    return contact_fields(kind, given, currency=base_currency(session), home=organisation(session).country, known=known)


def _check_responsible(session: Session, actor: Actor, ids: set[int | None]) -> None:
    check_users(session, {i for i in ids if i not in (None, actor.user_id)}, field="responsible_id")


def _write(session: Session, contacts: Sequence[Contact], verb: str | None) -> None:
    session.flush()
    for contact in contacts if verb else ():
        action = f"contacts.contact.{verb}"
        record(session, action, subject="contacts.contact", subject_id=contact.id, summary=contact.code)


def closed_fields(actor: Actor, fields: Mapping[str, Any]) -> list[str]:
    """Those that are filled and of a confidential group that is closed to the actor."""
    return [name for name, value in fields.items() if value not in ("", None) and not actor.sees(_GROUPS.get(name))]


def record_payment(
    session: Session,
    actor: Actor,
    *,
    contact_id: int,
    direction: str,
    amount: Decimal,
    currency: str | None = None,
    moment: datetime | None = None,
    method: str | None = None,
    account_id: int | None = None,
    note: str = "",
    pays: Sequence[tuple[int, Decimal]] | None = None,
    operation_id: str | None = None,
    custom: Mapping[str, Any] | None = None,
    contract_id: int | None = None,
    group_of: int | None = None,
    advance_for: int | None = None,
    reduced: Collection[int] = (),
) -> Payment:
    """Record and post a payment: `in` lessens what the contact owes, `out` what we owe.

    It goes by the account that is named, which gives the currency and method where these are left out, or else by the main one
    of its method (bank unless it is said) and currency; by none where the company keeps no accounts.

    It settles what has been open the longest, or `pays`: documents, each with an amount above zero; none where that is empty.
    The rest stays open as an advance. Under a contract, the oldest of that are paid, and the advance is its. `custom` is what
    it says in its custom fields.

    `advance_for` is the order or invoice for payment that it is made for: nothing else is settled unless `pays` says so, and
    what is sold by that document is settled with it.

    Of the documents `reduced`, which `pays` has with all that is open but the discount, the early-payment discount is given in
    the same act.

    With `group_of` a company, the contact pays for all of that one's group: the documents may be of any member, and without
    `pays` the oldest of all are settled, as far as they are open to the actor.

    Refused: an amount that is not above zero or finer than the currency, a currency that does not exist or has no rate on the
    day, a contact outside the actor's scope, a closed period, what `account_of_payment` refuses, an account that would go below
    zero and may not (NotEnoughMoney); what `settle` refuses of `pays`, and `set_custom` of `custom`; a payer
    outside the group, documents of members whom the actor may not see; what `check_advance` and `check_reduced` refuse.
    The same `operation_id` again gives the payment that is there already, and is refused (SentBefore) when it says something
    else.
    """
    require(actor, "contacts.payment.post")
    contact, note = parties_by_id(session, {contact_id})[contact_id], visible(note, one_blank=False)
    if pays or reduced or group_of is not None:
        require_sight(session, actor, [*reduced, *(document for document, _ in pays or ())])
    members = () if group_of is None else members_for(session, group_of, contact_id)
    links = check_advance(session, advance_for, contact_id)
    pays = pays or () if links else pays
    base = base_currency(session)
    if (made := written_before(session, Payment, None, operation_id)) is not None:
        said = (made.contact_id, made.contract_id, made.direction, made.amount, made.note)
        same = said == (contact_id, contract_id, direction, amount, note)
        # As it was written: the accounts that there are now say nothing of it.
        same = same and currency in (None, made.currency) and method in (None, made.method)
        same = same and moment in (None, made.moment) and account_id in (None, made.account_id)
        settled = [(document, part) for _, document, part in lines_of(session, made.id)]
        same = same and said_alike(custom, made.custom)
        same = same and set(reduced) == reduced_by(session, made.id)
        if not same or (pays is not None and sorted(pays) != settled):
            raise SentBefore(made)
        return made
    account, method, currency = account_of_payment(session, account_id, method=method, currency=currency)
    check_payment(amount, currency, base=base, direction=direction, method=method)
    when = moment or wall_clock()
    check_day(when.date(), field="moment")
    reductions = check_reduced(session, reduced, pays, when.date())
    rate = rate_at(session, currency, when.date())
    payment = Payment(
        organisation_id=organisation_id(session),
        contact_id=contact.id,
        contract_id=contract_id,
        direction=direction,
        method=method,
        moment=when,
        is_dated=moment is not None,
        currency=currency,
        amount=amount,
        rate=rate,
        base=rate.in_base(amount, digits_of(base)),
        account_id=None if account is None else account.id,
        responsible_id=contact.responsible_id,
        summary=contact.name,
        note=note,
        operation_id=operation_id,
        links=links,
    )
    if custom is not None:
        set_custom(session, actor, {payment: custom}, is_new=True)
    if group_of is not None and pays is None:
        pays = oldest_of(session, members, payment)
    post(session, actor, [payment], lambda posting, _payments: _settle(posting, payment, pays, members))
    give_reductions(session, actor, payment, reductions)
    return payment


def record_money(
    session: Session,
    actor: Actor,
    *,
    account_id: int,
    direction: str,
    amount: Decimal,
    contact_id: int | None = None,
    expense_item_id: int | None = None,
    party: str = "",
    moment: datetime | None = None,
    note: str = "",
    pays: Sequence[tuple[int, Decimal]] | None = None,
    reduced: Collection[int] = (),
    operation_id: str | None = None,
) -> Payment | OtherPayment:
    """Record and post what came in or went out of an account, in its currency: of a contact as `record_payment` does, else by
    an expense item as `record_other_payment` does. For whoever reads a bank's file. Refused: both or neither of the two."""
    if (contact_id is None) == (expense_item_id is None):
        raise Invalid(_l("Choose either a contact or an expense item."), field="contact_id")
    said: dict[str, Any] = {"account_id": account_id, "direction": direction, "amount": amount, "moment": moment}
    said |= {"note": note, "operation_id": operation_id}
    if contact_id is not None:
        return record_payment(session, actor, contact_id=contact_id, pays=pays, reduced=reduced, **said)
    assert expense_item_id is not None
    return record_other_payment(session, actor, expense_item_id=expense_item_id, party=party, **said)


def reverse_payment(session: Session, actor: Actor, payment_id: int) -> Payment:
    """Reverse a posted payment."""
    payment = locked(session, Payment, payment_id)
    reverse(session, actor, payment)
    return payment


def _settle(
    posting: Posting, payment: Payment, pays: Sequence[tuple[int, Decimal]] | None, members: Collection[int]
) -> None:
    sign = -1 if payment.direction == "in" else 1
    debt = Debt(
        payment,
        payment.contact_id,
        sign * payment.amount,
        sign * payment.base,
        pays=pays or (),
        oldest_first=pays is None,
        contract_id=payment.contract_id,
        among=members,
    )
    settle(posting, [debt])
    if payment.account_id is not None:
        enter_payment(posting, payment)


def _free_codes(session: Session, wanted: Sequence[str]) -> list[str]:
    """The codes that are wanted, and the next free number for each that is empty. Refused (Conflict): one that is taken."""
    _refuse_taken(session, list(filter(None, wanted)))
    free: list[str] = []
    while missing := wanted.count("") - len(free):
        numbers = [str(n) for n in take_numbers(session, organisation_id(session), "contacts.contact", count=missing)]
        taken = _taken(session, numbers).union(wanted)
        free += [number for number in numbers if number not in taken]
    numbered = iter(free)
    return [code or next(numbered) for code in wanted]


def _refuse_taken(session: Session, codes: Sequence[str]) -> None:
    taken = _taken(session, codes) | {code for code, count in Counter(codes).items() if count > 1}
    if taken:
        raise Conflict(_l("The code “%(code)s” is taken.", code=min(taken)), field="code")


def _taken(session: Session, codes: Collection[str]) -> set[str]:
    if not codes:
        return set()
    with unrestricted(session, "codes of contacts are unique for everyone"):
        there = (select(Contact.code).where(Contact.code.in_(some)) for some in pieces(codes))
        return {code for query in there for code in session.scalars(query)}
