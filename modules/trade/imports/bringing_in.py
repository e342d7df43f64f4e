"""Reading invoice rows, checking every one of them, and only then posting: the order of the whole import."""

from app.api.imports import BadCell, Import
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, digits_of, from_units
from modules.trade.imports.batch import Batch
from modules.trade.imports.books import compare_with_books
from modules.trade.imports.opening import least_opening
from modules.trade.imports.posting import post_all
from modules.trade.imports.rules import DISCOUNT, EXACT_SCALE, SIGN, Rules, Side, Skip


def bring_in(side: Side, job: Import) -> None:
    """Do the import `job` of what was sold or bought, and fill its report."""
    batch = Batch(Rules(job.preset, side), digits_of(job.preset.option("currency", str)))
    try:
        _read(job, batch)
        _refuse_bad_invoices(batch)
        job.read(lambda session: compare_with_books(session, job, batch))
        if job.report.errors and not job.skip_errors:
            job.report.waiting = len(batch.accepted())
            batch.refuse(batch.accepted(), _l("not written: the file has errors"))
        accepted = batch.accepted()
        opening = job.read(lambda session: least_opening(session, batch, accepted))
        _account(job, batch)
        if job.dry_run:
            _count(job, batch, accepted)
            job.report.created.update(opening.created)
        elif accepted:
            post_all(job, batch, accepted, opening)
    finally:
        batch.spool.close()
    _control(job, batch)


def _read(job: Import, batch: Batch) -> None:
    """The first pass: every row is understood, kept, or accounted for."""
    rules = batch.rules
    for file, number, cells, refusal in job.rows(("quantity", "price", DISCOUNT)):
        invoice = ""
        try:
            try:
                if refusal is not None:
                    raise BadCell(refusal)
                batch.exact += rules.exact(cells)
            finally:
                # Found out even of a row whose figures are bad: its invoice is refused with it.
                invoice = rules.invoice(cells)
            batch.keep(file, number, invoice, rules.line(invoice, cells))
        except BadCell as error:
            job.report.fail(file, number, error.column, error.message)
            if invoice:
                batch.bad.setdefault(invoice, number)
        except Skip as why:
            job.report.skip(file, number, why)
    batch.spool.end()


def _refuse_bad_invoices(batch: Batch) -> None:
    for number, row in batch.bad.items():
        if number in batch.invoices:
            papers = batch.invoices[number].papers.values()
            batch.refuse(papers, _l("its invoice is refused because of row %(row)s", row=row))


def _account(job: Import, batch: Batch) -> None:
    """Every row of a paper that is not posted is reported with its reason; those in error have been reported already."""
    reported = {(e.file, e.row) for e in job.report.errors}
    for row in batch.spool.each(i for i, p in enumerate(batch.papers) if p.refused):
        if (row.file, row.row) not in reported:
            job.report.skip(row.file, row.row, batch.papers[row.paper].refused)


def _count(job: Import, batch: Batch, papers: list[int]) -> None:
    for index in papers:
        paper = batch.papers[index]
        job.report.created[paper.kind] += 1
        job.report.created[f"{paper.kind}_line"] += paper.lines


def _control(job: Import, batch: Batch) -> None:
    control = job.report.control
    control.amount_in_file = from_units(batch.exact, EXACT_SCALE)
    for paper in batch.papers:
        if not paper.refused:
            control.amount_posted += SIGN[paper.kind] * from_units(paper.amount, Money.scale)
            control.rounding -= SIGN[paper.kind] * from_units(paper.exact, EXACT_SCALE)
    control.rounding += control.amount_posted
    if batch.several:
        some = ", ".join(sorted(batch.several)[:10])
        job.report.notes.append(str(_l("Contacts with several countries keep the first: %(some)s", some=some)))
