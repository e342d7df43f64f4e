"""The templates of forms, changed in the browser: tried on a real document, kept in versions, and rolled back."""

import base64
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import HiddenField, TextAreaField

from app.documents import Document
from app.errors import Invalid, KontorError, NotFound
from app.printing import Form as PrintForm
from app.printing import form_printing, pdf_of, pictures_of
from app.printing.compiling import TemplateWrong
from app.printing.own_templates import (
    NEEDS,
    check_source,
    forms_changed,
    own_source,
    own_versions,
    save_own,
    use_version,
)
from app.translation import lazy_gettext as _l
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, required
from app.web.kit.pdf import send_pdf

#: documents among which one is looked for that has a form
_LOOKED_AT = 200


class TemplateForm(Form):
    """A template, and the version that somebody began from."""

    source = TextAreaField(_l("Template"), [required])
    seen = HiddenField()


@routes.get("/admin/templates", needs=NEEDS)
def template_list() -> Any:
    """The forms that there are, and which of them print by a template of the company's own."""
    return render_template("admin/templates.html", forms=_forms(), changed=forms_changed(current_session()))


@routes.form("/admin/templates/<name>", needs=NEEDS, fresh=True, help="template")
def template_edit(name: str) -> Any:
    """Change a template. What is sent is tried on a document before it is saved; `?number=` begins with that version."""
    session, print_form = current_session(), _form(name)
    versions, shipped = own_versions(session, name), print_form.template.read_text("utf-8")
    form = TemplateForm()
    if not form.is_submitted():
        asked = next((each for each in versions if str(each.number) == request.args.get("number")), None)
        form.source.data = asked.source if asked else own_source(session, name) or shipped
        form.seen.data = str(versions[0].number if versions else 0)
    wrong = 0
    if form.validate_on_submit():
        source = _source(form)
        try:
            check_source(source)
            pdf_of(form_printing(session, print_form, _example(print_form), source))
            save_own(session, current_actor(), name, source, seen=int(form.seen.data or 0))
        except KontorError as error:
            wrong = error.line if isinstance(error, TemplateWrong) else 0
            show_refusal(form, error)
        else:
            flash(_("Saved. The form prints by it from now on."), "success")
            return redirect(url_for("core.template_edit", name=name))
    return render_template(
        "admin/template.html",
        form=form,
        print_form=print_form,
        versions=versions,
        shipped=shipped,
        wrong=wrong,
        is_own=any(each.is_used for each in versions),
        has_example=_newest(print_form) is not None,
    )


@routes.post("/admin/templates/<name>/preview", needs=NEEDS)
def template_preview(name: str) -> Any:
    """What is typed as pictures of its first pages, on a real document; or what is wrong with it, and in which line."""
    session, print_form, form = current_session(), _form(name), TemplateForm()
    source, found = _source(form), None
    try:
        check_source(source)
        found = _example(print_form)
        pages = pictures_of(form_printing(session, print_form, found, source))
    except KontorError as error:
        line = error.line if isinstance(error, TemplateWrong) else 0
        lines = source.splitlines()
        shown = lines[line - 1] if 0 < line <= len(lines) else ""
        return render_template("admin/template_preview.html", error=str(error), line=shown, number=line)
    pictures = [base64.b64encode(page).decode() for page in pages]
    document = found if isinstance(found, Document) else None
    return render_template("admin/template_preview.html", pictures=pictures, document=document)


@routes.get("/admin/templates/<name>/pdf", needs=NEEDS, help=None)
def template_pdf(name: str) -> Any:
    """The form of the document that the preview shows, as it prints now."""
    print_form, session = _form(name), current_session()
    source = own_source(session, name)
    return send_pdf(pdf_of(form_printing(session, print_form, _example(print_form), source)), name)


@routes.post("/admin/templates/<name>/use", needs=NEEDS)
def template_use(name: str) -> Any:
    """Print by an older version again, or by the shipped template (`number` 0)."""
    number = request.form.get("number", "")
    if not number.isdecimal() or len(number) > 6:
        raise NotFound
    use_version(current_session(), current_actor(), _form(name).name, int(number))
    flash(_("The form prints by the shipped template again.") if number == "0" else _("Saved."), "success")
    return redirect(url_for("core.template_edit", name=name))


def _source(form: TemplateForm) -> str:
    return (form.source.data or "").replace("\r\n", "\n")


def _forms() -> list[PrintForm]:
    found: Iterable[PrintForm] = current_company().contributed("prints", PrintForm)
    return sorted(found, key=lambda form: (form.name.partition(".")[0], str(form.title)))


def _form(name: str) -> PrintForm:
    """NotFound: no such form, or its module is off."""
    found = next((form for form in _forms() if form.name == name), None)
    if found is None:
        raise NotFound
    return found


def _example(form: PrintForm) -> Any:
    """What the form is tried on. Refused (Invalid): there is no such document or record."""
    if (found := _newest(form)) is not None:
        return found
    raise Invalid(_l("There is no document yet that has this form, so the template can't be tried."), field="source")


def _newest(form: PrintForm) -> Any:
    """The newest document that has the form and is open to the user; of a form of other records, its example."""
    session = current_session()
    if form.example is not None:
        return form.example(session)
    asked = select(Document).where(Document.kind.in_(form.kinds), Document.state != "draft")
    found = session.scalars(asked.order_by(Document.id.desc()).limit(_LOOKED_AT))
    return next((document for document in found if form.fits(session, document)), None)
