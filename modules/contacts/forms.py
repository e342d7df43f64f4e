"""The contacts' forms: shape only."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from app.api.errors import Invalid
from app.api.reference import PARTS, TAX_KINDS, address_parts
from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import (
    AmountField,
    DayField,
    FollowingField,
    Form,
    LookupField,
    MomentField,
    PhoneField,
    SelectField,
    VersionField,
    countries,
    currencies,
    current_session,
    required,
)
from modules.contacts.contract_forms import TERMS_OF_PAYMENT, ConditionsForm
from modules.contacts.contracts import offered as contracts_offered
from modules.contacts.details import ADDRESSES, CHANNELS
from modules.contacts.folders import below, offered_folders
from modules.contacts.labels import LISTS, labels_of
from modules.contacts.languages import LANGUAGES
from modules.contacts.letters.models import Letter, LetterText
from modules.contacts.messengers import MESSENGERS
from modules.contacts.models import (
    KINDS,
    Address,
    Allocation,
    BankAccount,
    Channel,
    Contact,
    Folder,
    Individual,
    Label,
    LegalEntity,
    Payment,
    Person,
    SoleProprietor,
    TaxNumber,
)
from modules.contacts.money.accounts import accounts_in_use
from modules.contacts.money.forms import titled as account_titled
from modules.contacts.rules import IMPORTANCE
from modules.contacts.tables import DIRECTIONS, METHODS

#: so many open documents a form shows
MOST_PARTS = 200
#: a box beside an open document: `part_` and the document's number in the database
_PART = re.compile(r"part_([0-9]{1,18})")
#: what the form asks besides what is recorded
_OF_FORM = ("offered", "reference", "is_more")
#: a document, how much of it is offered to be paid, and how much is open
_OFFERED = re.compile(r"([0-9]{1,18}):([0-9]{1,18}(?:[.][0-9]{1,9})?):([0-9]{1,18}(?:[.][0-9]{1,9})?)")


def titled(user: Any) -> str:
    """What somebody responsible is called; said of who doesn't sign in any more."""
    return str(user.name if user.is_active else _l("%(name)s (inactive)", name=user.name))


class ContactForm(ConditionsForm):
    """What contacts of all kinds share."""

    of = Contact
    first = ("name", "phone", "email", "tax_id", "country")

    version = VersionField()
    name = StringField(_l("Name"), [required])
    code = StringField(_l("Code"), description=_l("Left empty, it gets the next number."))
    country = SelectField(_l("Country"), choices=lambda: [("", "–"), *countries()])
    language = SelectField(
        _l("Language of letters"),
        choices=lambda: [("", _l("as in its country")), *LANGUAGES.items()],
        default="",
    )
    responsible_id = SelectField(_l("Responsible"), coerce=lambda value: int(value) if value else None)
    folder_id = SelectField(_l("Folder"), coerce=lambda value: int(value) if value else None)
    importance = SelectField(_l("Importance"), choices=lambda: [("", "–"), *IMPORTANCE.items()], default="")
    status = StringField(_l("Status"), description=_l("Choose one, or type a new one."))
    source = StringField(_l("Source"), description=_l("Where it came from, such as a fair or a recommendation."))
    tags = StringField(_l("Tags"), description=_l("With commas between them."))
    phone = PhoneField(_l("Phone"))
    email = StringField(_l("E-mail"))
    tax_id = StringField(_l("Tax number"))
    address = TextAreaField(_l("Address"))
    bank_account = StringField(_l("Bank account"))
    credit_limit = AmountField(_l("Credit limit"))
    note = TextAreaField(_l("Note"))
    is_active = BooleanField(_l("In use"), default=True)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in (*TERMS_OF_PAYMENT, "over_limit", "overdue", "note", "is_active"):
            self._fields.move_to_end(name)

    def offer_words(self, session: Session) -> None:
        """What was said of other contacts."""
        for name in ("status", "source"):
            self[name].choices_offered = [label.name for label in labels_of(session, LISTS[name])]

    def offer_folders(self, session: Session) -> None:
        """The folders that there are."""
        self.folder_id.choices = [("", "–"), *offered_folders(session)]

    def offer_users(self, session: Session, now: int | None = None) -> None:
        """Whom a contact may be given to; who has it `now` stays among them, also once they don't sign in any more."""
        asked = select(User.id, User.name, User.is_active).where(or_(User.is_active, User.id == now))
        users = [(str(row.id), titled(row)) for row in session.execute(asked.order_by(User.name_order, User.id))]
        self.responsible_id.choices = [("", "–"), *users]


class RegisteredForm(ContactForm):
    """Whoever is in a register."""

    legal_name = StringField(_l("Name in the register"))
    registration_number = StringField(_l("Registration number"))
    contact_person = StringField(_l("Contact person"))


class LegalEntityForm(RegisteredForm):
    """A company."""

    of = LegalEntity


class SoleProprietorForm(RegisteredForm):
    """A person who trades on their own account."""

    of = SoleProprietor

    birth_date = DayField(_l("Born"))
    identity_document = StringField(_l("Identity document"))


class IndividualForm(ContactForm):
    """A person."""

    of = Individual

    birth_date = DayField(_l("Born"))
    identity_document = StringField(_l("Identity document"))


class KindForm(Form):
    """Of which kind a contact is to be."""

    version = VersionField()
    kind = SelectField(_l("Kind"), choices=lambda: [(kind, model.title) for kind, model in KINDS.items()])


class LabelForm(Form):
    """A word by which contacts are sorted."""

    of = Label

    name = StringField(_l("Name"), [required])


class FolderForm(Form):
    """A folder of contacts."""

    of = Folder

    version = VersionField()
    name = StringField(_l("Name"), [required])
    parent_id = SelectField(_l("Within"), coerce=lambda value: int(value) if value else None)

    def offer_folders(self, session: Session, own: int | None = None) -> None:
        """Where it may be: not within itself."""
        inside = {str(i) for i in session.scalars(below(own))} if own is not None else set()
        others = [offered for offered in offered_folders(session) if offered[0] not in inside]
        self.parent_id.choices = [("", _l("at the top")), *others]


class DetailForm(Form):
    """What the details of a contact share."""

    version = VersionField()
    is_main = BooleanField(_l("The main one"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.is_main.object_data:
            self.leave_out("is_main")  # another one takes its place, by saying so of itself
        else:
            self._fields.move_to_end("is_main")


class ChannelForm(DetailForm):
    """A way to reach somebody."""

    of = Channel

    kind = SelectField(_l("What"), choices=lambda: list(CHANNELS.items()))
    value = StringField(_l("Number or address"), [required])
    label = StringField(
        _l("Which one"),
        description=_l("Such as work, mobile, accounts; of a messenger: Telegram, WhatsApp, Viber or Zalo."),
    )
    person_id = SelectField(_l("Person"), coerce=lambda value: int(value) if value else None)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.label.choices_offered = MESSENGERS

    def offer_persons(self, persons: Sequence[Person]) -> None:
        """Whose it may be there."""
        self.person_id.choices = [("", "–"), *((str(person.id), person.name) for person in persons)]


class TaxNumberForm(DetailForm):
    """A number by which a tax office or a register knows somebody."""

    of = TaxNumber

    kind = SelectField(_l("What"), choices=lambda: list(TAX_KINDS.items()))
    number = StringField(_l("Number"), [required])
    country = SelectField(_l("Country"), choices=lambda: [("", "–"), *countries()])


class AddressForm(DetailForm):
    """A postal address, with the parts that its country has."""

    of = Address

    kind = SelectField(_l("For"), choices=lambda: list(ADDRESSES.items()))
    country = SelectField(_l("Country"), choices=lambda: [("", "–"), *countries()])
    street = TextAreaField(_l("Street, house"))
    district = StringField(_l("District"))
    city = StringField(_l("City"))
    region = StringField(_l("Province"))
    postal_code = StringField(_l("Postcode"))
    sorting_code = StringField(_l("Sorting code"))

    def fit(self, country: str) -> None:
        """Show the parts as the country has them, in its order; others only where something stands in them."""
        parts = address_parts(country)
        known = {part.name for part in parts}
        self.leave_out(*(name for name in PARTS if name not in known and not self[name].data))
        for part in parts:
            field = self[part.name]
            field.label.text = str(part.title)
            field.description = _l("Such as %(example)s.", example=part.example) if part.example else ""
            field.choices_offered = part.choices
            self._fields.move_to_end(part.name)
        if "is_main" in self:
            self._fields.move_to_end("is_main")


class PersonForm(DetailForm):
    """Somebody with whom one speaks."""

    of = Person

    name = StringField(_l("Name"), [required])
    role = StringField(_l("Role"), description=_l("What they do there, such as purchasing."))
    note = TextAreaField(_l("Note"))


class BankAccountForm(DetailForm):
    """An account at a bank."""

    of = BankAccount

    number = StringField(_l("Bank account"), [required], description=_l("An IBAN, or the account's number."))
    bank = StringField(_l("Bank"))
    bic = StringField(_l("BIC"), description=_l("The SWIFT code; in Russia the nine digits."))
    correspondent = StringField(_l("Correspondent account"))
    currency = SelectField(_l("Currency"), choices=lambda: [("", "–"), *currencies()])


class RelationForm(Form):
    """How a contact belongs together with another."""

    what = SelectField(_l("How"))
    other_id = LookupField(
        _l("Contact"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )


class MergeForm(Form):
    """The contact that is the same as another."""

    other_id = LookupField(
        _l("The same as"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )


def account_choices() -> list[tuple[str, object]]:
    """The accounts by which a payment may go; by the main one of its kind and currency where none is chosen."""
    accounts = [(str(account.id), account_titled(account)) for account in accounts_in_use(current_session())]
    return [("", _l("the main one")), *accounts]


class _AnyPaymentForm(Form):
    of = Payment

    direction = SelectField(_l("Direction"), choices=lambda: list(DIRECTIONS.items()))
    amount = AmountField(_l("Amount"), [required])
    currency = SelectField(_l("Currency"), choices=currencies)
    moment = MomentField(_l("Date"))
    method = SelectField(_l("Means of payment"), choices=lambda: list(METHODS.items()))
    account_id = SelectField(
        _l("Account"),
        coerce=lambda value: int(value) if value else None,
        choices=account_choices,
        description=_l("Left so, it is the main one in this currency: a cash desk for cash, else a bank account."),
    )
    reference = StringField(
        _l("For documents"),
        description=_l("Their numbers, as the payer names them. Left empty, the oldest are paid first."),
    )
    note = TextAreaField(_l("Note"))


class PaymentForm(_AnyPaymentForm):
    """A payment."""

    contact_id = LookupField(
        _l("Contact"),
        [required],
        lookup="contacts",
        unknown=_l("There is no contact “%(text)s”. Choose from the list."),
    )
    contract_id = FollowingField(_l("Contract"), follows="contact_id", offered=contracts_offered)
    is_more = BooleanField(_l("It is more than is open, and right so: the rest stays as an advance"))
    #: the document that the payment is for and what was open of it, as the form offers to pay it
    offered = HiddenField()


class GroupPaymentForm(_AnyPaymentForm):
    """A payment of one member of a group of companies for all of them."""

    contact_id = SelectField(_l("Payer"), coerce=int)


class LetterForm(Form):
    """A letter by e-mail."""

    of = Letter

    recipients = StringField(_l("Sent to"), [required], description=_l("With commas between several addresses."))
    subject = StringField(_l("Subject"), [required])
    body = TextAreaField(_l("Text"), [required], render_kw={"rows": 10})


class LetterTextForm(Form):
    """How letters with one kind of enclosure are worded in one language."""

    of = LetterText

    version = VersionField()
    subject = StringField(_l("Subject"))
    body = TextAreaField(_l("Text"), render_kw={"rows": 12})


def parts_form(form: type[Form], documents: Sequence[Any], sent: Iterable[str]) -> type[Form]:
    """`form` with a box for an amount beside each open document, and beside those that were sent though nothing is open
    of them any more."""
    numbers = {d.document_id: d.number for d in documents}
    numbers |= {int(m[1]): "" for name in sent if (m := _PART.fullmatch(name)) and int(m[1]) not in numbers}
    boxes = {f"part_{i}": AmountField(_l("Amount for %(number)s", number=n)) for i, n in numbers.items()}
    return type(form.__name__, (form,), boxes)


def parts_of(form: Form) -> list[tuple[int, Decimal]]:
    """Documents beside which an amount was typed, with it."""
    found = ((_PART.fullmatch(field.name), field.data) for field in form)
    return [(int(m[1]), amount) for m, amount in found if m and amount]


def reduced_of(sent: Any) -> list[int]:
    """The documents beside which the early-payment discount was ticked, of a form as it was sent."""
    return sorted({i for i in sent.getlist("reduced", type=int) if 0 < i < 1 << 62})


def offer_reduced(form: Any, reductions: Mapping[int, Any], amount: Decimal | None) -> int | None:
    """Where an amount is just what one document comes to with its early-payment discount, and nothing was typed beside any,
    type it there and give that document."""
    fit = [i for i, offer in reductions.items() if offer.rest == amount and f"part_{i}" in form]
    if len(fit) != 1 or parts_of(form) not in ([], [(fit[0], amount)]):
        return None
    form[f"part_{fit[0]}"].data, form[f"part_{fit[0]}"].raw_data = amount, None
    return fit[0]


def plain_values(form: Form) -> dict[str, Any]:
    """The form's values without the boxes of `parts_form` and what is asked to fill them."""
    return {name: value for name, value in form.values().items() if not _PART.fullmatch(name) and name not in _OF_FORM}


def named_parts(
    text: str, find: Callable[[Sequence[str]], Sequence[Any]], amount: Decimal
) -> list[tuple[int, Decimal]]:
    """How much of each open document that a text names is paid by an amount, in the text's order. `find` gives those whose
    number ends in one of some words, whether the form shows them or not. A document is named by its
    number, or by the digits at its end without the zeros before them. Refused (Invalid): a text that names none."""
    words = re.findall(r"[^\s,;]+", text)
    documents = find(words) if words else ()
    found: list[tuple[int, Decimal]] = []
    for word in (word.casefold() for word in words):
        d = _called(word, documents)
        part = Decimal(0) if d is None else min(abs(d.open), amount)
        if d is not None and part > 0 and d.document_id not in {i for i, _ in found}:
            found.append((d.document_id, part))
            amount -= part
    if words and not found:
        raise Invalid(_l("None of the open documents is called so."), field="reference")
    return found


def _called(word: str, documents: Sequence[Any]) -> Any:
    """The open document that a word names, an exact number before digits at the end of one."""
    numbers = [((d.number or "").casefold(), d) for d in documents]
    exact = next((d for number, d in numbers if number == word), None)
    if exact is not None or not re.fullmatch("[0-9]+", word):
        return exact
    ends = ((re.sub(r"^.*?0*([0-9]+)$", r"\1", number), d) for number, d in numbers)
    return next((d for end, d in ends if end == (word.lstrip("0") or "0")), None)


def offer_part(form: Any, document_id: int, part: Decimal, most: Decimal) -> None:
    """Offer to pay `part` of the `most` that is open of a document."""
    form[f"part_{document_id}"].data, form[f"part_{document_id}"].raw_data = part, None
    form.offered.data = f"{document_id}:{part:f}:{most:f}"


def follow_amount(form: Any) -> None:
    """Where somebody pays another amount than was offered for the one document and left its box alone, let the box say as
    much, up to what is open."""
    found, amount = _OFFERED.fullmatch(form.offered.data or ""), form.amount.data
    if found is None or amount is None or amount <= 0:
        return
    document_id, part, most = int(found[1]), Decimal(found[2]), Decimal(found[3])
    if parts_of(form) == [(document_id, part)]:
        offer_part(form, document_id, min(amount, most), most)


class AllocationForm(Form):
    """What a document settles of others."""

    of = Allocation

    moment = MomentField(_l("Date"))
    reference = StringField(_l("For documents"), description=_l("Their numbers, instead of amounts beside them."))
    note = TextAreaField(_l("Note"))
