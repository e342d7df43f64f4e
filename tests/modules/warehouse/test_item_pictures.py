"""Pictures of items: made again in a process of its own, shown as nothing but that, and refused where they aren't pictures."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.errors import Forbidden, Invalid, NotFound
from app.files import FileEntry, store
from app.security import SYSTEM
from modules.warehouse.operations import create_item
from modules.warehouse.pictures import operations, shrinker
from modules.warehouse.pictures.models import ItemPicture
from modules.warehouse.pictures.shrinking import shrink


def picture(form: str = "PNG", size: tuple[int, int] = (1000, 500), **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "red").save(written, form, **options)
    return written.getvalue()


def opened(data: bytes) -> Image.Image:
    made = Image.open(io.BytesIO(data))
    assert made.format == "WEBP"
    return made


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_made_again_in_two_sizes(form: str) -> None:
    small, large = (opened(data) for data in shrink(picture(form)))
    assert (small.size, large.size) == ((96, 48), (480, 240))


def test_a_small_picture_is_not_made_larger() -> None:
    assert opened(shrink(picture(size=(20, 10))).large).size == (20, 10)


def test_a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "SECRET-PLACE"
    sent = picture("JPEG", exif=exif)
    assert b"SECRET-PLACE" in sent
    made = shrink(sent)
    assert opened(made.large).size == (240, 480)
    assert all(b"SECRET" not in data and b"EXIF" not in data for data in made)


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of very many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


REFUSED = {
    "bomb": (png_of(60_000, 60_000), "too large"),
    "truncated": (picture("JPEG", quality=95)[:-400], "damaged"),
    "truncated png": (picture()[:-300], "damaged"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "Only JPEG"),
    "html": (b"<html><img>", "Only JPEG"),
    "tiff": (picture("TIFF"), "Only JPEG"),
    "pdf in a jpeg": (picture("JPEG", comment=b"%PDF-1.7"), "something else"),
    "zip behind a png": (picture() + b"PK\x05\x06" + bytes(18), "something else"),
    "script called gif": (b"GIF89a/*<script>alert(1)</script>*/", "damaged|Only JPEG"),
    "nothing": (b"", "Only JPEG"),
    "too many bytes": (b"\xff\xd8\xff" + bytes(21 << 20), "too large"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_an_honest_picture_is_refused(what: str) -> None:
    data, words = REFUSED[what]
    with pytest.raises(Invalid, match=words):
        shrink(data)


def test_as_many_pixels_as_are_allowed_fit_into_the_memory_that_is() -> None:
    side = int(shrinker.PIXELS**0.5)
    assert opened(shrink(picture(size=(side, side))).small).size == (96, 96)


@pytest.fixture
def lamp(company: Any) -> int:
    made: int = company.database.run(lambda s: create_item(s, SYSTEM, code="LAMP", name="Lamp").id, actor=SYSTEM)
    return made


def add(company: Any, item_id: int, *names: str) -> None:
    data = picture()
    some = [(name, store(company.config.data_dir, io.BytesIO(data)), shrink(data)) for name in names]
    company.database.run(lambda s: operations.add_pictures(s, SYSTEM, item_id, some), actor=SYSTEM)


def kept(company: Any) -> list[tuple[str, bool]]:
    query = select(ItemPicture.name, ItemPicture.is_main).order_by(ItemPicture.id)
    return [tuple(row) for row in company.database.run(lambda s: s.execute(query).all(), actor=SYSTEM, write=False)]


def test_one_picture_is_the_main_one_whatever_is_chosen_and_removed(company: Any, lamp: int) -> None:
    add(company, lamp, "a.png", "b.png")
    add(company, lamp, "c.png")
    assert kept(company) == [("a.png", True), ("b.png", False), ("c.png", False)]

    def do(act: Any, number: int) -> None:
        company.database.run(lambda s: act(s, SYSTEM, operations.picture_by_id(s, lamp, number)), actor=SYSTEM)

    do(operations.choose_main, 2)
    assert kept(company) == [("a.png", False), ("b.png", True), ("c.png", False)]
    do(operations.remove_picture, 2)
    assert kept(company) == [("a.png", True), ("c.png", False)]
    do(operations.remove_picture, 3)
    do(operations.remove_picture, 1)
    assert kept(company) == []
    names = company.database.run(lambda s: sorted(s.scalars(select(FileEntry.name))), actor=SYSTEM)
    assert names == ["a.png", "b.png", "c.png"], "what was sent stays among the files"


def test_an_item_has_no_more_pictures_than_it_may(company: Any, lamp: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(operations, "MOST", 1)
    add(company, lamp, "a.png")
    with pytest.raises(Invalid, match="at most 1"):
        add(company, lamp, "b.png")
    assert kept(company) == [("a.png", True)]


def test_pictures_of_another_item_and_without_the_right_are_refused(company: Any, lamp: int, employ: Any) -> None:
    add(company, lamp, "a.png")
    anna = employ("anna", "accountant")

    def work(session: Any) -> None:
        with pytest.raises(NotFound):
            operations.picture_by_id(session, lamp + 1, 1)
        with pytest.raises(Forbidden):
            operations.remove_picture(session, anna, operations.picture_by_id(session, lamp, 1))

    company.database.run(work, actor=anna)
    assert kept(company) == [("a.png", True)]


def test_a_storekeeper_sends_pictures_and_the_page_shows_what_was_made(
    company: Any, lamp: int, app: Any, employ: Any
) -> None:
    employ("steve", "storekeeper")
    client = app.test_client()
    client.post("/login", data={"login": "steve", "password": "steve-sample"})
    address = f"/warehouse/items/{lamp}/pictures"
    sent = picture("JPEG")
    client.post(address, data={"picture": [(io.BytesIO(sent), "lamp.jpg"), (io.BytesIO(b"<svg>"), "evil.jpg")]})
    assert kept(company) == []
    assert company.database.run(lambda s: s.scalars(select(FileEntry.name)).all(), actor=SYSTEM) == []
    assert not list((company.config.data_dir / "files").glob("*/*")), "nothing is stored of what is refused"
    assert "Only JPEG" in client.get(f"/warehouse/items/{lamp}/item-pictures").text
    client.post(address, data={"picture": [(io.BytesIO(sent), "lamp.jpg")]})
    assert kept(company) == [("lamp.jpg", True)]
    assert f"{address}/1/large" in client.get(f"/warehouse/items/{lamp}").text
    for size, width in (("small", 96), ("large", 480)):
        shown = client.get(f"{address}/1/{size}")
        assert shown.headers["Content-Type"] == "image/webp"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert opened(shown.data).width == width
    assert client.get(f"{address}/1/original").status_code == 404
    client.post(f"{address}/1", data={"then": "remove"})
    assert kept(company) == []


def test_the_list_shows_the_small_picture_of_each_item_by_one_statement(company: Any, lamp: int, app: Any) -> None:
    add(company, lamp, "a.png", "b.png")
    company.database.run(lambda s: create_item(s, SYSTEM, code="PLAIN", name="Plain"), actor=SYSTEM)
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    page = client.get("/warehouse/items").text
    assert page.count('class="thumb"') == 1
    assert f'src="/warehouse/items/{lamp}/pictures/1/small" alt="" width="32" height="32" loading="lazy"' in page
    assert client.get(f"/warehouse/items/{lamp}/pictures/1/small").mimetype == "image/webp"


def test_a_lookup_says_where_the_small_picture_is(company: Any, lamp: int, app: Any) -> None:
    add(company, lamp, "a.png", "b.png")
    company.database.run(lambda s: create_item(s, SYSTEM, code="PLAIN", name="Plain"), actor=SYSTEM)
    client = app.test_client()
    client.post("/login", data={"login": "admin", "password": "correct horse"})
    rows = client.get("/lookup/items?q=").json["rows"]
    assert [row.get("picture") for row in rows] == [f"/warehouse/items/{lamp}/pictures/1/small", None]
