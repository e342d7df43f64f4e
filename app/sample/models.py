"""Which rows the sample data brought along."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class SampleRow(Base):
    """A row of the sample data: a document, a record or a user. What has no row here is the company's own."""

    audited_as = ""

    __tablename__ = "core_sample"

    #: the table's name
    table_name: Mapped[str] = mapped_column(String(60), primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    #: of the record when it was made, where it counts its versions: one that somebody has changed since is the company's own
    version: Mapped[int | None]
