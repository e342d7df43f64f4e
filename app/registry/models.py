"""What is switched on, and the number by which every worker notices a change."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class ModuleState(Base):
    """Whether an installed module is on. A module without a row has never been on."""

    audited_as = ""

    __tablename__ = "core_module"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    is_enabled: Mapped[bool]
    version: Mapped[str] = mapped_column(String(20))


class Generation(Base):
    """One row whose number grows with every change of modules, users or rights; workers compare it once a request."""

    audited_as = ""

    __tablename__ = "core_generation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
