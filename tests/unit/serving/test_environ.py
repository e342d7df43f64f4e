"""What the application is given of a request."""

from typing import Any

from app.serving.environ import environ_of


def _of(*headers: tuple[bytes, bytes], **more: Any) -> dict[str, Any]:
    scope = {
        "method": "GET",
        "raw_path": b"/a",
        "query_string": b"",
        "client": ("10.0.0.1", "5000"),
        "server": ("127.0.0.1", "8000"),
        "http_version": "1.1",
        "scheme": "http",
        "headers": headers,
    }
    return environ_of(scope | more)


def test_a_path_is_decoded_byte_by_byte() -> None:
    environ = _of(raw_path=b"/x%2Fy%ff/%D0%BF", query_string=b"q=%20\xd0")
    assert environ["PATH_INFO"].encode("latin-1") == b"/x/y\xff/\xd0\xbf"
    assert environ["QUERY_STRING"].encode("latin-1") == b"q=%20\xd0"


def test_headers_that_come_several_times_are_joined() -> None:
    environ = _of(
        (b"cookie", b"a=1"), (b"x-forwarded-for", b"1.1.1.1"), (b"cookie", b"b=2"), (b"x-forwarded-for", b"2")
    )
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2"


def test_a_length_that_is_said_twice_is_a_number_still() -> None:
    assert _of((b"content-length", b"7"), (b"content-length", b"7"))["CONTENT_LENGTH"] == "7"


def test_a_client_cannot_say_what_only_a_proxy_may() -> None:
    environ = _of((b"x-forwarded-for", b"10.0.0.9"), (b"x_forwarded_for", b"6.6.6.6"), (b"content_length", b"7"))
    assert environ["HTTP_X_FORWARDED_FOR"] == "10.0.0.9"
    assert "CONTENT_LENGTH" not in environ


def test_type_and_length_of_the_body_have_names_of_their_own() -> None:
    environ = _of((b"content-type", b"text/plain"), (b"content-length", b"3"), (b"host", b"h\xe9"))
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"], environ["HTTP_HOST"]) == ("text/plain", "3", "h\xe9")
