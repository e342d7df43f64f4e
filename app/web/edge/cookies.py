"""The names and limits of our cookies: over HTTPS they belong to this very host, and go nowhere else."""

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

#: Bytes of the session's cookie. Browsers take 4,096 with its name and attributes (RFC 6265, 6.1), and drop a larger one.
_MOST = 3600


def cookie_name(name: str) -> str:
    """What a cookie is called. Browsers take `__Host-` over HTTPS only, for the whole host and from that host alone: neither a
    neighbour's server nor anybody on the way can plant one (RFC 6265bis, 4.1.3.2). Over plain HTTP they would refuse it."""
    return f"__Host-{name}" if request.is_secure else name


class Cookies(SecureCookieSessionInterface):
    """Cookies that came over HTTPS go nowhere else. Static files are the same for everyone, and need none.

    What the next page says travels in the cookie, so it is shortened to what a cookie holds.
    """

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """A cookie that opens nothing any more isn't renewed: the answer may come after somebody has signed in again, such as
        that to what a page sent when it was closed, and would take the new one away."""
        return bool(session.modified or (g.get("actor") is not None and super().should_set_cookie(app, session)))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":  # else a browser would load them again when its cookie changes
            self._shorten(app, session)
            super().save_session(app, session, response)

    def _shorten(self, app: Flask, session: SessionMixin) -> None:
        signing = self.get_signing_serializer(app)
        while session.modified and session.get("_flashes") and signing is not None:
            if len(signing.dumps(dict(session))) <= _MOST:
                return
            session["_flashes"] = shorter(session["_flashes"])


def shorter(flashes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The messages with less of the longest one; without it, when little of it is left."""
    longest = max(range(len(flashes)), key=lambda i: len(flashes[i][1]))
    category, text = flashes[longest]
    left = text[: len(text) * 3 // 4].rpartition(" ")[0].rstrip(" …,;")
    rest = [(category, f"{left} …")] if len(left) > 40 else []
    return [*flashes[:longest], *rest, *flashes[longest + 1 :]]
