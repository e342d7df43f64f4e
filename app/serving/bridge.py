"""Between granian, which speaks ASGI, and the application, which works in few threads: slow clients cost none of them.

A loop reads each request whole, within its limit and its time, and hands it to a thread; the thread gives the answer to granian
itself, which sends it in its own time. A long answer is taken from the application piece by piece as the client reads it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import structlog

from app.serving.bodies import SMALL, Arriving, ClientGone, NoRoom, Receive, Room, TooSlow, drain
from app.serving.environ import Environ, Scope, environ_of
from app.serving.threads import Threads

Send = Callable[[dict[str, Any]], Awaitable[None]]

#: Bytes of an answer that is handed over whole, and of each piece of a longer one.
PIECE = 256 << 10
#: Requests that may wait for a thread; whoever comes after them is answered 503.
WAITING = 200
#: Seconds that a client may take to read a piece.
PATIENCE = 120.0
#: Asked by whoever watches over the server, so it has a thread of its own: four slow reports aren't the server's death.
HEALTH = "/healthz"

_log = structlog.get_logger()


class Busy(Exception):
    """So many requests wait for a thread that another had better come later."""


class Application(Protocol):
    """A WSGI application that can say how much it takes."""

    def __call__(self, environ: Environ, start_response: Any, /) -> Iterable[bytes]: ...

    def most_bytes(self, environ: Environ) -> int:
        """How large a body it reads of this request, whoever sends it being known by the headers."""


class Bridge:
    """An ASGI application that gives whole requests to a WSGI application in threads."""

    def __init__(self, app: Application, *, threads: int, usual: int, folder: Path) -> None:
        """`usual`: bytes of a body that anybody may send; what isn't held in memory lies in `folder`."""
        self._app, self._usual, self._folder = app, usual, folder
        self._threads, self._watch = Threads(threads, "request"), Threads(1, "health")
        self._room = Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._read_and_answer(scope, receive, send)
        except Busy:
            _log.warning("request.not_begun", method=scope["method"], path=scope["path"])
            await _refuse(send, 503, "Too many requests wait for an answer. Try again in a moment.")

    async def _read_and_answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        environ = environ_of(scope)
        if "CONTENT_LENGTH" not in environ and "HTTP_TRANSFER_ENCODING" not in environ:
            environ["wsgi.input"] = BytesIO()
            await self._answer(environ, receive, send)
            return
        body = Arriving(receive, in_memory=min(self._usual, SMALL), folder=self._folder, room=self._room)
        try:
            is_taken = await self._read(environ, body)
            await self._answer(environ, receive if body.is_whole else None, send)
            if not is_taken and "HTTP_EXPECT" not in environ:  # who asked before sending has the answer already
                await drain(receive)
        except TooSlow:
            _log.warning("request.too_slow", method=scope["method"], path=scope["path"], bytes=body.size)
            await _refuse(send, 408, "The request took too long to arrive.")
        except NoRoom:
            _log.error("request.no_room", method=scope["method"], path=scope["path"], bytes=body.size)
            await _refuse(send, 503, "There is no room for what is sent. Try again later.")
        except ClientGone:
            pass
        finally:
            body.close()

    async def _read(self, environ: Environ, body: Arriving) -> bool:
        """Read the body as far as it is wanted; False: it is larger than that. The application, which refuses it by its
        length, is given none of it then."""
        announced = int(environ.get("CONTENT_LENGTH") or 0)
        limit = self._usual
        is_taken = announced <= limit and await body.read_up_to(limit)
        if not is_taken:
            self._refuse_when_busy()
            limit = await self._threads.do(self._app.most_bytes, environ)
            is_taken = announced <= limit and await body.read_up_to(limit)
        environ.pop("HTTP_TRANSFER_ENCODING", None)  # it has a length now
        environ["CONTENT_LENGTH"] = str(body.size if is_taken else max(announced, body.size))
        environ["wsgi.input"] = body.file if is_taken else BytesIO()
        if not is_taken:
            body.close()  # others need the room
        return is_taken

    async def _answer(self, environ: Environ, receive: Receive | None, send: Send) -> None:
        """Have a thread answer. `receive`: says when the client leaves; None while it still sends."""
        is_watch = environ["PATH_INFO"] == HEALTH
        rest = await (self._watch.do(self._begin, environ, send) if is_watch else self._in_turn(environ, receive, send))
        if rest is not None:
            await self._send_rest(rest, receive, send)

    async def _in_turn(self, environ: Environ, receive: Receive | None, send: Send) -> "Pieces | None":
        """Begin when a thread is free; never, if the client has left by then. Raises Busy."""
        self._refuse_when_busy()
        if receive is None or self._threads.is_free:
            return await self._threads.do(self._begin, environ, send)  # type: ignore[no-any-return]
        gone = asyncio.ensure_future(_wait_for_end(receive))
        try:
            return await self._threads.do(self._begin, environ, send, unless=gone)  # type: ignore[no-any-return]
        finally:
            gone.cancel()

    def _refuse_when_busy(self) -> None:
        if self._threads.waiting >= WAITING:
            raise Busy

    def _begin(self, environ: Environ, send: Send) -> "Pieces | None":
        """In a thread: answer, or begin to; gives what is left to be sent."""
        pieces = Pieces()
        try:
            pieces.chunks = self._app(environ, pieces.start)
            first = pieces.next()
        except Exception:  # the application answers what goes wrong in it by itself; this went wrong beyond it
            _log.exception("request.failed", method=environ["REQUEST_METHOD"], path=environ["PATH_INFO"])
            pieces.close()
            pieces.status, pieces.headers, pieces.is_over, first = 500, [], True, b""
        send({"type": "http.response.start", "status": pieces.status, "headers": pieces.headers})
        if not pieces.is_over:
            pieces.first = first
            return pieces
        send({"type": "http.response.body", "body": first, "more_body": False})
        pieces.close()
        return None

    async def _send_rest(self, rest: "Pieces", receive: Receive | None, send: Send) -> None:
        """Send a long answer as fast as the client reads it; only while a piece is made does it cost a thread."""
        gone = asyncio.ensure_future(_wait_for_end(receive)) if receive else None
        try:
            piece = rest.first
            while piece and not (gone and gone.done()):
                async with asyncio.timeout(PATIENCE):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = b"" if rest.is_over else await self._threads.do(rest.next)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            _log.warning("response.not_read")
        finally:
            if gone:
                gone.cancel()
            await self._threads.do(rest.close)


class Pieces:
    """What an application answers, in pieces of about the same size."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.chunks: Iterable[bytes] = ()
        self.first = b""
        self.is_over = False
        self._left: Iterator[bytes] | None = None

    def start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
        """WSGI's `start_response`; nobody here uses what it may return."""
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def next(self) -> bytes:
        """The next piece; `is_over` says whether it was the last."""
        self._left = self._left or iter(self.chunks)
        taken, size = [], 0
        for chunk in self._left:
            taken.append(chunk)
            size += len(chunk)
            if size >= PIECE:
                break
        else:
            self.is_over = True
        return b"".join(taken)

    def close(self) -> None:
        """Let the application let go of what it answered with."""
        if hasattr(self.chunks, "close"):
            self.chunks.close()


async def _refuse(send: Send, status: int, why: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    with suppress(Exception):  # the client may be gone
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": why.encode(), "more_body": False})


async def _wait_for_end(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
