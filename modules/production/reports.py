"""Production's report: what can be made now."""

from app.api.reports import Report
from app.api.texts import lazy_gettext as _l
from modules.production.capability import capability_of

capability = Report(
    "production.capability",
    _l("What can be made now"),
    "production.bom.view",
    _l("How much of each product the free components in stock are enough for."),
    of=capability_of,
)
