"""Bringing in a spreadsheet: upload, a dry run that writes nothing, then the import itself as a job."""

import secrets
import shutil
import time
import tomllib
from pathlib import Path
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField

from app.errors import Conflict, NotFound
from app.importing import ENDINGS, Target, columns_of, targets
from app.importing.choices import DAY_FIRST, ENCODINGS, MONTH_FIRST
from app.jobs import enqueue, enqueue_single, job_for, latest_jobs
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.forms import Form, required
from app.web.kit.imports import open_imports
from app.web.kit.selects import SelectField

NEEDS = "core.import.run"
#: Bytes of all files that are sent at once; larger ones are imported by the command.
LARGEST = 64 << 20
#: Uploaded files and reports are kept for this long.
KEPT = 30 * 24 * 3600
#: Bytes of a name; file systems keep 255, with the ending.
_LONGEST = 180


class ImportForm(Form):
    """What to bring in."""

    what = SelectField(_l("What are the rows, and how is the file made up?"))
    files = MultipleFileField(
        _l("Files"),
        [required],
        description=_l("Workbooks, CSV files, vCards, or what is chosen above, such as statements of a bank."),
    )
    encoding = SelectField(
        _l("Encoding of text files and old workbooks"),
        default="",
        choices=[("", _l("as the file says, else UTF-8")), *((name, name) for name in ENCODINGS)],
    )
    decimal = SelectField(
        _l("Numbers written as text"),
        default="",
        choices=[
            ("", _l("as the whole file tells")),
            (".", _l("with a decimal point")),
            (",", _l("with a decimal comma")),
        ],
    )
    dates = SelectField(
        _l("Dates written as text"),
        default="",
        choices=[
            ("", _l("year first, or as the preset says")),
            (DAY_FIRST, _l("day first")),
            (MONTH_FIRST, _l("month first")),
        ],
    )
    skip_errors = BooleanField(_l("Leave out rows in error and import the rest"))


@routes.form(
    "/admin/import", needs=NEEDS, takes=LARGEST, self_committing=True
)  # long files arrive while nobody waits for them
def import_new() -> Any:
    """Choose files and what they are; begins with a dry run."""
    form = ImportForm()
    form.what.choices = choices = _choices()
    if request.method == "GET" and request.args.get("what") in dict(choices):
        form.what.data = request.args["what"]
    if form.validate_on_submit():
        target, _separator, preset = form.what.data.partition("|")
        uploads = [f for f in form.files.data if getattr(f, "filename", "")]
        names = [f"{i}/{_kept_name(f.filename)}" for i, f in enumerate(uploads, 1)]
        chosen = targets(current_company())[target]
        known = (*ENDINGS, *chosen.readers, *chosen.endings)
        if not uploads or not all(Path(name).suffix.lower() in known for name in names):
            form.files.errors = [_("Choose files whose names end in %(known)s.", known=", ".join(known))]
        else:
            folder = _keep(uploads, names)
            arguments = {
                "target": target,
                "preset": preset or None,
                "folder": folder,
                "files": names,
                "names": [f.filename for f in uploads],
                "dry_run": True,
                "skip_errors": form.skip_errors.data,
                "choices": {name: form[name].data for name in ("encoding", "decimal", "dates")},
            }
            actor = current_actor()
            job_id = current_company().database.run(
                lambda session: enqueue(session, actor, "core.import", arguments).id, actor=actor
            )
            return redirect(url_for("core.job_view", job_id=job_id))
    past = latest_jobs(current_session(), "core.import", 10)
    return render_template("admin/import.html", form=form, past=past, columns=_columns())


@routes.post("/admin/import/<int:job_id>/run", needs=NEEDS)
def import_run(job_id: int) -> Any:
    """After its dry run: bring the files in."""
    session, actor = current_session(), current_actor()
    tried = job_for(session, actor, job_id)
    if tried.kind != "core.import" or tried.state != "done" or not tried.arguments["dry_run"]:
        raise Conflict(_("This can't be imported; begin with a dry run."))
    if not (_folder() / tried.arguments["folder"]).is_dir():
        raise NotFound(_("The files are no longer kept. Upload them again."))
    skip_errors = tried.arguments["skip_errors"] or bool(request.args.get("skip_errors"))
    arguments = {**tried.arguments, "dry_run": False, "skip_errors": skip_errors}
    job = enqueue_single(session, actor, "core.import", arguments)
    return redirect(url_for("core.job_view", job_id=job.id))


def _columns() -> list[tuple[object, list[tuple[str, str]]]]:
    """What plain tables can have, target by target: the columns' names and titles."""
    company, actor = current_company(), current_actor()
    return [(t.title, columns_of(company, actor, t)) for t in open_imports(company, actor) if t.plain is not None]


def _choices() -> list[tuple[str, str]]:
    """What the modules that are on can import, in their plain shape and by each of their presets."""
    choices: list[tuple[str, str]] = []
    presets: list[tuple[str, str]] = []
    for target in open_imports(current_company(), current_actor()):
        if target.plain is not None:
            choices.append((f"{target.name}|", str(target.title)))
        presets += [(f"{target.name}|{name}", f"{target.title}: {title}") for name, title in _presets(target)]
    return choices + presets


def _presets(target: Target) -> list[tuple[str, str]]:
    """Names and titles."""
    folder = current_company().installed[target.name.partition(".")[0]].folder / "presets"
    found = []
    for path in sorted(folder.glob("*.toml")):
        said = tomllib.loads(path.read_text("utf-8"))
        if said.get("target") == target.name:
            found.append((path.stem, str(said.get("title", path.stem))))
    return found


def _folder() -> Path:
    return current_company().config.data_dir / "imports"


def _kept_name(name: str) -> str:
    """What a file is called in messages about it, and in its folder: its own name in any script, without what could lead out
    of the folder or what a file system can't keep."""
    name = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip()
    stem, dot, ending = name.rpartition(".")
    stem = stem.encode()[:_LONGEST].decode(errors="ignore").strip(". ")
    return f"{stem or 'file'}{dot}{ending[:10]}"


def _keep(uploads: list[Any], names: list[str]) -> str:
    """Write the files where the job finds them, all or none; those that have lain there long go first."""
    folder = _folder() / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    for old in _folder().iterdir():
        if old.is_dir() and old.stat().st_mtime < time.time() - KEPT:
            shutil.rmtree(old, ignore_errors=True)
    try:
        for upload, name in zip(uploads, names, strict=True):
            (folder / name).parent.mkdir(mode=0o700)
            upload.save(folder / name)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder.name
