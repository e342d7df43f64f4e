"""Reading invoice rows, checking every one of them, and only then posting: the order of the whole import."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.api import BadCell, Import, Money, digits_of, from_units
from modules.trade.imports.books import compare_with_books
from modules.trade.imports.opening import least_opening
from modules.trade.imports.posting import post_all
from modules.trade.imports.rules import EXACT_SCALE, RETURN, SALE, WRITE_OFF, Line, Rules, Skip
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
    #: quantity × price of its rows, above nought, in 10**-12
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
    customer: str
    file: int
    papers: dict[str, int] = field(default_factory=dict)


@dataclass
class Batch:
    """All that is known of the files after reading them: sums and names; the rows themselves are on disk."""

    spool: Spool
    digits: int
    papers: list[Paper] = field(default_factory=list)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    #: invoice → the sheet's row that is in error
    bad: dict[str, int] = field(default_factory=dict)
    #: code → its number in the spool
    items: dict[str, int] = field(default_factory=dict)
    #: by that number: code, and the first description that is not blank
    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    #: customer's number → the first country the file gives him
    countries: dict[str, str] = field(default_factory=dict)
    #: customers with more than one country
    several: set[str] = field(default_factory=set)
    #: sum of quantity × price of the rows that could be read, in 10**-12
    exact: int = 0

    def accepted(self) -> list[int]:
        """The papers to post, in the order of posting: by moment, and as they stand in the file."""
        return sorted((i for i, p in enumerate(self.papers) if not p.refused), key=lambda i: (self.papers[i].moment, i))


def bring_in(job: Import) -> None:
    """Do the import `job`, and fill its report."""
    rules = Rules(job.preset)
    batch = Batch(Spool(), digits_of(job.preset.option("currency", str)))
    try:
        _read(job, rules, batch)
        _refuse_bad_invoices(batch)
        job.read(lambda session: compare_with_books(session, job, rules, batch))
        if job.report.errors and not job.skip_errors:
            _refuse(batch, batch.accepted(), _l("not written: the file has errors"))
        accepted = batch.accepted()
        opening = job.read(lambda session: least_opening(session, batch, accepted, rules))
        _account(job, batch)
        if job.dry_run:
            _count(job, batch, accepted)
            job.report.created.update(opening.created)
        elif accepted:
            post_all(job, batch, accepted, opening, rules)
    finally:
        batch.spool.close()
    _control(job, batch)


def _read(job: Import, rules: Rules, batch: Batch) -> None:
    """The first pass: every row is understood, kept, or accounted for."""
    for file, number, cells in job.rows():
        cells = rules.ordered(cells)
        invoice = ""
        try:
            try:
                batch.exact += rules.exact(cells)
            finally:
                # Found out even of a row whose figures are bad: its invoice is refused with it.
                invoice = rules.invoice(cells)
            line = rules.line(invoice, cells)
            _keep(batch, file, number, invoice, line, rules)
        except BadCell as error:
            job.report.fail(file, number, error.column, error.message)
            if invoice:
                batch.bad.setdefault(invoice, number)
        except Skip as why:
            job.report.skip(file, number, why)
    batch.spool.end()


def _keep(batch: Batch, file: int, number: int, invoice: str, line: Line, rules: Rules) -> None:
    known = batch.invoices.get(invoice)
    if known is None:
        known = batch.invoices[invoice] = Invoice(line.moment, line.customer, file)
    elif known.file != file:
        # The same sheet given twice would double every amount, and nothing in it could tell.
        raise BadCell(_l("the invoice stands in another of the files too"), rules.column("invoice"))
    elif known.customer != line.customer:
        raise BadCell(_l("the invoice has another customer in its first row"), rules.column("customer"))
    index = known.papers.get(line.kind)
    if index is None:
        index = known.papers[line.kind] = len(batch.papers)
        batch.papers.append(Paper(line.kind, invoice, known, file, number))
    paper = batch.papers[index]
    exact = line.quantity * line.price
    paper.lines += 1
    paper.exact += exact
    paper.amount += rounded(exact, batch.digits)
    item = batch.items.get(line.item)
    if item is None:
        item = batch.items[line.item] = len(batch.codes)
        batch.codes.append(line.item)
        batch.names.append(line.description)
    elif line.description and not batch.names[item]:
        batch.names[item] = line.description
    if line.customer and batch.countries.setdefault(line.customer, line.country) != line.country:
        batch.several.add(line.customer)
    batch.spool.add(Kept(index, file, number, item, line.quantity, line.price))


def rounded(exact: int, digits: int) -> int:
    """10**-12 rounded half up to `digits`, in units of Money; `exact` is not negative."""
    step = 10 ** (EXACT_SCALE - digits)
    return int((2 * exact + step) // (2 * step) * 10 ** (Money.scale - digits))


def _refuse_bad_invoices(batch: Batch) -> None:
    for number, row in batch.bad.items():
        if number in batch.invoices:
            _refuse(
                batch,
                batch.invoices[number].papers.values(),
                _l("its invoice is refused because of row %(row)s", row=row),
            )


def _refuse(batch: Batch, papers: Iterable[int], why: object) -> None:
    for index in papers:
        batch.papers[index].refused = batch.papers[index].refused or str(why)


def _account(job: Import, batch: Batch) -> None:
    """Every row of a paper that is not posted is told with its reason; those in error have been told already."""
    told = {(e.file, e.row) for e in job.report.errors}
    for row in batch.spool.each(i for i, p in enumerate(batch.papers) if p.refused):
        if (row.file, row.row) not in told:
            job.report.skip(row.file, row.row, batch.papers[row.paper].refused)


def _count(job: Import, batch: Batch, papers: list[int]) -> None:
    for index in papers:
        paper = batch.papers[index]
        job.report.created[paper.kind] += 1
        job.report.created[f"{paper.kind}_line"] += paper.lines


def _control(job: Import, batch: Batch) -> None:
    control = job.report.control
    control.amount_in_file = from_units(batch.exact, EXACT_SCALE)
    sign = {SALE: 1, RETURN: -1, WRITE_OFF: 0}
    for paper in batch.papers:
        if not paper.refused:
            control.amount_posted += sign[paper.kind] * from_units(paper.amount, Money.scale)
            control.rounding -= sign[paper.kind] * from_units(paper.exact, EXACT_SCALE)
    control.rounding += control.amount_posted
    if batch.several:
        some = ", ".join(sorted(batch.several)[:10])
        job.report.notes.append(str(_l("Customers with several countries keep the first: %(some)s", some=some)))
