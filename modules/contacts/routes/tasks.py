"""Tasks: their list, forms, and what is done with one key."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.api.clock import wall_clock
from app.api.errors import KontorError
from app.api.web import current_actor, current_session, show_list, show_refusal
from modules.contacts.models import PRIVATE, Contact
from modules.contacts.routes.blueprint import routes
from modules.contacts.work import tables
from modules.contacts.work.forms import TaskForm, TaskKindForm
from modules.contacts.work.kinds import remove_task_kind, save_task_kind, task_kind_by_id
from modules.contacts.work.models import OPEN, Task
from modules.contacts.work.queries import names_of_contacts, names_of_users
from modules.contacts.work.rules import STATES
from modules.contacts.work.tasks import (
    change_task,
    create_task,
    finish_task,
    postpone_task,
    reopen_task,
    task_by_id,
)


@routes.get("/tasks", needs="contacts.task.view")
def task_list() -> Any:
    """Tasks: one's own, the team's, everybody's, as far as one's scope goes."""
    return show_list(tables.tasks)


@routes.form("/tasks/new", needs="contacts.task.edit")
def task_new() -> Any:
    """A new task; `?contact=` says for whom."""
    session, actor = current_session(), current_actor()
    form = _form(None)
    if request.method == "GET":
        form.responsible_id.data, form.day.data = actor.user_id, wall_clock().date() + timedelta(days=1)
        if "contact_id" in form and request.args.get("contact", "").isdecimal():
            contact = session.get(Contact, int(request.args["contact"][:18]))
            form.contact_id.data = contact.id if contact is not None else None
    if form.validate_on_submit():
        try:
            create_task(session, actor, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(_back())
    return render_template("contacts/task_form.html", form=form, title=_("New task"), back=_back(), task=None)


@routes.form("/tasks/<int:task_id>", needs="contacts.task.view")
def task_edit(task_id: int) -> Any:
    """A task: changed while it is open, only shown once it is over."""
    session, actor = current_session(), current_actor()
    task = task_by_id(session, task_id)
    form = _form(task)
    form.leave_out("contact_id")
    if form.validate_on_submit():
        try:
            change_task(session, actor, task, version=form.version.data, **form.values())
        except KontorError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved."), "success")
            return redirect(_back())
    contact = names_of_contacts(session, actor, [task]).get(task.contact_id or 0)
    return render_template(
        "contacts/task_form.html",
        form=form,
        title=task.title,
        back=_back(),
        task=task,
        contact=contact,
        names=names_of_users(session, [task.author_id, task.closed_by_id, task.responsible_id]),
        states=STATES,
        may_edit=actor.may("contacts.task.edit"),
        is_open=task.state == OPEN,
    )


@routes.post("/tasks/<int:task_id>/finish", needs="contacts.task.edit")
def task_finish(task_id: int) -> Any:
    """Done, or (`then=cancel`) cancelled."""
    session, actor = current_session(), current_actor()
    task, is_cancelled = task_by_id(session, task_id), request.form.get("then") == "cancel"
    finish_task(session, actor, task, request.form.get("result", ""), is_cancelled=is_cancelled)
    words = _("Cancelled: %(title)s", title=task.title) if is_cancelled else _("Done: %(title)s", title=task.title)
    flash(words, "success")
    return redirect(_back(done=task.id))


@routes.post("/tasks/<int:task_id>/reopen", needs="contacts.task.edit")
def task_reopen(task_id: int) -> Any:
    """Not done after all."""
    session, actor = current_session(), current_actor()
    reopen_task(session, actor, task_by_id(session, task_id))
    flash(_("The task is open again."), "success")
    return redirect(_back())


@routes.post("/tasks/<int:task_id>/postpone", needs="contacts.task.edit")
def task_postpone(task_id: int) -> Any:
    """Another day: `to` is today, tomorrow, next_week, or a day."""
    session, actor = current_session(), current_actor()
    task = task_by_id(session, task_id)
    postpone_task(session, actor, task, request.form.get("to", ""))
    flash(_("“%(title)s” is due another day.", title=task.title), "success")
    return redirect(_back())


@routes.get("/tasks/kinds", needs="contacts.task_kind.edit", help="task")
def task_kind_list() -> Any:
    """The kinds of tasks."""
    return show_list(tables.task_kinds)


@routes.form("/tasks/kinds/new", needs="contacts.task_kind.edit", help="task")
def task_kind_new() -> Any:
    """A new kind."""
    return _kind_form(None)


@routes.form("/tasks/kinds/<int:kind_id>", needs="contacts.task_kind.edit", help="task")
def task_kind_edit(kind_id: int) -> Any:
    """Call a kind otherwise, give it another colour, or (`then=remove`) remove it."""
    return _kind_form(task_kind_by_id(current_session(), kind_id))


def _kind_form(kind: Any) -> Any:
    session, actor = current_session(), current_actor()
    form, back = TaskKindForm(obj=kind), url_for("contacts.task_kind_list")
    if form.validate_on_submit():
        try:
            if kind is not None and request.form.get("then") == "remove":
                remove_task_kind(session, actor, kind)
                flash(_("Removed."), "success")
            else:
                save_task_kind(session, actor, kind, **form.values())
                flash(_("Saved."), "success")
        except KontorError as error:
            show_refusal(form, error)
        else:
            return redirect(back)
    title = kind.name if kind is not None else _("New kind of tasks")
    return render_template("contacts/task_kind_form.html", form=form, title=title, back=back, kind=kind)


def _form(task: Task | None) -> TaskForm:
    form, actor = TaskForm(obj=task), current_actor()
    form.offer(current_session(), task.responsible_id if task is not None else None)
    if not actor.may("contacts.contact.view"):
        form.leave_out("contact_id")
    if not actor.sees(PRIVATE["group"]):
        form.close("note")
    return form


def _back(*, done: int | None = None) -> str:
    """Where one came from, as `?from=` says it: a contact's number, the home page, the list. The home page shows what was
    `done`, to open it again."""
    came = request.args.get("from", "")
    if came.isdecimal() and len(came) < 19 and current_actor().may("contacts.contact.view"):
        return url_for("contacts.timeline", contact_id=int(came))
    if came == "home":
        return url_for("core.home", at="my-day", done=done)
    return url_for("contacts.task_list")
