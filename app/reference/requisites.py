"""What the organisation says of itself on formal papers beside its name: address, register numbers, who signs, its logo."""

from sqlalchemy import ForeignKey, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.audit import UNKEPT, record
from app.db import Base
from app.errors import Invalid
from app.reference.queries import organisation_id
from app.security.actor import Actor, require
from app.security.policy import FOR_PARTNERS
from app.texts import kept
from app.translation import lazy_gettext as _l
from app.versions import Versioned, begin_version

NEEDS = "core.organisation.manage"
#: bytes of a logo, as it goes with every paper
MOST_LOGO = 256 * 1024
#: how a picture begins → its kind
_PICTURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))


class Requisites(Versioned, Base):
    """One row for an organisation; without one nothing of this is said."""

    __tablename__ = "core_requisites"
    __table_args__ = {"info": FOR_PARTNERS}

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("core_organisation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: the name in the register, when it is not the usual one
    legal_name: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(100), default="")
    #: number in the register of companies: ОГРН, company number
    registration_number: Mapped[str] = mapped_column(String(40), default="")
    #: of the tax office where it is registered, beside the tax number: the Russian КПП
    tax_office_code: Mapped[str] = mapped_column(String(20), default="")
    #: who signs, as on papers: “Ivanov I. I.”
    director: Mapped[str] = mapped_column(String(100), default="")
    accountant: Mapped[str] = mapped_column(String(100), default="")
    #: PNG or JPEG; None: none
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, info=UNKEPT)


TEXTS = ("legal_name", "address", "phone", "registration_number", "tax_office_code", "director", "accountant")


def requisites(session: Session) -> Requisites:
    """The organisation's; empty ones, which aren't stored, where nothing was said."""
    found = session.scalars(select(Requisites).where(Requisites.organisation_id == organisation_id(session))).first()
    return found or Requisites(**dict.fromkeys(TEXTS, ""))


def save_requisites(
    session: Session, actor: Actor, *, logo: bytes | None = None, version: int | None = None, **texts: str
) -> None:
    """Say so from now on. `logo`: a picture instead of the one that there is; none: takes it away; None: leaves it.

    Refused (Invalid): a logo that is neither PNG nor JPEG or larger than MOST_LOGO; (Changed) saved since `version`.
    """
    require(actor, NEEDS)
    if logo:
        picture_kind(logo)
    number = organisation_id(session)
    current = session.get(Requisites, number)
    if current is None:
        current = Requisites(organisation_id=number)
        session.add(current)
    else:
        begin_version(session, current, version)
    for name, text in kept(Requisites, {name: texts.get(name, "") for name in TEXTS}).items():
        setattr(current, name, text)
    if logo is not None:
        current.logo = logo or None
    session.flush()
    record(
        session, "core.requisites.change", subject="core.organisation", subject_id=number, summary=current.legal_name
    )


def picture_kind(picture: bytes) -> str:
    """png or jpg. Refused (Invalid): whatever else, and what is larger than MOST_LOGO."""
    if len(picture) > MOST_LOGO:
        raise Invalid(_l("The logo is larger than %(most)s kB.", most=MOST_LOGO // 1024), field="logo")
    for beginning, kind in _PICTURES:
        if picture.startswith(beginning):
            return kind
    raise Invalid(_l("A logo is a PNG or JPEG picture."), field="logo")
