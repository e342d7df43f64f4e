"""A picture of a code is read where the browser itself reads none: by the library, which its page loads then."""

import base64
import io
from typing import Any

import barcode
import pytest

from tests.browser.conftest import PATIENCE

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
