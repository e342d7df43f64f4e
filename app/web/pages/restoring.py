"""The first-run page's other way: making the company of a backup. Closed for good once there is a company."""

import tempfile
from pathlib import Path
from typing import Any

from flask import current_app, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf.file import FileField
from werkzeug.utils import secure_filename
from wtforms import PasswordField

from app.backup.encryption import Key
from app.backup.restoring import restore_first_run
from app.errors import KontorError
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.bodies import USUAL
from app.web.edge.request import current_company, current_session
from app.web.edge.routing import PUBLIC
from app.web.kit.forms import Form, required
from app.web.pages.guesses import OF_ADDRESS, guessed_from_an_address, limiter
from app.web.pages.setup_secret import SetupForm, has_given_secret, refuse_unnamed_proxy, remember_secret

#: Bytes of a backup that comes by the browser; a larger one is restored by the command.
LARGEST = 2 << 30


class RestoreForm(Form):
    """A backup, and what opens it."""

    file = FileField(
        _l("Backup file"),
        [required],
        description=_l("At most %(n)s GB; restore a larger one with the command “kontor restore”.", n=LARGEST >> 30),
    )
    passphrase = PasswordField(_l("Passphrase"), description=_l("If the backup is encrypted."))


def _room_for_backup() -> int:
    """As long as there is no company, a backup may be larger than anything else that is sent, by whoever may make it."""
    is_closed = current_company().has_users(current_session())
    return LARGEST if not is_closed and (g.get("is_most_of_all") or has_given_secret()) else USUAL


@routes.form("/restore", needs=PUBLIC, takes=_room_for_backup, help="login", self_committing=True)
@limiter.limit(OF_ADDRESS, methods=["POST"])
@guessed_from_an_address
def first_restore() -> Any:
    """Make the company of a backup that is uploaded; then its users sign in."""
    if current_company().has_users(current_session()):
        return redirect(url_for("core.login"))
    refuse_unnamed_proxy()
    return _restore_page() if has_given_secret() else _secret_page()


def _secret_page() -> Any:
    """Nothing of a backup is received before."""
    form = SetupForm()
    if form.validate_on_submit():
        return remember_secret(redirect(url_for("core.first_restore")))
    return render_template("setup_secret.html", form=form), 422 if form.errors else 200


def _restore_page() -> Any:
    form = RestoreForm()
    if form.validate_on_submit():
        current_session().rollback()  # what it has read would be held against the restoring
        try:
            restored = _restore(form)
            current_app.config["SECRET_KEY"] = current_company().config.secret_key  # the restored one
        except KontorError as error:
            form.refuse(error)
        else:
            flash(_("The company is restored as of %(moment)s UTC. Sign in.", moment=restored.made_at), "success")
            for line in restored.errors[:5]:
                flash(_("The books were backed up with this in them: %(error)s", error=line), "warning")
            return redirect(url_for("core.login"))
    return render_template("first_restore.html", form=form), 422 if form.errors or form.form_errors else 200


def _restore(form: RestoreForm) -> Any:
    """The file goes where there is room for data; it is removed whatever comes of it."""
    company = current_company()
    with tempfile.TemporaryDirectory(prefix=".kontor-upload-", dir=company.config.data_dir) as folder:
        path = Path(folder) / (secure_filename(form.file.data.filename) or "backup")
        form.file.data.save(path)
        return restore_first_run(company, path, Key(form.passphrase.data or ""))
