"""The mail server that an administrator has set on its page."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.audit import UNKEPT
from app.db import Base, Id
from app.versions import Versioned


class MailServer(Versioned, Base):
    """One row at most. What `kontor.toml` or the environment say comes before it."""

    __tablename__ = "core_mail_server"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    port: Mapped[int]
    #: starttls, tls or none
    security: Mapped[str] = mapped_column(String(10))
    user: Mapped[str] = mapped_column(String(200), default="")
    #: encrypted as age does, by the server's own key, in base64: neither a database nor a backup of it says it; empty: none
    sealed_password: Mapped[str] = mapped_column(Text, default="", info=UNKEPT)
    #: whom mail comes from
    sender: Mapped[str] = mapped_column(String(300))
