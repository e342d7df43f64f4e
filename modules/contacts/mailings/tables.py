"""The list of mailings."""

from sqlalchemy import func, select

from app.api.security import User
from app.api.texts import lazy_gettext as _l
from app.api.web import Column, Link, Table
from modules.contacts.mailings.models import Mailing
from modules.contacts.mailings.rules import EVERY, WHAT

mailings = Table(
    name="contacts.mailing",
    title=_l("Mailings"),
    needs="contacts.mailing.edit",
    source=lambda _session: select().select_from(Mailing).join(User, User.id == Mailing.owner_id),
    key=Mailing.id,
    columns=(
        Column("name", _l("Name"), Mailing.name, headline=True, link=Link("contacts.mailing_view", mailing_id="id")),
        Column("enclosure", _l("What is sent"), Mailing.enclosure, "state", choices=WHAT),
        Column("every", _l("How often"), Mailing.every, "state", choices=EVERY),
        Column("owner", _l("In the name of"), User.name),
        Column("paused", _l("Paused"), Mailing.is_paused, "flag"),
        Column("id", "", Mailing.id, hidden=True, sortable=False),
    ),
    order="name",
    search=(func.lower(Mailing.name),),
    create="contacts.mailing_new",
    create_needs="contacts.mailing.edit",
    create_title=_l("New mailing"),
    empty=_l("No mailing yet. A mailing sends statements or acts to many contacts by itself."),
    is_found=False,
)
