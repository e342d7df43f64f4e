"""What a browser is answered at the link of a quote, and how staff give and revoke links."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.security import SYSTEM
from modules.trade.models import Quote


def test_a_customer_reads_and_accepts_a_quote_by_its_link_alone(house: Any, sign_in: Callable[[str], Any]) -> None:
    maria, steve, customer, stranger = sign_in("maria"), sign_in("steve"), house.test_client(), house.test_client()
    for asked in ("", "?answered=no&late=yes", "/new"):
        assert maria.get(f"/trade/customer-requests{asked}").status_code == 200
    assert "Mine" in maria.get("/trade/to-do?of=all").text
    assert "Mine" not in sign_in("sam").get("/trade/to-do").text
    first = select(Quote.id).where(Quote.state == "posted")
    quote_id = house.company.database.run(lambda s: s.scalars(first).first(), actor=SYSTEM, write=False)
    assert steve.post(f"/trade/quotes/{quote_id}/links").status_code == 403
    page = maria.post(f"/trade/quotes/{quote_id}/links").text
    path = re.search(r'value="[^"]*(/offer/open/[\w-]+)"', page)[1]  # type: ignore[index]
    answer = customer.get(path)
    offer = answer.headers["Location"]
    for said in (f"Path={offer}", "HttpOnly", "SameSite=Lax"):
        assert said in answer.headers["Set-Cookie"]
    shown = customer.get(offer)
    assert "Total" in shown.text
    assert "Sales price" not in shown.text  # how it was priced is the company's own
    assert (shown.headers["Referrer-Policy"], shown.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert customer.get(f"{offer}/pdf").mimetype == "application/pdf"
    # Nobody else, and nothing else.
    for client, address in ((stranger, offer), (maria, offer), (stranger, f"{path}x"), (customer, "/offer/999")):
        assert client.get(address).status_code == 404
    for address in ("/trade/quotes", f"/trade/quotes/{quote_id}", "/client/documents"):
        assert customer.get(address).status_code in (302, 404)
    assert stranger.post(f"{offer}/answer", data={"verb": "accepted", "name": "X"}).status_code == 404
    refused = customer.post(f"{offer}/answer", data={"verb": "declined", "name": "Ann Lee"})
    assert (refused.status_code, "Write why" in refused.text) == (422, True)
    assert customer.post(f"{offer}/answer", data={"verb": "accepted", "name": "Ann <b>Lee"}).status_code == 302
    assert "Accepted by Ann &lt;b&gt;Lee" in customer.get(offer).text
    assert customer.post(f"{offer}/answer", data={"verb": "accepted", "name": "Ann"}).status_code == 409
    assert "Accepted by" in maria.get(f"/trade/quotes/{quote_id}").text
    assert "Ann &lt;b&gt;Lee" in maria.get(f"/trade/quotes/{quote_id}/answers").text
    link_id = offer.rpartition("/")[2]
    assert steve.post(f"/trade/quotes/links/{link_id}/revoke").status_code == 403
    assert maria.post(f"/trade/quotes/links/{link_id}/revoke").status_code == 302
    assert customer.get(offer).status_code == 404
    # The letter begins with the quote and has a place for the link.
    begun = maria.get(maria.get(f"/documents/{quote_id}/send").headers["Location"])
    assert "{link}" in begun.text
