"""Uploads that the disk has no room for are refused in words, and nothing is left of them; any name of a file is taken."""

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from app.security import SYSTEM
from tests.conftest import ADMIN, PASSWORD
from tests.modules.web.browser_forms import fields_of
from tests.rows import rows_of_all_tables

#: which database it is doesn't matter to a file
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def client_of(app: Any) -> Any:
    client = app.test_client()
    assert client.post("/login", data={"login": ADMIN, "password": PASSWORD}).status_code == 302
    return client


def send(client: Any, *names: str) -> Any:
    files = [(io.BytesIO(b"name,code\nAnvil,A\n"), name) for name in names]
    data = fields_of(client.get("/admin/import").text) | {"what": "warehouse.items|", "files": files}
    return client.post("/admin/import", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS], ids=errno.errorcode.get)
def test_a_full_disk_at_an_upload_is_reported_and_nothing_is_left(
    app: Any, config: Any, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, written = client_of(app), []
    before = app.company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
    save = FileStorage.save

    def fill(upload: Any, path: Path) -> None:
        if written:
            Path(path).write_bytes(b"name")  # as far as it went
            raise OSError(number, os.strerror(number), str(path))
        written.append(path)
        save(upload, path)

    monkeypatch.setattr(FileStorage, "save", fill)
    answer = send(client, "first.csv", "second.csv")
    assert answer.status_code == 503
    assert "disk is full" in answer.text
    assert str(config.data_dir) not in answer.text
    assert written
    assert list((config.data_dir / "imports").iterdir()) == []
    after = app.company.database.run(rows_of_all_tables, actor=SYSTEM, write=False)
    assert {n for n in after if after[n] != before.get(n)} <= {"core_login"}


def test_another_error_of_a_file_is_not_taken_for_a_full_disk(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_upload: Any, path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    client = client_of(app)
    monkeypatch.setattr(FileStorage, "save", fail)
    assert send(client, "first.csv").status_code == 500


@pytest.mark.parametrize(
    "name",
    [
        "x" * 300 + ".csv",
        "ж" * 300 + ".csv",
        "a.b." * 90 + "csv",
        "../" * 90 + "a.csv",
        ".csv",
        "a\x1b\u202e.csv",
        " .csv",
    ],
    ids=["long", "long in bytes", "dots", "paths", "an ending alone", "control characters", "blank"],
)
def test_a_file_of_any_name_is_taken(app: Any, name: str) -> None:
    answer = send(client_of(app), name, name)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/jobs/")
