"""How many labels are asked for, of which size and with which code: what all labels of goods have in common. No database."""

from collections.abc import Collection, Mapping

from app.api.errors import Invalid
from app.api.texts import lazy_gettext as _l
from modules.warehouse.labels.sizes import CODES, SIZES, Size

#: labels of one PDF, and of one item or lot
MOST, MOST_OF_ONE = 2000, 500


def pieces_asked(form: Mapping[str, str]) -> dict[str, int]:
    """How many labels are typed in the boxes of a form: of `pieces_<key>`, key → number. Refused (Invalid): what isn't a
    number."""
    found: dict[str, int] = {}
    for name, text in form.items():
        key, said = name.removeprefix("pieces_"), text.strip()
        if name == key or not said:
            continue
        if not (said.isdecimal() and len(said) < 6):
            raise Invalid(_l("“%(text)s” isn't a number of labels.", text=text[:20]))
        found[key] = int(said)
    return found


def size_asked(size: str, code: str, skipped: int, counts: Collection[int]) -> Size:
    """The size of that name. Refused (Invalid): no such size or code, more labels used already than a sheet has, more than
    MOST_OF_ONE of one, or than MOST in all."""
    found = SIZES.get(size)
    if found is None or code not in CODES:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=size if found is None else code))
    if not 0 <= skipped < found.on_sheet:
        raise Invalid(_l("A sheet has only %(n)s labels.", n=found.on_sheet), field="skipped")
    if any(not 0 <= count <= MOST_OF_ONE for count in counts):
        raise Invalid(_l("From 0 to %(n)s labels of an item.", n=MOST_OF_ONE))
    if sum(counts) > MOST:
        raise Invalid(_l("At most %(n)s labels go into one PDF. Print them in parts.", n=MOST))
    return found
