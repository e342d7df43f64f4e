"""The second pass: items, partners and opening stock first, then the papers, some hundreds in a transaction."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.data import pieces
from app.api.documents import Document, post, save
from app.api.imports import Import
from app.api.reference import organisation_id
from app.api.security import PastPolicy, record, unrestricted
from app.api.texts import lazy_gettext as _l
from app.api.values import Money, Percent, Price, Quantity, from_units, to_units
from modules.contacts.api import INDIVIDUAL, Contact, create_contacts, parties_by_id
from modules.trade.drafts import TradeDraft, TradeLineDraft
from modules.trade.imports.batch import Batch
from modules.trade.imports.books import ALREADY
from modules.trade.imports.countries import country_code
from modules.trade.imports.opening import Opening
from modules.trade.imports.rules import PURCHASE, PURCHASE_RETURN, RETURN, SALE, WRITE_OFF
from modules.trade.imports.spool import Kept
from modules.trade.models import Purchase, PurchaseReturn, Sale, SalesReturn, TradeDocument
from modules.warehouse.api import (
    FIRST_WAREHOUSE,
    GOODS,
    SERVICE,
    Item,
    MovementDraft,
    MovementLineDraft,
    WriteOff,
    create_items,
    items_by_id,
)
from modules.warehouse.api import Opening as OpeningDocument

_BOOKS = PastPolicy("what of a file is in the books already, whoever may see it")

_MODELS: dict[str, type[TradeDocument]] = {
    SALE: Sale,
    RETURN: SalesReturn,
    PURCHASE: Purchase,
    PURCHASE_RETURN: PurchaseReturn,
}

#: What one transaction holds at most: others who write wait no longer than this takes.
PAPERS, LINES = 150, 2000


class Poster:
    """Posts an import's papers; knows by which ids the database calls the file's items and partners."""

    def __init__(self, job: Import, batch: Batch) -> None:
        self._job, self._batch, self._rules = job, batch, batch.rules
        self._walk_in = job.preset.option("walk_in", dict, {})
        self._currency = job.preset.option("currency", str)
        #: the spool's number → the database's
        self._items: dict[int, int] = {}
        #: the sheet's number → the database's
        self._contacts: dict[str, int] = {}

    def prepare(self, session: Session, papers: Sequence[int], opening: Opening) -> None:
        """Make the items and partners that are new, and post the opening stock that is lacking."""
        actor, batch = self._job.actor, self._batch
        create_items(session, actor, [self._item(i) for i in opening.items], audited=False)
        create_contacts(session, actor, [self._contact(code) for code in opening.partners], audited=False)
        self._items = _ids(session, Item, {code: i for i, code in enumerate(batch.codes)})
        self._contacts = _ids(session, Contact, {self._rules.contact_code(c): c for c in ("", *batch.countries)})
        if opening.short:
            first = batch.papers[papers[0]]
            draft = MovementDraft(
                [
                    MovementLineDraft(self._items[i], from_units(units, Quantity.scale), from_units(0, Price.scale))
                    for i, units in sorted(opening.short.items())
                ],
                target_id=FIRST_WAREHOUSE,
                moment=_just_before(first.moment),
                note=str(
                    _l("Least stock that explains what is imported by “%(preset)s”", preset=self._job.preset.name)
                ),
                operation_id=_next_opening(session, self._job.preset.name),
            )
            document = save(session, actor, OpeningDocument, draft)
            post(session, actor, [document], audited=False)
        summary = ", ".join(f"{count} {kind}" for kind, count in opening.created.items())
        self._note(session, summary or "nothing new")

    def post(self, session: Session, papers: Sequence[int], rows: dict[int, list[Kept]]) -> set[int]:
        """Post a batch; gives those of it that somebody else has posted meanwhile, which stay as they are."""
        there = self._there(session, papers)
        left = [i for i in papers if i not in there]
        self._load(session, left, rows)
        documents: list[Any] = [self._document(session, i, rows[i]) for i in left]
        post(session, self._job.actor, documents, audited=False)
        if documents:
            self._note(session, f"{len(documents)} documents, {documents[0].number} to {documents[-1].number}")
        return there

    def _note(self, session: Session, summary: str) -> None:
        # Of the organisation in whose books they are: whoever doesn't see these reads nothing of it in the audit.
        action, own, said = self._rules.side.noted, organisation_id(session), f"{self._job.preset.name}: {summary}"
        record(session, action, subject="core.organisation", subject_id=own, summary=said)

    def _there(self, session: Session, papers: Sequence[int]) -> set[int]:
        wanted = {self._batch.papers[i].operation_id(self._job.preset.name): i for i in papers}
        table = Document.__table__
        query = select(table.c.operation_id).where(table.c.operation_id.in_(list(wanted)))
        return {wanted[operation_id] for operation_id in _BOOKS(session).execute(query).scalars()}

    def _load(self, session: Session, papers: Sequence[int], rows: dict[int, list[Kept]]) -> None:
        """What the operations will ask for, read at once, so that they find it in the session."""
        for some in pieces(sorted({self._items[row.item] for i in papers for row in rows[i]})):
            items_by_id(session, set(some))
        for some in pieces(sorted({self._contacts[self._batch.papers[i].invoice.partner] for i in papers})):
            parties_by_id(session, set(some))

    def _document(self, session: Session, index: int, rows: list[Kept]) -> Document:
        paper = self._batch.papers[index]
        document = (
            self._write_off(session, index, rows) if paper.kind == WRITE_OFF else self._trade(session, index, rows)
        )
        if paper.kind != WRITE_OFF and to_units(document.amount, Money.scale) != paper.amount:
            raise AssertionError(f"invoice {paper.number} comes to {document.amount}, read was {paper.amount}")
        return document

    def _trade(self, session: Session, index: int, rows: list[Kept]) -> TradeDocument:
        paper = self._batch.papers[index]
        draft = TradeDraft(
            self._contacts[paper.invoice.partner],
            [
                TradeLineDraft(
                    self._items[row.item],
                    from_units(row.quantity, Quantity.scale),
                    from_units(row.price, Price.scale),
                    from_units(row.discount, Percent.scale + 2) * 100,
                    tax_rate=Decimal(0),  # the file has prices alone: what was charged, whatever is charged today
                )
                for row in rows
            ],
            moment=paper.moment,
            currency=self._currency,
            number=paper.number,
            operation_id=paper.operation_id(self._job.preset.name),
        )
        return save(session, self._job.actor, _MODELS[paper.kind], draft, is_new=True)

    def _write_off(self, session: Session, index: int, rows: list[Kept]) -> WriteOff:
        paper = self._batch.papers[index]
        draft = MovementDraft(
            [MovementLineDraft(self._items[row.item], from_units(row.quantity, Quantity.scale)) for row in rows],
            source_id=FIRST_WAREHOUSE,
            moment=paper.moment,
            number=paper.number,
            operation_id=paper.operation_id(self._job.preset.name),
        )
        return save(session, self._job.actor, WriteOff, draft, is_new=True)

    def _item(self, index: int) -> dict[str, Any]:
        code = self._batch.codes[index]
        kind = SERVICE if self._rules.is_service(code) else GOODS
        return {"code": code, "name": (self._batch.names[index] or code)[:300], "kind": kind}

    def _contact(self, code: str) -> dict[str, Any]:
        if not code:
            return {"code": self._walk_in["code"], "name": self._walk_in["name"], "kind": INDIVIDUAL}
        made = self._job.preset.option(self._rules.side.parties, dict)
        named = self._batch.countries[code]
        country = country_code(self._job.preset, named)
        note = str(_l("Country in the imported file: %(name)s", name=named)) if named and not country else ""
        return {
            "code": code,
            "name": made["name"].format(code=code),
            "kind": made["kind"],
            "country": country,
            "note": note,
        }


def post_all(job: Import, batch: Batch, papers: Sequence[int], opening: Opening) -> None:
    """Post the papers in this order, batch by batch, and count them in the report."""
    poster = Poster(job, batch)
    job.write(lambda session: poster.prepare(session, papers, opening))
    job.report.created.update(opening.created)
    total = sum(batch.papers[i].lines for i in papers)
    done = 0
    for some in _batches(batch, papers):
        rows = batch.spool.of(some)
        there = job.write(lambda session, some=some, rows=rows: poster.post(session, some, rows))  # type: ignore[misc]
        for index in some:
            paper = batch.papers[index]
            if index in there:
                paper.refused = str(ALREADY)
                for row in rows[index]:
                    job.report.skip(row.file, row.row, paper.refused)
            else:
                job.report.created[paper.kind] += 1
                job.report.created[f"{paper.kind}_line"] += paper.lines
            done += paper.lines
        job.progress("posting", done, total, always=True)


def _batches(batch: Batch, papers: Sequence[int]) -> Iterator[list[int]]:
    some: list[int] = []
    lines = 0
    for index in papers:
        some.append(index)
        lines += batch.papers[index].lines
        if len(some) >= PAPERS or lines >= LINES:
            yield some
            some, lines = [], 0
    if some:
        yield some


def _ids(session: Session, model: Any, wanted: dict[str, Any]) -> dict[Any, int]:
    found = {}
    for some in pieces(sorted(wanted)):
        for row_id, code in session.execute(select(model.id, model.code).where(model.code.in_(some))):
            found[wanted[code]] = row_id
    return found


def _just_before(moment: Any) -> Any:
    # Not over midnight: the day before may be in a closed period. At the same moment, what is posted first is first.
    return moment - timedelta(seconds=1) if moment.time().isoformat() > "00:00:00" else moment


def _next_opening(session: Session, preset: str) -> str:
    with unrestricted(session, "how many openings did this preset make before?"):
        table = Document.__table__
        prefix = f"{preset}:opening:"
        count = _BOOKS(session).execute(
            select(func.count()).where(table.c.operation_id.startswith(prefix, autoescape=True))
        )
        return f"{prefix}{count.scalar_one() + 1}"
