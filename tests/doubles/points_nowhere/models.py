"""A relationship to a class that is nowhere."""

from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.api.data import Base, Id
from app.api.documents import Document


class Lost(Base):
    """Points at a class that nobody declares."""

    __tablename__ = "points_nowhere_lost"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    friend: Mapped["Nobody"] = relationship("Nobody")  # noqa: F821 (that is the point)


class LostDocument(Document):
    """The same as a kind of document: it hangs on a class of the core."""

    __mapper_args__ = {"polymorphic_identity": "points_nowhere.document"}

    @property
    def friend(self) -> object:
        """Nobody."""
        return None
