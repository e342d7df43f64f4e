"""The forms of penalties: shape only."""

from sqlalchemy import select
from wtforms import TextAreaField

from app.api.texts import lazy_gettext as _l
from app.api.web import DayField, DecimalField, Form, SelectField, current_session, required
from modules.contacts.contract_models import Contract
from modules.contacts.models import Contact
from modules.contacts.penalties.models import Penalty

#: so many contracts are offered
_OFFERED = 500


def _contracts() -> list[tuple[str, object]]:
    """Contracts in which a penalty is agreed, by their contacts."""
    query = (
        select(Contract.id, Contract.number, Contract.title, Contact.name)
        .join(Contact, Contact.id == Contract.contact_id)
        .where(Contract.penalty_kind != "")
        .order_by(Contact.name_order, Contract.number_order, Contract.id)
        .limit(_OFFERED)
    )
    return [(str(r.id), f"{r.name} · {r.number} {r.title}".strip()) for r in current_session().execute(query)]


class PeriodForm(Form):
    """For which contract and days a penalty is looked for."""

    contract_id = SelectField(_l("Contract"), coerce=int, choices=_contracts)
    since = DayField(_l("Since"))
    until = DayField(_l("Until"), [required])


class PenaltyForm(Form):
    """What the penalty says beside its lines."""

    of = Penalty

    note = TextAreaField(_l("Note"))


class KeyRateForm(Form):
    """A key rate."""

    since = DayField(_l("In force from"), [required])
    rate = DecimalField(_l("Key rate, % a year"), [required], places=4)
