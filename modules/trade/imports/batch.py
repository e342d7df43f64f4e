"""What an import of invoices knows once its files are read: papers to be, sums and names; the rows are on disk."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.api.imports import BadCell
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Quantity
from modules.trade.imports.rules import EXACT_SCALE, Line, Rules
from modules.trade.imports.spool import Kept, Spool


@dataclass(slots=True)
class Paper:
    """A document to be: all rows of one invoice that become one kind."""

    kind: str
    number: str
    invoice: "Invoice"
    file: int
    #: the sheet's row where it begins
    row: int
    lines: int = 0
    #: quantity × price less discount of its rows, above zero, in 10**-18
    exact: int = 0
    #: the same with each row rounded to the currency, in units of Money
    amount: int = 0
    #: why it is not posted; empty: it is
    refused: str = ""

    @property
    def moment(self) -> datetime:
        """The invoice's."""
        return self.invoice.moment

    def operation_id(self, preset: str) -> str:
        """Names the act that makes it, so that the same file read again makes nothing."""
        return f"{preset}:{self.kind.partition('.')[2]}:{self.number}"


@dataclass(slots=True)
class Invoice:
    """What the rows of one invoice have in common: its first row says when and to whom."""

    moment: datetime
    partner: str
    file: int
    #: kind → its paper's place in the batch
    papers: dict[str, int] = field(default_factory=dict)


@dataclass
class Batch:
    """All that is known of the files after reading them."""

    rules: Rules
    digits: int
    spool: Spool = field(default_factory=Spool)
    papers: list[Paper] = field(default_factory=list)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    #: invoice → the sheet's row that is in error
    bad: dict[str, int] = field(default_factory=dict)
    #: code → its number in the spool
    items: dict[str, int] = field(default_factory=dict)
    #: by that number: code, and the first description that is not blank
    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    #: partner's number → the first country the file gives them
    countries: dict[str, str] = field(default_factory=dict)
    #: partners with more than one country
    several: set[str] = field(default_factory=set)
    #: sum of quantity × price less discount of the rows that could be read, in 10**-18
    exact: int = 0
    #: papers with a quantity that isn't whole
    broken: set[int] = field(default_factory=set)

    def keep(self, file: int, number: int, invoice: str, line: Line) -> None:
        """Take in an understood row. Refused (BadCell): one that says of its invoice what its first row does not."""
        known = self.invoices.get(invoice)
        if known is None:
            known = self.invoices[invoice] = Invoice(line.moment, line.partner, file)
        elif known.file != file:
            # The same sheet given twice would double every amount, and nothing in it could tell.
            raise BadCell(_l("the invoice stands in another of the files too"), self.rules.column("invoice"))
        elif known.partner != line.partner:
            column = self.rules.column(self.rules.side.party)
            raise BadCell(_l("the invoice has another customer or supplier in its first row"), column)
        index = known.papers.get(line.kind)
        if index is None:
            index = known.papers[line.kind] = len(self.papers)
            self.papers.append(Paper(line.kind, invoice, known, file, number))
        if line.quantity % 10**Quantity.scale:
            self.broken.add(index)
        paper = self.papers[index]
        paper.lines += 1
        paper.exact += line.exact
        paper.amount += rounded(line.exact, self.digits)
        if line.partner and self.countries.setdefault(line.partner, line.country) != line.country:
            self.several.add(line.partner)
        self.spool.add(Kept(index, file, number, self._item(line), line.quantity, line.price, line.discount))

    def refuse(self, papers: Iterable[int], why: object) -> None:
        """Mark papers as not to be posted; what was said of one before stands."""
        for index in papers:
            self.papers[index].refused = self.papers[index].refused or str(why)

    def accepted(self) -> list[int]:
        """The papers to post, in the order of posting: by moment, and as they stand in the file."""
        return sorted((i for i, p in enumerate(self.papers) if not p.refused), key=lambda i: (self.papers[i].moment, i))

    def _item(self, line: Line) -> int:
        item = self.items.get(line.item)
        if item is None:
            item = self.items[line.item] = len(self.codes)
            self.codes.append(line.item)
            self.names.append(line.description)
        elif line.description and not self.names[item]:
            self.names[item] = line.description
        return item


def rounded(exact: int, digits: int) -> int:
    """10**-18 rounded half up to `digits`, in units of Money; `exact` is not negative."""
    step = 10 ** (EXACT_SCALE - digits)
    return int((2 * exact + step) // (2 * step) * 10 ** (Money.scale - digits))
