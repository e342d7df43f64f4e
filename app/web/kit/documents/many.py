"""Many documents of a kind as one PDF, made by a job with the rights of whoever asks."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.audit import record
from app.documents import Document
from app.errors import Invalid, KontorError
from app.jobs import Job, Kind, Run, enqueue
from app.printing import Printing, pdfs_of
from app.printing.joining import joined
from app.reference.rules import LANGUAGES
from app.security.actor import Actor, require
from app.translation import in_language
from app.translation import lazy_gettext as _l
from app.web.kit.documents.sheets import sheet_printing

#: documents of one PDF
MOST = 500
#: of them, those that one process sets
AT_ONCE = 20
#: how long the file is kept
KEPT_SECONDS = 24 * 60 * 60
JOB = "core.print_many"
#: refused ones that the job's page names
SHOWN = 50


def print_many(
    session: Session, actor: Actor, kind: str, ids: Sequence[int], *, sheet: str = "", language: str = "en"
) -> Job:
    """A job that makes one PDF of a sheet of documents, in this order. Refused (Invalid): none, more than MOST."""
    require(actor, f"{kind}.view")
    if not ids:
        raise Invalid(_l("Choose at least one document."))
    if len(ids) > MOST:
        raise Invalid(_l("At most %(n)s documents go into one PDF. Narrow the list.", n=MOST))
    if language not in LANGUAGES:
        raise Invalid(_l("“%(value)s” is none of the choices.", value=language))
    record(session, "core.print.export", subject=kind, summary=f"PDF, {len(ids)}{', ' if sheet else ''}{sheet}")
    return enqueue(session, actor, JOB, {"kind": kind, "ids": list(ids), "sheet": sheet, "language": language})


def printed_file(data_dir: Path, job_id: int) -> Path:
    """Where a job's PDF is, as long as it is kept. No backup takes a name that begins with a point."""
    return data_dir / "prints" / f".{job_id}.pdf"


def _print(run: Run) -> dict[str, Any]:
    ids, data_dir = run.arguments["ids"], run.company.config.data_dir
    made: list[bytes] = []
    left_out: list[str] = []
    # While one process sets some, the next ones are read.
    with ThreadPoolExecutor(1) as setter:
        setting: list[Future[list[bytes]]] = []
        for start in range(0, len(ids), AT_ONCE):
            run.progress(start, len(ids))
            some = partial(_some, run, ids[start : start + AT_ONCE], left_out)
            found = run.company.database.run(some, actor=run.actor, write=False)
            for done in setting:
                made += done.result()
            setting = [setter.submit(copy_context().run, _set, found, left_out)]
        for done in setting:
            made += done.result()
    if not made:
        raise Invalid(_l("None of the documents could be printed: %(why)s", why="; ".join(left_out[:3])))
    run.progress(len(ids), len(ids))
    path = printed_file(data_dir, run.job_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    _tidy(path.parent)
    path.write_bytes(joined(made))
    os.chmod(path, 0o600)
    return {"printed": len(made), "left_out": left_out[:SHOWN]}


def _some(run: Run, ids: Sequence[int], left_out: list[str], session: Session) -> list[tuple[str, Printing]]:
    """What some of the documents are made of, each with its number; those that have no such sheet, or aren't open to whoever
    asks, are named in `left_out`."""
    found = []
    for document_id in ids:
        document = session.get(Document, document_id)
        if document is None or document.kind != run.arguments["kind"]:
            left_out.append(f"{document_id}: –")
            continue
        number = document.number or str(document_id)
        try:
            with in_language(run.arguments["language"]):
                found.append((number, sheet_printing(session, run.company, document, run.arguments["sheet"])))
        except KontorError as error:
            left_out.append(f"{number}: {error}")
    return found


def _set(found: Sequence[tuple[str, Printing]], left_out: list[str]) -> list[bytes]:
    """Their PDFs, by one process; where that refuses, each by one of its own, so that it is known which can't be set."""
    if not found:
        return []
    try:
        return pdfs_of([printing for _number, printing in found])
    except KontorError as error:
        if len(found) == 1:
            left_out.append(f"{found[0][0]}: {error}")
            return []
    return [pdf for one in found for pdf in _set([one], left_out)]


def _tidy(folder: Path) -> None:
    """Remove files of former jobs."""
    for path in folder.glob(".*.pdf"):
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            path.unlink(missing_ok=True)


many_job = Kind(JOB, _l("Print documents as one PDF"), _print, is_resumable=True)
