"""Codes before a camera are read where the browser itself reads none: by the library, which its page loads then."""

import base64
import io
from pathlib import Path
from typing import Any

import barcode
import pytest
from barcode.writer import ImageWriter
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, PHONE
from tests.conftest import start_chromium

pytestmark = pytest.mark.browser

READ = """async ([address, library, data]) => {
    const { reader } = await import(address);
    const read = await reader(library);
    const picture = new Image();
    picture.src = `data:image/svg+xml;base64,${data}`;
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 300 });
    canvas.getContext("2d").fillStyle = "white";
    canvas.getContext("2d").fillRect(0, 0, 900, 300);
    canvas.getContext("2d").drawImage(picture, 20, 20, 860, 260);
    return read(canvas);
}"""


def test_a_code_is_read_from_a_picture(browser: Any, server: Any) -> None:
    context = browser.new_context(base_url=server.address)
    context.set_default_timeout(PATIENCE)
    server.sign_in(context, "steve")
    page = context.new_page()
    page.goto("/warehouse/scanner")
    drawn = io.BytesIO()
    barcode.get("code128", "FA-0204").write(drawn)
    library = page.locator("scanner-screen").get_attribute("data-library")
    said = ["/static/js/scanner/camera.js", library, base64.b64encode(drawn.getvalue()).decode()]
    assert page.evaluate(READ, said) == "FA-0204"
    context.close()


def test_goods_before_the_camera_are_looked_up(browser: Any, server: Any, tmp_path: Path) -> None:
    """The browser's own camera, which sees a film of a label."""
    film = tmp_path / "label.y4m"
    film.write_bytes(filmed("FA-0204"))
    camera = (
        f"--use-fake-device-for-media-stream --use-fake-ui-for-media-stream --use-file-for-fake-video-capture={film}"
    )
    filming = start_chromium(browser.browser_type, *camera.split())
    context = filming.new_context(base_url=server.address, viewport=PHONE)
    context.set_default_timeout(PATIENCE)
    server.sign_in(context, "steve")
    page = context.new_page()
    page.goto("/warehouse/scanner")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.locator("scanner-screen")).to_contain_text("Hex bolt M8")
    filming.close()


def filmed(code: str) -> bytes:
    """Two pictures of the bars of a code, as YUV4MPEG2."""
    bars = io.BytesIO()
    barcode.get("code128", code, writer=ImageWriter()).write(bars, {"write_text": False})
    width, height = 640, 480
    picture = Image.new("L", (width, height), 255)
    picture.paste(Image.open(bars).convert("L").resize((520, 200)), (60, 140))
    grey = bytes([128]) * (width * height // 2)
    frame = b"FRAME\n" + picture.tobytes() + grey
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + 2 * frame
