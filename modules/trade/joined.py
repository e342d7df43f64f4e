"""By what documents of trade hang together as a whole, and not line by line: the picture of a chain follows it."""

from sqlalchemy import func, select

from app.api.documents import Joint
from modules.trade.complaints.models import ComplaintAnswer
from modules.trade.crossing.models import Crossing
from modules.trade.models import LandedOn, TradeDocument
from modules.trade.repeating.models import Repetition, RepetitionTurn

#: of a document that is repeated for years, so many that were made last
LATEST = 12

_TRADE, _TURN, _REPETITION = TradeDocument.__table__.c, RepetitionTurn.__table__.c, Repetition.__table__.c
_ON, _ANSWER, _CROSSING = LandedOn.__table__.c, ComplaintAnswer.__table__.c, Crossing.__table__.c
_OTHER = RepetitionTurn.__table__.alias("other_turn")
_OLDEST_SHOWN = (
    select(_OTHER.c.id)
    .where(_OTHER.c.repetition_id == _REPETITION.id, _OTHER.c.document_id.is_not(None))
    .order_by(_OTHER.c.id.desc())
    .limit(1)
    .offset(LATEST - 1)
    .correlate(Repetition.__table__)
    .scalar_subquery()
)

JOINED = (
    # customer requests and the quotes that answer them; returns and what went instead; purchases delivered directly and
    # their sales; requests to suppliers and their offers; what was paid early and the discounts on it
    *(
        Joint(column, _TRADE.id, TradeDocument.__table__, column.is_not(None))
        for column in (
            _TRADE.request_id,
            _TRADE.exchange_id,
            _TRADE.direct_id,
            _TRADE.supplier_request_id,
            _TRADE.discounted_id,
        )
    ),
    # receipts and what went out at once of them
    Joint(_CROSSING.receipt_id, _CROSSING.sale_id, Crossing.__table__),
    # receipts and the costs that landed on them
    Joint(_ON.receipt_id, _ON.document_id, LandedOn.__table__),
    # complaints and what settled them
    Joint(_ANSWER.complaint_id, _ANSWER.document_id, ComplaintAnswer.__table__),
    # what is repeated and what was made of it
    Joint(
        _REPETITION.source_id,
        _TURN.document_id,
        Repetition.__table__.join(RepetitionTurn.__table__, _TURN.repetition_id == _REPETITION.id),
        _TURN.document_id.is_not(None),
        _TURN.id >= func.coalesce(_OLDEST_SHOWN, 0),
    ),
)
