"""What people record: every document has a row here, a table and lines of its own, and the states of its kind."""

from app.documents.chain import Chain, Joint, chain_of, depths
from app.documents.closed import closed_fields, matched
from app.documents.correction import correct, versions_of
from app.documents.drafts import PostedMeanwhile, SentBefore, discard, locked, save, says, written_before
from app.documents.expected import ExpectedMoney, MoneySource
from app.documents.kinds import (
    CLOSED,
    POSTED,
    STANDING,
    STATES,
    Draft,
    Kind,
    LineKey,
    Makes,
    Outcome,
    Words,
    kind_of,
    states_of,
    unusual_state,
)
from app.documents.links import (
    HasFollowers,
    NoLongerFits,
    followers_of,
    left_for,
    left_of,
    taken_by,
    takers_of_one,
)
from app.documents.models import Document, DocumentLink, DocumentVersion, LineOf
from app.documents.naming import Named, named_in, newly_named, remember_named
from app.documents.outcomes import shown_state
from app.documents.owners import hand_over
from app.documents.paper import Fact, Paper, PaperColumn, Print, Total
from app.documents.partners import PartnerClosed, is_partner_open
from app.documents.posting import close, post, reopen, reverse
from app.documents.previews import MOST_SHOWN, Preview, PreviewPart, first_documents, preview
from app.documents.queries import document_title, documents_by_id, latest_documents
from app.documents.shares import Share, share, shares_taken

__all__ = [
    "CLOSED",
    "POSTED",
    "STANDING",
    "STATES",
    "Chain",
    "Document",
    "DocumentLink",
    "DocumentVersion",
    "Draft",
    "ExpectedMoney",
    "Fact",
    "HasFollowers",
    "Joint",
    "Kind",
    "LineKey",
    "LineOf",
    "Makes",
    "MoneySource",
    "Named",
    "MOST_SHOWN",
    "NoLongerFits",
    "Outcome",
    "Paper",
    "PaperColumn",
    "PartnerClosed",
    "PostedMeanwhile",
    "Preview",
    "PreviewPart",
    "Print",
    "SentBefore",
    "Share",
    "Total",
    "Words",
    "chain_of",
    "close",
    "closed_fields",
    "correct",
    "depths",
    "discard",
    "document_title",
    "first_documents",
    "documents_by_id",
    "followers_of",
    "hand_over",
    "is_partner_open",
    "kind_of",
    "latest_documents",
    "left_for",
    "left_of",
    "locked",
    "matched",
    "named_in",
    "newly_named",
    "post",
    "preview",
    "remember_named",
    "reopen",
    "reverse",
    "save",
    "says",
    "share",
    "shares_taken",
    "states_of",
    "unusual_state",
    "taken_by",
    "takers_of_one",
    "shown_state",
    "versions_of",
    "written_before",
]
