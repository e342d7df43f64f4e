"""What files may be called, and what they are taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.files.kinds import BYTES, media_type_of
from app.files.names import LONGEST, free_name, key_of, name_of


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\scan.png", "scan.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        (" .hidden. ", "hidden"),
        ("what?<b>.txt", "what__b_.txt"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("смета Hoá đơn.xlsx", "смета Hoá đơn.xlsx"),
        ("x" * 300 + ".jpeg", "x" * (LONGEST - 5) + ".jpeg"),
    ],
)
def test_a_name_is_kept_as_people_see_it_and_leads_nowhere(sent: str, kept: str) -> None:
    assert name_of(sent) == kept


@pytest.mark.parametrize("sent", ["", "...", "/", "a/..", "\u200b\u202e", "\x00"])
def test_a_name_of_nothing_is_refused(sent: str) -> None:
    with pytest.raises(Invalid):
        name_of(sent)


@given(st.text(max_size=300))
def test_no_name_has_a_path_or_a_sign_that_nobody_sees(sent: str) -> None:
    try:
        name = name_of(sent)
    except Invalid:
        return
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\<>:"|?*\0\r\n\u202e')
    assert not name.startswith(".")
    assert name_of(name) == name


def test_a_taken_name_gets_the_first_free_number() -> None:
    taken = {key_of(name) for name in ("Image.JPG", "image (2).jpg")}
    assert free_name("image.jpg", taken) == "image (3).jpg"
    assert free_name("image.png", taken) == "image.png"
    long = "x" * (LONGEST - 4) + ".pdf"
    assert len(free_name(long, {key_of(long)})) <= LONGEST


@pytest.mark.parametrize(
    ("begins", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8", "image/webp"),
        (b"<html><script>alert(1)</script>", BYTES),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", BYTES),
        (b"", BYTES),
    ],
)
def test_a_file_is_what_it_begins_with(begins: bytes, kind: str) -> None:
    assert media_type_of(begins) == kind
