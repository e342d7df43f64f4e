"""The names and limits of our cookies: over HTTPS they belong to this very host, and go nowhere else."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


def cookie_name(name: str) -> str:
    """What a cookie is called. Browsers take `__Host-` over HTTPS only, for the whole host and from that host alone: neither a
    neighbour's server nor anybody on the way can plant one (RFC 6265bis, 4.1.3.2). Over plain HTTP they would refuse it."""
    return f"__Host-{name}" if request.is_secure else name


class Cookies(SecureCookieSessionInterface):
    """Cookies that came over HTTPS go nowhere else. Static files are the same for everyone, and need none."""

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":  # else a browser would load them again when its cookie changes
            super().save_session(app, session, response)
