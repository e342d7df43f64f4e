"""The pages of standards and certificates."""

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.errors import KontorError
from app.api.files import MOST_BYTES, authors_of, files_of, give_file, receive_files, size_of
from app.api.security import SYSTEM
from app.api.web import changed_or_removed, current_actor, current_session, show_card, show_list, show_refusal
from modules.warehouse import cards
from modules.warehouse.blueprint import routes
from modules.warehouse.certificates import EDIT, VIEW
from modules.warehouse.certificates.forms import KINDS, CertificateForm
from modules.warehouse.certificates.models import Certificate
from modules.warehouse.certificates.operations import (
    SUBJECT,
    add_certificate,
    certificate_by_id,
    change_certificate,
    remove_certificate,
    remove_scan,
)
from modules.warehouse.certificates.tables import certificates


@routes.get("/warehouse/certificates", needs=VIEW, help="certificate")
def certificate_list() -> Any:
    """Standards and certificates of all goods."""
    return show_list(certificates)


@routes.form("/warehouse/certificates/new", needs=EDIT, help="certificate")
def certificate_new() -> Any:
    """A new one; `?item=` says of which item."""
    form, item_id = CertificateForm(), request.args.get("item", type=int)
    if request.method == "GET":
        form.item_id.data = item_id
    if form.validate_on_submit():
        try:
            row = add_certificate(current_session(), current_actor(), **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("warehouse.certificate_view", certificate_id=row.id))
    return render_template("form.html", form=form, title=_("New certificate"), back=_home(item_id))


@routes.get("/warehouse/certificates/<int:certificate_id>", needs=VIEW, help="certificate")
def certificate_view(certificate_id: int) -> Any:
    """A certificate: what it says, and of what."""
    session, actor = current_session(), current_actor()
    row = certificate_by_id(session, certificate_id)
    may_scan = actor.may(EDIT) and not (actor.may("warehouse.file.view") and actor.may("core.file.edit"))
    scans = files_of(session, SUBJECT, row.id) if may_scan else ()
    values = {"kinds": KINDS, "may_scan": may_scan, "scans": scans, "size_of": size_of}
    values["authors"] = authors_of(session, scans)
    return show_card(cards.certificate, row, "warehouse/certificate.html", **values)


@routes.post("/warehouse/certificates/<int:certificate_id>/scans", needs=EDIT, takes=MOST_BYTES, self_committing=True)
def certificate_scan_add(certificate_id: int) -> Any:
    """Put scans among a certificate's files: whoever may change it may, also without the right to keep files on cards."""
    certificate_by_id(current_session(), certificate_id)
    receive_files(SUBJECT, certificate_id, 0, keeper=SYSTEM)
    return redirect(url_for("warehouse.certificate_view", certificate_id=certificate_id))


@routes.get("/warehouse/certificates/<int:certificate_id>/scans/<int:entry_id>", needs=EDIT, help=None)
def certificate_scan(certificate_id: int, entry_id: int) -> Any:
    """One of its files, for whoever may change it."""
    certificate_by_id(current_session(), certificate_id)
    return give_file(SUBJECT, certificate_id, entry_id)


@routes.post("/warehouse/certificates/<int:certificate_id>/scans/<int:entry_id>/removed", needs=EDIT)
def certificate_scan_remove(certificate_id: int, entry_id: int) -> Any:
    """Remove one of its files: whoever may change it may."""
    session = current_session()
    remove_scan(session, current_actor(), certificate_by_id(session, certificate_id), entry_id)
    flash(_("Removed. Whoever keeps files on cards can restore it for thirty days."), "success")
    return redirect(url_for("warehouse.certificate_view", certificate_id=certificate_id))


@routes.form("/warehouse/certificates/<int:certificate_id>/edit", needs=EDIT, help="certificate")
def certificate_edit(certificate_id: int) -> Any:
    """Change one, or (`then=remove`) remove it."""
    session, actor = current_session(), current_actor()
    row = certificate_by_id(session, certificate_id)
    form = CertificateForm(obj=row)
    form.leave_out("item_id", "group_id")
    back, title = url_for("warehouse.certificate_view", certificate_id=row.id), f"{row.number} – {_of(row)}"
    gone = _home(row.item_id)
    change, remove = (partial(act, session, actor, row) for act in (change_certificate, remove_certificate))
    if changed_or_removed(form, change=change, remove=remove):
        return redirect(gone if request.form.get("then") == "remove" else back)
    return render_template("warehouse/removable_form.html", form=form, title=title, back=back)


def _of(row: Certificate) -> str:
    """What it is of, by name."""
    of = row.item or row.group
    return of.name if of is not None else ""


def _home(item_id: int | None) -> str:
    """Where one goes back to: the item's card, else the list."""
    if item_id is None:
        return url_for("warehouse.certificate_list")
    return url_for("warehouse.item_certificates", item_id=item_id)
