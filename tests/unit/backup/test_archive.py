"""The file of a backup: no byte changes unnoticed, and no name leads anywhere."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.backup import archive, encryption
from app.backup.archive import Part, is_safe
from app.backup.encryption import Key, Lock
from app.backup.errors import Damaged, NewerBackup, NoRoom, NotABackup, Occupied, WrongKey
from app.errors import Invalid

PASSPHRASE = "a passphrase of some length"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """An archive of two parts."""
    (tmp_path / "one").write_bytes(b"first " * 50)
    (tmp_path / "two").write_bytes(bytes(range(256)))
    parts = [Part("database", tmp_path / "one"), Part("files/a/b", tmp_path / "two", is_compressed=True)]
    archive.write(tmp_path / "made", iter(parts), {"version": "0.1"})
    return tmp_path / "made"


def test_what_was_written_comes_out(made: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with archive.opened(made) as found:
        found.extract(tmp_path / "out")
        assert [part["name"] for part in found.parts] == ["database", "files/a/b"]
    assert (tmp_path / "out/database").read_bytes() == b"first " * 50
    assert (tmp_path / "out/files/a/b").read_bytes() == bytes(range(256))
    assert zipfile.ZipFile(made).testzip() is None  # and any zip program can read it


def test_a_file_that_vanishes_meanwhile_is_left_out(tmp_path: Path) -> None:
    manifest = archive.write(tmp_path / "made", iter([Part("gone", tmp_path / "gone")]), {})
    assert manifest["parts"] == []
    with archive.opened(tmp_path / "made") as found:
        assert found.parts == []


def test_no_byte_changes_unnoticed(made: Path) -> None:
    whole = made.read_bytes()
    for i in range(len(whole)):
        made.write_bytes(whole[:i] + bytes([whole[i] ^ 0x20]) + whole[i + 1 :])
        with pytest.raises(Invalid), archive.opened(made) as found:
            assert found is None, i
    for length in (0, 10, 63, 64, len(whole) // 2, len(whole) - 1):
        made.write_bytes(whole[:length])
        with pytest.raises(Invalid), archive.opened(made):
            pass


@pytest.mark.parametrize("name", ["database", "files/a/b"])
def test_the_part_with_a_changed_byte_is_named(made: Path, name: str) -> None:
    whole = bytearray(made.read_bytes())
    with zipfile.ZipFile(made) as zipped:
        entry = zipped.getinfo(name)
    whole[entry.header_offset + 30 + len(name) + 20 + 5] ^= 1
    made.write_bytes(whole)
    with pytest.raises(Damaged, match=name) as refused, archive.opened(made):
        pass
    assert refused.value.part == name


@pytest.mark.parametrize("content", [b"", b"no zip", b"x" * 1000])
def test_what_is_not_a_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(NotABackup), archive.opened(tmp_path / "file"):
        pass
    with pytest.raises(NotABackup), archive.opened(tmp_path / "absent"):
        pass


def forge(path: Path, manifest: Any) -> None:
    """An archive with a right seal, and whatever manifest."""
    archive.write(path.with_suffix(".whole"), iter([]), {})
    write = zipfile.ZipFile.writestr

    def forged(self: Any, entry: Any, _text: str, *rest: Any) -> None:
        write(self, entry, manifest if isinstance(manifest, bytes) else json.dumps(manifest), *rest)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "writestr", forged)
        archive.write(path, iter([]), {})


SOUND = {"program": "kontor", "format": 1, "parts": []}


@pytest.mark.parametrize(
    "manifest",
    [
        b"\xff\xff",
        b"[" * 5000,
        [],
        {},
        {**SOUND, "program": "other"},
        {**SOUND, "parts": None},
        {**SOUND, "parts": ["a"]},
        {**SOUND, "parts": [{"name": "a", "bytes": "1", "sha256": ""}]},
        {**SOUND, "parts": [{"name": "a", "bytes": -1, "sha256": ""}]},
        {**SOUND, "parts": [{"name": "../a", "bytes": 1, "sha256": ""}]},
        {**SOUND, "parts": [{"name": "a", "bytes": 1, "sha256": ""}] * 2},
    ],
    ids=range(11),
)
def test_a_manifest_that_says_nothing_sensible_is_refused(tmp_path: Path, manifest: Any) -> None:
    forge(tmp_path / "forged", manifest)
    with pytest.raises(NotABackup), archive.opened(tmp_path / "forged"):
        pass


def test_a_newer_format_is_refused_by_the_version_that_wrote_it(tmp_path: Path) -> None:
    forge(tmp_path / "forged", {**SOUND, "format": 2, "version": "9.1"})
    with pytest.raises(NewerBackup, match=r"9\.1"), archive.opened(tmp_path / "forged"):
        pass


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    forge(tmp_path / "forged", {**SOUND, "parts": [{"name": "files/lost", "bytes": 1, "sha256": "0"}]})
    (tmp_path / "out").mkdir()
    with pytest.raises(Damaged, match="files/lost"), archive.opened(tmp_path / "forged") as found:
        found.extract(tmp_path / "out")


def test_more_than_the_disk_takes_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    forge(tmp_path / "forged", {**SOUND, "parts": [{"name": "huge", "bytes": 1 << 60, "sha256": "0"}]})
    (tmp_path / "out").mkdir()
    with pytest.raises(NoRoom), archive.opened(tmp_path / "forged") as found:
        found.extract(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "/etc/passwd",
        "../a",
        "a/../b",
        "a/..",
        "a//b",
        "a/",
        "C:a",
        "a\\b",
        "a\0b",
        "a\nb",
        ".hidden",
        "a/.b",
        1,
    ],
)
def test_no_name_leads_out_of_its_folder(name: object) -> None:
    assert not is_safe(name)


def test_plain_names_in_any_language_are_taken() -> None:
    assert all(is_safe(name) for name in ("a", "files/a b/ü.txt", "files/Накладная №1.pdf", "files/a..b"))


def test_a_name_that_is_taken_is_not_given_again(made: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("precious")
    with pytest.raises(Occupied):
        archive.place(made, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "precious"
    archive.place(made, tmp_path / "free")
    assert (tmp_path / "free").stat().st_ino == made.stat().st_ino


def test_a_passphrase_opens_what_it_closed_and_nothing_else_does(made: Path, tmp_path: Path) -> None:
    own = encryption.encrypt(made, tmp_path / "closed", Lock(PASSPHRASE), {"version": "0.1"})
    with zipfile.ZipFile(tmp_path / "closed") as zipped:
        assert b"\n-> scrypt " in zipped.read("key.age")  # a second or more for each try
    assert not list(tmp_path.glob("closed.*"))
    assert PASSPHRASE not in repr((Lock(PASSPHRASE), Key(PASSPHRASE), own))
    for key in (Key(PASSPHRASE), own):
        with encryption.opened(tmp_path / "closed", key, tmp_path) as found:
            assert [part["name"] for part in found.parts] == ["database", "files/a/b"]
        assert not (tmp_path / "plain").exists()
    with pytest.raises(WrongKey), encryption.opened(tmp_path / "closed", Key("another passphrase"), tmp_path):
        pass


@pytest.mark.usefixtures("cheap_passphrases")
@pytest.mark.parametrize("part", ["body.age", "key.age"])
def test_a_changed_byte_of_an_encrypted_backup_is_found_without_its_key(made: Path, tmp_path: Path, part: str) -> None:
    encryption.encrypt(made, tmp_path / "closed", Lock(PASSPHRASE), {})
    whole = bytearray((tmp_path / "closed").read_bytes())
    with zipfile.ZipFile(tmp_path / "closed") as zipped:
        whole[zipped.getinfo(part).header_offset + 100] ^= 1
    (tmp_path / "closed").write_bytes(whole)
    with pytest.raises(Damaged, match=part), encryption.opened(tmp_path / "closed", Key(), tmp_path):
        pass


def test_secret_keys_are_read_from_the_files_of_age_and_ssh() -> None:
    from pyrage import x25519

    own = x25519.Identity.generate()
    assert len(encryption.secret_keys(f"# created today\n{own}\n".encode())) == 1
    for nonsense in (b"", b"AGE-SECRET-KEY-1NONSENSE", b"-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense", b"\xff\xfe"):
        with pytest.raises(Invalid, match="no secret key"):
            encryption.secret_keys(nonsense)
