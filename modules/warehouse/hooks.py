"""What the warehouse does when others act."""

from datetime import date

from sqlalchemy.orm import Session

from modules.warehouse.pending import refuse_unsettled


def period_closing(session: Session, until: date) -> None:
    """No period is closed while costs in it are being recalculated."""
    refuse_unsettled(session, until)
