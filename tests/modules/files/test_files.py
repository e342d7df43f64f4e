"""Files on cards: kept, moved, removed and restored, taken along only by whoever may, collected, and in every backup."""

import io
import os
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.audit import AuditLine
from app.backup import making
from app.backup.encryption import Lock
from app.backup.making import make_backup
from app.db import utc_now
from app.errors import Conflict, Invalid, NotFound
from app.files import (
    FileBlob,
    FileEntry,
    Stored,
    entries_in,
    entry_of,
    make_folder,
    move_entry,
    opened,
    operations,
    put_files,
    remove_entry,
    removed_of,
    rename_entry,
    restore_entry,
    store,
)
from app.files.collecting import GRACE, KEPT, collect_files, collect_rows
from app.files.models import TOP
from app.files.queries import DEEPEST
from app.files.store import MOST_OF_FILE
from app.security import SYSTEM
from modules.contacts.models import LegalEntity

ON = ("contacts.contact", 1)


def put(company: Any, session: Any, *names: str, folder: int = TOP, content: bytes = b"%PDF-1") -> list[FileEntry]:
    stored = [(name, store(company.config.data_dir, io.BytesIO(content))) for name in names]
    return put_files(session, SYSTEM, *ON, folder, stored)


def names(session: Any, folder: int = TOP) -> list[str]:
    return [entry.name for entry in entries_in(session, *ON, folder)]


def test_files_and_folders_are_kept_moved_removed_and_restored(company: Any, refused: Any) -> None:
    run = lambda work: company.database.run(work, actor=SYSTEM)  # noqa: E731 - as short as it is used

    def fill(session: Any) -> tuple[int, int, int]:
        deals = make_folder(session, SYSTEM, *ON, TOP, "Deals")
        old = make_folder(session, SYSTEM, *ON, deals.id, "2025")
        (first, second) = put(company, session, "image.jpg", "../IMAGE.jpg")
        assert (first.name, second.name) == ("image.jpg", "IMAGE (2).jpg")
        assert first.digest == second.digest  # kept once
        assert (first.media_type, first.size) == ("application/pdf", 6)
        move_entry(session, SYSTEM, first, old.id)
        rename_entry(session, SYSTEM, second, "IMAGE.jpg")
        return deals.id, old.id, first.id

    deals, old, first = run(fill)
    assert run(lambda s: (names(s), names(s, deals), names(s, old))) == (
        ["Deals", "IMAGE.jpg"],
        ["2025"],
        ["image.jpg"],
    )
    refused(lambda s: make_folder(s, SYSTEM, *ON, TOP, "DEALS"), Conflict, field="name")
    refused(lambda s: rename_entry(s, SYSTEM, entry_of(s, *ON, deals), "image.JPG"), Conflict, field="name")
    refused(lambda s: rename_entry(s, SYSTEM, entry_of(s, *ON, deals), "../.."), Invalid, field="name")
    refused(lambda s: move_entry(s, SYSTEM, entry_of(s, *ON, deals), old), Invalid, field="folder")
    refused(lambda s: move_entry(s, SYSTEM, entry_of(s, *ON, deals), deals), Invalid, field="folder")
    refused(lambda s: move_entry(s, SYSTEM, entry_of(s, *ON, first), 999), NotFound)
    refused(lambda s: move_entry(s, SYSTEM, entry_of(s, *ON, deals), first), NotFound)  # a file isn't a folder
    refused(lambda s: entry_of(s, "contacts.contact", 2, first), NotFound)
    run(lambda s: remove_entry(s, SYSTEM, entry_of(s, *ON, deals)))
    assert run(names) == ["IMAGE.jpg"]
    refused(lambda s: entry_of(s, *ON, first), NotFound)  # gone with its folder
    refused(lambda s: put_files(s, SYSTEM, *ON, old, [("x", Stored("0" * 64, 1, ""))]), NotFound)
    assert [entry.name for entry in run(lambda s: removed_of(s, *ON))] == ["Deals"]
    run(lambda s: make_folder(s, SYSTEM, *ON, TOP, "deals"))
    run(lambda s: restore_entry(s, SYSTEM, entry_of(s, *ON, deals, removed=True)))
    assert run(lambda s: (names(s), names(s, old))) == (["deals", "Deals (2)", "IMAGE.jpg"], ["image.jpg"])


def test_folders_lie_only_so_deep(company: Any, refused: Any) -> None:
    def dig(session: Any) -> tuple[int, int]:
        folder = TOP
        for number in range(DEEPEST):
            folder = make_folder(session, SYSTEM, *ON, folder, f"f{number}").id
        return folder, make_folder(session, SYSTEM, *ON, TOP, "other").id

    deepest, other = company.database.run(dig, actor=SYSTEM)
    refused(lambda s: make_folder(s, SYSTEM, *ON, deepest, "x"), Invalid, field="name")
    refused(lambda s: move_entry(s, SYSTEM, entry_of(s, *ON, other), deepest), Invalid, field="folder")


def test_what_is_too_large_empty_or_too_much_is_refused_and_leaves_nothing(
    company: Any, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size if self.given <= MOST_OF_FILE + (1 << 21) else b""

    data_dir = company.config.data_dir
    for stream in (Endless(), io.BytesIO(b"")):
        with pytest.raises(Invalid):
            store(data_dir, stream)  # type: ignore[arg-type]
    assert [path for path in (data_dir / "files").rglob("*") if path.is_file()] == []
    monkeypatch.setattr(operations, "MOST_OF_CARD", 10)
    refused(lambda s: put(company, s, "a", "b"), Invalid, field="file")


def test_what_nobody_has_any_more_is_collected_and_nothing_else(company: Any) -> None:
    data_dir = company.config.data_dir
    run = lambda work: company.database.run(work, actor=SYSTEM)  # noqa: E731 - as short as it is used

    def fill(session: Any) -> tuple[int, str, str]:
        folder = make_folder(session, SYSTEM, *ON, TOP, "Old")
        (inside,) = put(company, session, "old.txt", folder=folder.id, content=b"old")
        (kept,) = put(company, session, "kept.txt", content=b"kept")
        remove_entry(session, SYSTEM, folder)
        return folder.id, str(inside.digest), str(kept.digest)

    folder, old, kept = run(fill)
    orphan = store(data_dir, io.BytesIO(b"of a refused upload")).digest
    (data_dir / "files" / ".upload-cut").write_bytes(b"cut off")
    assert run(collect_rows) == 0
    long_ago = utc_now() - KEPT - timedelta(minutes=1)
    run(lambda s: s.execute(update(FileEntry).where(FileEntry.id == folder).values(removed_at=long_ago)))
    run(lambda s: s.execute(update(FileBlob).values(stored_at=long_ago)))
    assert run(collect_rows) == 3  # the folder, the file in it, and what it held
    assert run(lambda s: collect_files(s, data_dir)) == 0  # all of it was put there just now
    for path in (data_dir / "files").rglob("*"):
        os.utime(path, times=(1, 1))
    assert run(lambda s: collect_files(s, data_dir)) == 3
    assert [opened(data_dir, digest).is_file() for digest in (old, orphan, kept)] == [False, False, True]
    assert timedelta(0) < GRACE < KEPT


def contact_of(ask: Any, code: str = "C-1001") -> int:
    return int(ask(None, lambda s: s.scalars(select(LegalEntity.id).where(LegalEntity.code == code)).one()))


def test_only_whoever_sees_the_card_reaches_its_files(sign_in: Any, ask: Any) -> None:
    number = contact_of(ask)
    files, tab = f"/files/contacts.contact/{number}", f"/contacts/{number}/files"
    attack = b"<script>alert(1)</script>"
    sent = {"file": [(io.BytesIO(attack), "evil\u202e.svg"), (io.BytesIO(b"%PDF-1.7"), "a.pdf")], "folder": ""}
    sam = sign_in("sam")
    answer = sam.post(f"{files}/upload", data=sent, content_type="multipart/form-data", follow_redirects=True)
    assert "evil.svg" in answer.text
    entries = {e.name: e.id for e in ask(None, lambda s: entries_in(s, "contacts.contact", number, TOP))}
    with sam.get(f"{files}/{entries['evil.svg']}/file") as took:
        assert took.data == attack
    assert took.headers["Content-Type"] == "application/octet-stream"
    assert took.headers["Content-Disposition"].startswith("attachment;")
    assert took.headers["X-Content-Type-Options"] == "nosniff"
    assert took.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    lines = ask(
        None,
        lambda s: s.scalars(
            select(AuditLine.action).where(AuditLine.subject == "contacts.contact", AuditLine.subject_id == number)
        ).all(),
    )
    assert {"core.file.upload", "core.list.export"} <= set(lines)
    one = f"{files}/{entries['a.pdf']}"
    other = contact_of(ask, "C-1002")
    for login, status in (("sofia", 404), ("steve", 403)):  # another's contact; no right to files
        browser = sign_in(login)
        assert browser.get(tab).status_code == status, login
        assert browser.get(f"{one}/file").status_code == status, login
        assert browser.post(one, data={"then": "remove"}).status_code in (403, status), login
        more = {"file": [(io.BytesIO(b"x"), "x")]}
        assert browser.post(f"{files}/upload", data=more, content_type="multipart/form-data").status_code in (403, 404)
    maria = sign_in("maria")
    for target in (f"contacts.contact/{other}", "contacts.legal_entity/1", "core.document/1", "trade.sale/1"):
        assert maria.get(f"/files/{target}/{entries['a.pdf']}/file").status_code == 404, target
    assert maria.get(f"{files}/99999/file").status_code == 404
    assert maria.get(f"{tab}?folder=99999").status_code == 404
    assert maria.get(f"{tab}?folder=x").status_code == 422
    assert maria.post(f"{files}/upload", data={"folder": ""}, follow_redirects=True).status_code == 200
    maria.post(one, data={"then": "remove"})
    assert sam.get(f"{one}/file").status_code == 404
    restored = maria.post(one, data={"then": "restore"}, follow_redirects=True)
    assert "a.pdf" in restored.text
    with sam.get(f"{one}/file") as again:
        assert again.data == b"%PDF-1.7"


def test_two_people_at_once_get_two_names(company: Any) -> None:
    """One session puts a file where another has put one of the same name since it looked."""
    from tests.at_once import at_once

    def one(session: Any) -> None:
        put(company, session, "photo.jpg", content=b"\xff\xd8\xff1")

    at_once(*([lambda: company.database.run(one, actor=SYSTEM)] * 3))
    found = company.database.run(lambda s: sorted(names(s)), actor=SYSTEM, write=False)
    assert found == ["photo (2).jpg", "photo (3).jpg", "photo.jpg"]


def test_a_backup_has_every_file(company: Any, tmp_path: Any) -> None:
    company.database.run(lambda s: put(company, s, "x.txt", content=b"in the backup"), actor=SYSTEM)
    found, left_out = making.files_of(company.config)
    held = {part.path.read_bytes() for part in found if part.name.startswith("files/files/")}
    assert b"in the backup" in held
    assert left_out == []
    if company.database.is_sqlite:
        made = make_backup(company, tmp_path / "whole.kontor", Lock(), lambda _step: None)
        assert any(part["name"].startswith("files/files/") for part in made.manifest["parts"])
