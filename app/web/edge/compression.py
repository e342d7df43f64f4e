"""Pages and data are sent compressed, unless another site had them asked for and somebody could learn from their length what
stands in them (BREACH; ADR 25). Static files are compressed by the build (`app/web/kit/assets.py`)."""

import gzip

from flask import Response, request

#: What is compressed; files for people, such as XLSX, are compressed already.
KINDS = frozenset({"text/html", "text/plain", "text/csv", "application/json"})
#: In bytes. Less fits into the first packet as it is.
LEAST = 1000
#: Of gzip: above it, a page takes twice the time and is a hundredth smaller.
LEVEL = 6


def compress(response: Response) -> Response:
    """The answer, compressed where that is safe and the client takes it."""
    if response.mimetype not in KINDS or response.is_streamed or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    accepted = request.accept_encodings.best_match(("gzip", "identity"))
    if accepted == "gzip" and len(response.get_data()) >= LEAST and is_asked_from_here():
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def is_asked_from_here() -> bool:
    """Whether one of our own pages, the user themselves or a program with a token asks: nobody else chose the address.

    A browser says in `Sec-Fetch-Site` who does, and no script can make it say otherwise. Old browsers, and all of them
    over plain HTTP, don't send it; they name the page that leads here, as our `Referrer-Policy` has them do on our own.
    """
    if "Authorization" in request.headers:  # no page of another site can send it
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("Referer", "").startswith(request.host_url)  # which ends with a slash
