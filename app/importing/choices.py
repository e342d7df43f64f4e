"""What whoever brings files in says of how they are written, where the files themselves don't."""

from dataclasses import dataclass, replace

from app.errors import Invalid
from app.importing.encodings import OLD, is_encoding
from app.importing.numbers import COMMA, POINT
from app.importing.presets import Preset
from app.translation import lazy_gettext as _l

DAY_FIRST, MONTH_FIRST = "day", "month"
_DAYS = {DAY_FIRST: ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"), MONTH_FIRST: ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y")}
_CLOCKS = ("", " %H:%M", " %H:%M:%S")
ENCODINGS = ("utf-8", "utf-16", *OLD)


@dataclass(frozen=True)
class Choices:
    """Empty where nothing is chosen: the encoding, the sign before the decimals, what dates that are texts begin with."""

    encoding: str = ""
    decimal: str = ""
    dates: str = ""

    def __post_init__(self) -> None:
        if self.encoding and not is_encoding(self.encoding):
            known = ", ".join(ENCODINGS)
            raise Invalid(_l("“%(name)s” isn't an encoding; %(known)s are some", name=self.encoding, known=known))
        if self.decimal not in ("", POINT, COMMA):
            raise Invalid(_l("Decimals come after a point or a comma."))
        if self.dates not in ("", *_DAYS):
            raise Invalid(_l("Dates begin with the day or with the month."))

    def over(self, preset: Preset) -> Preset:
        """The preset with what was chosen instead of what it says."""
        if self.encoding:
            preset = replace(preset, encoding=self.encoding)
        if self.decimal:
            preset = replace(preset, decimal=self.decimal, thousands="")
        if self.dates:
            forms = tuple(day + clock for day in _DAYS[self.dates] for clock in _CLOCKS)
            preset = replace(preset, moments=forms)
        return preset
