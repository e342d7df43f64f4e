"""Reference data that the core keeps."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Id
from app.ordering import order, ordered
from app.security.policy import FOR_PARTNERS
from app.values import HasRate
from app.versions import Versioned

PER_RATE, PER_LINE = "rate", "line"


class Organisation(Versioned, Base):
    """The company whose books these are."""

    __tablename__ = "core_organisation"
    __table_args__ = {"info": FOR_PARTNERS}

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    #: ISO 3166-1 alpha-2
    country: Mapped[str] = mapped_column(String(2))
    #: ISO 4217; the currency of stock values, revenue and cost
    currency: Mapped[str] = mapped_column(String(3))
    #: trade or enterprise
    edition: Mapped[str] = mapped_column(String(20))
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    #: lines that stand below the name on what is printed: address, phone, bank account
    letterhead: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: IANA name of the zone by whose clock documents are dated; empty: the server's own
    zone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: minutes without a request, and days in all, after which a browser is signed out
    idle_minutes: Mapped[int] = mapped_column(default=720, server_default="720")
    signed_in_days: Mapped[int] = mapped_column(default=14, server_default="14")
    #: whether the tax of a document is rounded once for each rate, as EN 16931 has it, or on each line
    tax_rounding: Mapped[str] = mapped_column(String(4), default=PER_RATE, server_default=PER_LINE)
    #: nothing with a moment on or before this day may be posted any more
    closed_until: Mapped[date | None]
    #: whether the sample company's data is in it
    is_sample: Mapped[bool] = mapped_column(default=False)


class CurrencyRate(HasRate, Versioned, Base):
    """What a foreign currency is worth in the base currency from a day on, until the next rate."""

    audited_as = "core.rate"

    __tablename__ = "core_currency_rate"
    __table_args__ = (UniqueConstraint("currency", "day"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3))
    day: Mapped[date]

    @property
    def number(self) -> Decimal:
        """The rate as it is quoted."""
        return self.rate.number

    @property
    def quoted(self) -> str:
        """In which currency it is quoted: the base, for one unit of the foreign one, or the foreign, for one of the base."""
        return "foreign" if self.rate.is_inverse else "base"


class Unit(Versioned, Base):
    """A unit of measure; `code` as in UN/ECE Recommendation 20."""

    __tablename__ = "core_unit"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(3), unique=True)
    name: Mapped[str] = mapped_column(String(40), info=order("name_order"))
    #: by which it stands in order
    name_order: Mapped[str] = ordered()
    #: how many digits after the point make sense when typing a quantity
    digits: Mapped[int] = mapped_column(default=0)


class Series(Base):
    """The last number given to documents of a kind in an organisation."""

    audited_as = ""

    __tablename__ = "core_series"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("core_organisation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
