"""What a draft leaves unsaid because it is closed to whoever saves it: what is stored stays as it is.

Confidential columns whose group is closed to somebody aren't fields of their forms. What the document says in them is not lost
when they save it: each line keeps what its stored line says. A line that was not there before begins as its kind's drafts do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, replace
from typing import Any

from app.documents.kinds import Kind, kind_of
from app.documents.models import Document
from app.errors import Forbidden
from app.security import MASKED, Actor, closed_columns, sees_all


def closed_fields(actor: Actor, kind: Kind[Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Fields of a kind's draft, and of its lines, that are closed to the actor: each with its confidential group."""
    lines = kind.model.__mapper__.relationships.get("lines")
    of_line = closed_columns(lines.mapper.class_, actor) if lines is not None else {}
    return _named(kind.draft, closed_columns(kind.model, actor)), _named(kind.line, of_line)


def with_stored(actor: Actor, document: Document, draft: Any) -> Any:
    """The draft, with what the document says wherever that is closed to the actor; read with true values.

    Lines are found by the number that they had (`stored`), as long as they have the same item. Where no line has one, as in a
    file, the first line of an item is the first stored one, and so on. Refused (Forbidden): a value for what is closed.
    """
    if sees_all(actor):
        return draft
    kind = kind_of(document)
    heads, of_line = closed_fields(actor, kind)
    _refuse_said(draft, heads)
    stored = kind.draft_of(document) if document.id is not None else None
    if stored is not None:
        draft = replace(draft, **{name: getattr(stored, name) for name in heads})
    if not of_line:
        return draft
    for line in draft.lines or ():
        _refuse_said(line, of_line)
    kept = _kept(draft.lines or (), stored.lines if stored is not None else ())
    lines = [_as_before(line, before, of_line) for line, before in kept]
    return replace(draft, lines=lines)


def whole(documents: Iterable[Document]) -> Iterator[Any]:
    """Documents and their lines, as far as these are read already."""
    for document in documents:
        yield document
        yield from vars(document).get("lines", ())


def matched(lines: Sequence[Any], stored: Sequence[Any]) -> list[Any]:
    """For each line the stored one of the same item and number, else the first of that item that no line has; else None."""
    left: dict[Any, list[Any]] = defaultdict(list)
    for each in stored:
        left[_item(each)].append(each)
    found: list[Any] = [None] * len(lines)
    for is_exact in (True, False):
        for i, line in enumerate(lines):
            same = left[_item(line)]
            if found[i] is None and (
                one := next((s for s in same if not is_exact or _number(s) == _number(line)), None)
            ):
                found[i] = one
                same.remove(one)
    return found


def _kept(lines: Sequence[Any], stored: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Each line with the stored one that it was, or None."""
    if all(_number(line) is None for line in lines):
        yield from zip(lines, matched(lines, stored), strict=True)
        return
    left = {_number(line): line for line in stored}
    for line in lines:
        before = left.get(_number(line))
        is_same = before is not None and _item(before) == _item(line)
        yield line, left.pop(_number(line)) if is_same else None


def _as_before(line: Any, before: Any, closed: dict[str, str]) -> Any:
    unsaid = {f.name: f.default for f in fields(line) if f.name in closed and getattr(line, f.name) is MASKED}
    return replace(line, **(unsaid if before is None else {name: getattr(before, name) for name in closed}))


def _refuse_said(version: Any, closed: dict[str, str]) -> None:
    for field in fields(version):
        value = getattr(version, field.name)
        if field.name in closed and value is not MASKED and value is not None and value != _default(field):
            raise Forbidden(closed[field.name])


def _default(field: Any) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _named(type_: type[Any], closed: dict[str, str]) -> dict[str, str]:
    return {f.name: closed[f.name] for f in fields(type_) if f.name in closed} if closed else {}


def _item(line: Any) -> Any:
    return line["item_id"] if isinstance(line, dict) else getattr(line, "item_id", None)


def _number(line: Any) -> Any:
    return line.get("stored") if isinstance(line, dict) else getattr(line, "stored", None)
