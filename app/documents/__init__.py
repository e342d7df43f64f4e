"""What people record: every document has a row here, a table and lines of its own, and the states of its kind."""

from app.documents.closed import closed_fields, matched
from app.documents.correction import correct, versions_of
from app.documents.drafts import PostedMeanwhile, SentBefore, discard, locked, save, says, written_before
from app.documents.kinds import POSTED, STATES, Draft, Kind, LineKey, Makes, kind_of
from app.documents.links import HasFollowers, NoLongerFits, followers_of, left_of, sources_of
from app.documents.models import Document, DocumentLink, DocumentVersion, LineOf
from app.documents.naming import Named, named_in, newly_named, remember_named
from app.documents.owners import hand_over
from app.documents.paper import Fact, Paper, PaperColumn, Print, Total
from app.documents.partners import PartnerClosed, is_partner_open
from app.documents.posting import post, reverse
from app.documents.queries import documents_by_id, latest_documents

__all__ = [
    "POSTED",
    "STATES",
    "Document",
    "DocumentLink",
    "DocumentVersion",
    "Draft",
    "Fact",
    "HasFollowers",
    "Kind",
    "LineKey",
    "LineOf",
    "Makes",
    "Named",
    "NoLongerFits",
    "Paper",
    "PaperColumn",
    "PartnerClosed",
    "PostedMeanwhile",
    "Print",
    "SentBefore",
    "Total",
    "closed_fields",
    "correct",
    "discard",
    "documents_by_id",
    "followers_of",
    "is_partner_open",
    "hand_over",
    "kind_of",
    "latest_documents",
    "left_of",
    "locked",
    "matched",
    "named_in",
    "newly_named",
    "post",
    "remember_named",
    "reverse",
    "save",
    "says",
    "sources_of",
    "versions_of",
    "written_before",
]
