"""Sizes of labels: grids of A4 sheets as they are sold, and rolls of label printers. Pure; everything in millimetres."""

from dataclasses import dataclass

from app.api.texts import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Size:
    """A size: on a sheet so many across and down, beginning at the margins; on a roll (no columns) each is a page."""

    title: object
    width: float
    height: float
    columns: int = 0
    rows: int = 0
    left: float = 0
    top: float = 0
    #: between columns
    gap: float = 0
    #: large enough for what stands on a box or pallet
    for_units: bool = False

    @property
    def on_sheet(self) -> int:
        """Labels of one sheet; 1 on a roll."""
        return self.columns * self.rows or 1


#: grids named by columns × rows: 70 × 37 (3 × 8), 63.5 × 38.1 (3 × 7), 52.5 × 29.7 (4 × 10) and 105 × 74 (2 × 4, for shelves)
SIZES = {
    "3x8": Size(_l("A4, 3 × 8 (70 × 37 mm)"), 70, 37, 3, 8, 0, 0.5),
    "3x7": Size(_l("A4, 3 × 7 (63.5 × 38.1 mm)"), 63.5, 38.1, 3, 7, 7.2, 15.1, 2.5),
    "4x10": Size(_l("A4, 4 × 10 (52.5 × 29.7 mm)"), 52.5, 29.7, 4, 10),
    "2x4": Size(_l("A4, 2 × 4 (105 × 74 mm), for shelves"), 105, 74, 2, 4, 0, 0.5),
    "100x150": Size(_l("Roll, 100 × 150 mm"), 100, 150, for_units=True),
    "a6": Size(_l("A6 (105 × 148 mm)"), 105, 148, for_units=True),
    "58x40": Size(_l("Roll, 58 × 40 mm"), 58, 40),
    "43x25": Size(_l("Roll, 43 × 25 mm"), 43, 25),
    "30x20": Size(_l("Roll, 30 × 20 mm"), 30, 20),
}
BARS, QR, NO_CODE = "bars", "qr", "none"
CODES = {BARS: _l("Barcode"), QR: _l("QR code"), NO_CODE: _l("None")}


def on_paper(size: Size) -> dict[str, float]:
    """A size as templates take it."""
    return {name: getattr(size, name) for name in ("width", "height", "columns", "rows", "left", "top", "gap")}
