"""Custom fields: what documents, contacts and items have beside what the program gives them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import BooleanField, IntegerField, StringField, TextAreaField

from app.custom import TYPES, CustomFieldRow, subjects
from app.custom.operations import save_custom_field
from app.errors import Invalid, KontorError, NotFound
from app.registry.discovery import field_groups
from app.search import fold
from app.translation import lazy_gettext as _l
from app.web.admin import tables
from app.web.core import routes
from app.web.edge.request import current_actor, current_company, current_session
from app.web.kit.comparison import show_refusal
from app.web.kit.forms import Form, VersionField, required
from app.web.kit.lists import show_list
from app.web.kit.selects import SelectField
from app.web.kit.tables import Table

NEEDS = "core.custom_field.manage"


class CustomFieldForm(Form):
    """A custom field."""

    of = CustomFieldRow

    version = VersionField()
    subject = SelectField(_l("Belongs to"), [required])
    title = StringField(_l("Title"), [required])
    type = SelectField(_l("Type"), choices=lambda: list(TYPES.items()), description=_l("It can't be changed later."))
    choices = TextAreaField(
        _l("Choices"), description=_l("Of “One of a list”: each on a line of its own."), render_kw={"rows": 8}
    )
    is_required = BooleanField(_l("Must be filled in"))
    is_listed = BooleanField(_l("Shown in the list, with a filter"), default=True)
    group = SelectField(
        _l("Confidential"),
        description=_l("Only roles that see these fields will see this one."),
    )
    key = StringField(
        _l("Key"), description=_l("By which files and programs name it. Left empty, it is made of the title.")
    )
    position = IntegerField(_l("Position"), default=0, description=_l("Fields with a lower number come first."))
    is_active = BooleanField(_l("In use"), default=True)

    def offer(self, group: str) -> None:
        """What there can be fields of, and the confidential groups that the administrator sees, of the modules that are on; and
        the `group` that the field has, whatever became of its module."""
        company = current_company()
        self.subject.choices = sorted(tables.subjects_offered(), key=lambda pair: str(pair[1]))
        titles = field_groups()
        groups = [g for m in company.enabled if m.manifest for g in m.manifest.field_groups]
        seen = {g.name: g.title for g in groups if current_actor().sees(g.name)}
        kept = {group: titles.get(group, group)} if group else {}
        self.group.choices = [("", _("no")), *(seen | kept).items()]


@routes.get("/admin/fields", needs=NEEDS)
def custom_field_list() -> Any:
    """Custom fields."""
    return show_list(tables.custom_fields)


@routes.form("/admin/fields/new", needs=NEEDS)
def custom_field_new() -> Any:
    """A new custom field; the next form of whatever has it shows it."""
    return _edit(None)


@routes.form("/admin/fields/<int:field_id>", needs=NEEDS)
def custom_field_edit(field_id: int) -> Any:
    """Change a custom field; what it is a field of, its key and its type stay."""
    field = current_session().get(CustomFieldRow, field_id)
    if field is None:
        raise NotFound
    return _edit(field)


def _edit(field: CustomFieldRow | None) -> Any:
    form = CustomFieldForm(data=_shown(field) if field is not None else {"subject": request.args.get("subject")})
    form.offer(field.field_group if field is not None else "")
    if field is not None:
        form.leave_out("subject", "type", "key", *(() if field.type == "choice" else ("choices",)))
    if form.validate_on_submit():
        values = {**form.values(), "position": form.position.data or 0}
        values["choices"] = values.get("choices", "").splitlines()
        try:
            _check_title(form, field)
            save_custom_field(current_session(), current_actor(), field, version=form.version.data, **values)
        except KontorError as error:
            show_refusal(form, error, said=_shown)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("core.custom_field_list"))
    title = field.title if field is not None else _("New field")
    back = url_for("core.custom_field_list")
    return render_template("admin/custom_field.html", form=form, title=title, back=back, facts=_facts(field))


def _facts(field: CustomFieldRow | None) -> list[tuple[object, object]]:
    """What stays as it is of a stored field."""
    if field is None:
        return []
    model = subjects().get(field.subject)
    return [
        (_("Belongs to"), model.title if model is not None else field.subject),
        (_("Type"), TYPES[field.type]),
        (_("Key"), field.key),
    ]


def _check_title(form: CustomFieldForm, field: CustomFieldRow | None) -> None:
    """Refuse a new title that a column of the program's own has in a list of such records."""
    title, subject = fold(form.title.data), field.subject if field is not None else form.subject.data
    if field is not None and fold(field.title) == title:
        return
    lists = [
        t for t in current_company().contributed("tables", Table) if t.custom and t.custom.custom_subject() == subject
    ]
    if title in {fold(str(column.title)) for one in lists for column in one.columns}:
        raise Invalid(_l("The program has a field “%(title)s” of its own here.", title=form.title.data), field="title")


def _shown(field: CustomFieldRow) -> dict[str, Any]:
    """What the form shows of a stored field."""
    names = ("version", "title", "is_required", "is_listed", "position", "is_active")
    return {
        **{name: getattr(field, name) for name in names},
        "choices": "\n".join(field.choices),
        "group": field.field_group,
    }
