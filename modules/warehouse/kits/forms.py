"""The form of a kit's composition: shape only."""

from app.api.texts import lazy_gettext as _l
from app.api.web import Cell, LinesField, LinesForm


class CompositionForm(LinesForm):
    """What one kit is made of."""

    lines = LinesField(
        _l("Components"),
        item=_l("Component"),
        lookup="goods",
        cells=(Cell("quantity", _l("Quantity in one kit"), above=0, is_counted=True),),
    )
