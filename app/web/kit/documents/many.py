"""Many documents of a kind as one PDF, made by a job with the rights of whoever asks."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.audit import record
from app.documents import Document
from app.errors import Conflict, Invalid, KontorError
from app.jobs import Job, Kind, Run, enqueue
from app.printing.joining import joined
from app.reference.rules import LANGUAGES
from app.security.actor import Actor, require
from app.translation import in_language
from app.translation import lazy_gettext as _l
from app.web.kit.documents.sheets import sheet_pdf

#: documents of one PDF
MOST = 500
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
    ids, asked, company = run.arguments["ids"], run.arguments, run.company
    made: list[bytes] = []
    left_out: list[str] = []
    for position, document_id in enumerate(ids):
        run.progress(position, len(ids))

        def one(session: Session, number: int = document_id) -> bytes | str:
            document = session.get(Document, number)
            if document is None or document.kind != asked["kind"]:
                return f"{number}: –"
            try:
                with in_language(asked["language"]):
                    return sheet_pdf(session, company, document, asked["sheet"])
            except Conflict:
                raise
            except KontorError as error:
                return f"{document.number or number}: {error}"

        found = company.database.run(one, actor=run.actor, write=False)
        (made if isinstance(found, bytes) else left_out).append(found)  # type: ignore[arg-type]
    if not made:
        raise Invalid(_l("None of the documents could be printed: %(why)s", why="; ".join(left_out[:3])))
    run.progress(len(ids), len(ids))
    path = printed_file(company.config.data_dir, run.job_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    _tidy(path.parent)
    path.write_bytes(joined(made))
    os.chmod(path, 0o600)
    return {"printed": len(made), "left_out": left_out[:SHOWN]}


def _tidy(folder: Path) -> None:
    """Remove files of former jobs."""
    for path in folder.glob(".*.pdf"):
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            path.unlink(missing_ok=True)


many_job = Kind(JOB, _l("Print documents as one PDF"), _print, is_resumable=True)
