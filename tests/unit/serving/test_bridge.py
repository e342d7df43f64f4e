"""Requests are given to the application whole, and long answers are taken from it as fast as they are read."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.serving import bodies
from app.serving import bridge as bridge_module
from app.serving.bodies import Arriving, NoRoom, Room
from app.serving.bridge import PIECE, Bridge

Message = dict[str, Any]


class Application:
    """Answers with what `answer` makes of the body; takes as much as it says."""

    def __init__(self, answer: Callable[[bytes], Iterable[bytes]], most: int = 10) -> None:
        self.answer, self.most = answer, most
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        start_response("200 OK", [("X-Kind", "é")])
        return self.answer(environ["wsgi.input"].read())

    def most_bytes(self, environ: dict[str, Any]) -> int:
        return self.most


class Sent:
    """As granian's own: the message is on its way, whether or not somebody waits until the client has read it."""

    def __init__(self, reads: asyncio.Event) -> None:
        self._reads = reads

    def __await__(self) -> Any:
        return self._reads.wait().__await__()


class Client:
    """What granian says of a client: what it sends, and whether it reads."""

    def __init__(self, *pieces: bytes, length: int | None = None, path: bytes = b"/a") -> None:
        self._pieces = list(pieces)
        chunked = [(b"transfer-encoding", b"chunked")] if pieces else []
        self.headers = chunked if length is None else [(b"content-length", str(length).encode())]
        self.path = path
        self.read: list[Message] = []
        self.reads, self.left, self.waits = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.reads.set()

    async def receive(self) -> Message:
        if self._pieces:
            return {"type": "http.request", "body": self._pieces.pop(0), "more_body": bool(self._pieces)}
        self.waits.set()
        await self.left.wait()
        return {"type": "http.disconnect"}

    def send(self, message: Message) -> "Sent":
        self.read.append(message)
        return Sent(self.reads)

    @property
    def status(self) -> int:
        return int(self.read[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.read[1:])


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Any]:
    """Let the clients ask the application at once, in one thread, through a bridge that usually takes ten bytes."""

    async def asked(app: Application, *clients: Client) -> None:
        bridge = Bridge(app, threads=1, usual=10, folder=tmp_path)
        await asyncio.gather(*(bridge(_scope(client), client.receive, client.send) for client in clients))
        assert list(tmp_path.iterdir()) == []

    return asked


def _scope(client: Client) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": client.path.decode(),
        "raw_path": client.path,
        "query_string": b"",
        "client": ("10.0.0.1", "5000"),
        "server": ("127.0.0.1", "8000"),
        "http_version": "1.1",
        "scheme": "http",
        "headers": client.headers,
    }


def _echo(body: bytes) -> Iterable[bytes]:
    return [b"got ", body]


def _run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def test_a_body_in_pieces_arrives_whole_and_with_its_length(ask: Callable[..., Any]) -> None:
    async def work() -> None:
        app, client = Application(_echo), Client(b"ab", b"", b"cd")
        await ask(app, client)
        assert client.read == [
            {"type": "http.response.start", "status": 200, "headers": [(b"x-kind", b"\xe9")]},
            {"type": "http.response.body", "body": b"got abcd", "more_body": False},
        ]
        assert app.asked[0]["CONTENT_LENGTH"] == "4"
        assert "HTTP_TRANSFER_ENCODING" not in app.asked[0]

    _run(work)


@pytest.mark.parametrize("length", [None, 24])
def test_a_body_larger_than_usual_is_read_where_the_application_takes_it(
    ask: Callable[..., Any], length: int | None
) -> None:
    async def work() -> None:
        client = Client(b"x" * 8, b"y" * 8, b"z" * 8, length=length)
        await ask(Application(_echo, most=24), client)
        assert client.body == b"got xxxxxxxxyyyyyyyyzzzzzzzz"

    _run(work)


@pytest.mark.parametrize("length", [None, 24])
def test_of_a_body_that_is_too_large_the_application_learns_the_length_alone(
    ask: Callable[..., Any], length: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "DRAINED", 0.01)  # a client that stays, and sends no more

    async def work() -> None:
        app, client = Application(_echo, most=23), Client(b"x" * 8, b"y" * 8, b"z" * 8, length=length)
        await ask(app, client)
        assert client.body == b"got "
        assert int(app.asked[0]["CONTENT_LENGTH"]) == 24

    _run(work)


def test_a_body_cut_off_is_given_to_nobody(ask: Callable[..., Any]) -> None:
    async def work() -> None:
        app, client = Application(_echo), Client(length=8)
        client.left.set()
        await ask(app, client)
        assert (app.asked, client.read) == ([], [])

    _run(work)


def test_a_body_that_trickles_is_given_up(ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.01)

    async def work() -> None:
        app, client = Application(_echo), Client(length=8)
        await ask(app, client)
        assert (app.asked, client.status) == ([], 408)
        assert (b"connection", b"close") in client.read[0]["headers"]

    _run(work)


def test_a_long_answer_is_made_as_fast_as_it_is_read(ask: Callable[..., Any]) -> None:
    made: list[int] = []

    def pieces(_body: bytes) -> Iterator[bytes]:
        for number in range(5):
            made.append(number)
            yield bytes([number]) * PIECE

    async def work() -> None:
        client = Client()
        client.reads.clear()
        asking = asyncio.ensure_future(ask(Application(pieces), client))
        while len(client.read) < 2:  # its beginning
            await asyncio.sleep(0)
        assert made == [0]
        client.reads.set()
        await asking
        assert client.body == b"".join(bytes([number]) * PIECE for number in range(5))
        assert client.read[-1]["more_body"] is False

    _run(work)


def test_one_thread_answers_others_while_a_client_does_not_read(tmp_path: Path) -> None:
    async def work() -> None:
        app = Application(lambda body: [b"got ", body] if body else iter([b"x" * PIECE] * 3))
        bridge = Bridge(app, threads=1, usual=10, folder=tmp_path)
        slow, quick = Client(), Client(b"a")
        slow.reads.clear()
        reading = asyncio.ensure_future(bridge(_scope(slow), slow.receive, slow.send))
        await slow.waits.wait()  # the answer has begun
        await bridge(_scope(quick), quick.receive, quick.send)
        assert quick.body == b"got a"
        slow.reads.set()
        await reading
        assert len(slow.body) == 3 * PIECE

    _run(work)


def test_an_answer_whose_reader_left_is_made_no_further_and_closed(ask: Callable[..., Any]) -> None:
    closed, made = threading.Event(), []

    def pieces(_body: bytes) -> Iterator[bytes]:
        try:
            for number in range(1000):
                made.append(number)
                yield b"x" * PIECE
        finally:
            closed.set()

    async def work() -> None:
        client = Client()
        client.left.set()
        await ask(Application(pieces), client)
        assert len(made) < 10
        assert closed.is_set()

    _run(work)


def test_what_goes_wrong_beyond_the_application_is_answered(ask: Callable[..., Any]) -> None:
    def fail(_body: bytes) -> Iterable[bytes]:
        raise ValueError("secret")

    async def work() -> None:
        client = Client()
        await ask(Application(fail), client)
        assert (client.status, client.body) == (500, b"")

    _run(work)


def test_health_is_answered_while_every_thread_works(tmp_path: Path) -> None:
    free = threading.Event()

    def answer(_body: bytes) -> Iterable[bytes]:
        return [b"fine"] if app.asked[-1]["PATH_INFO"] == "/healthz" else [str(free.wait(60)).encode()]

    app = Application(answer)

    async def work() -> None:
        bridge = Bridge(app, threads=1, usual=10, folder=tmp_path)
        busy, health = Client(), Client(path=b"/healthz")
        working = asyncio.ensure_future(bridge(_scope(busy), busy.receive, busy.send))
        while not app.asked:
            await asyncio.sleep(0)
        await bridge(_scope(health), health.receive, health.send)
        assert (health.body, busy.read) == (b"fine", [])
        free.set()
        await working
        assert busy.body == b"True"

    _run(work)


class Held(Application):
    """Answers nothing until it is released."""

    def __init__(self) -> None:
        super().__init__(lambda body: [str(self.released.wait(60)).encode(), body])
        self.released = threading.Event()

    @property
    def bodies(self) -> list[Any]:
        return [environ.get("CONTENT_LENGTH") for environ in self.asked]


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0)


def test_a_request_whose_client_left_while_it_waited_is_never_begun(tmp_path: Path) -> None:
    async def work() -> None:
        app = Held()
        bridge = Bridge(app, threads=1, usual=10, folder=tmp_path)
        busy, left, patient = Client(b"a"), Client(b"bb"), Client(b"ccc")
        asking = [asyncio.ensure_future(bridge(_scope(busy), busy.receive, busy.send))]
        await _until(lambda: bool(app.asked))
        asking += [asyncio.ensure_future(bridge(_scope(each), each.receive, each.send)) for each in (left, patient)]
        await left.waits.wait()
        left.left.set()
        await asking[1]
        app.released.set()
        await asyncio.gather(*asking)
        assert app.bodies == ["1", "3"]
        assert (left.read, busy.body, patient.body) == ([], b"Truea", b"Trueccc")

    _run(work)


def test_a_request_under_way_is_done_though_its_client_leaves(tmp_path: Path) -> None:
    async def work() -> None:
        app = Held()
        bridge = Bridge(app, threads=1, usual=10, folder=tmp_path)
        first, second = Client(b"a"), Client(b"bb")
        asking = [asyncio.ensure_future(bridge(_scope(each), each.receive, each.send)) for each in (first, second)]
        await second.waits.wait()
        app.released.set()
        await _until(lambda: len(app.asked) == 2)
        second.left.set()
        await asyncio.gather(*asking)
        assert second.body == b"Truebb"

    _run(work)


def test_whoever_comes_after_very_many_is_asked_to_come_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge_module, "WAITING", 3)

    async def work() -> None:
        app = Held()
        bridge = Bridge(app, threads=1, usual=10, folder=tmp_path)
        begun, waiting = Client(b"a"), [Client(b"bb") for _ in range(3)]
        asking = [asyncio.ensure_future(bridge(_scope(begun), begun.receive, begun.send))]
        await _until(lambda: bool(app.asked))
        asking += [asyncio.ensure_future(bridge(_scope(each), each.receive, each.send)) for each in waiting]
        await asyncio.gather(*(each.waits.wait() for each in waiting))
        late, large, health = Client(b"c"), Client(b"d" * 8, b"d" * 8), Client(path=b"/healthz")
        for each in (late, large):
            await bridge(_scope(each), each.receive, each.send)
            assert each.status == 503
        waiting[0].left.set()
        await asking[1]
        again = Client(b"dddd")
        asking.append(asyncio.ensure_future(bridge(_scope(again), again.receive, again.send)))
        app.released.set()
        await asyncio.gather(*asking)
        await bridge(_scope(health), health.receive, health.send)
        assert (again.status, health.status) == (200, 200), "one place was free, and health has its own"
        assert app.bodies[:-1] == ["1", "2", "2", "4"]

    _run(work)


def test_bodies_have_so_much_memory_together_and_then_lie_in_files(tmp_path: Path) -> None:
    async def work() -> None:
        room = Room(memory=10, files=1)

        def arriving(body: bytes) -> Arriving:
            return Arriving(Client(body).receive, in_memory=10, folder=tmp_path, room=room)

        async def is_in_memory(body: Arriving) -> bool:
            assert await body.read_up_to(10)
            return isinstance(body.file, BytesIO)

        first, second, third = arriving(b"123456"), arriving(b"12345"), arriving(b"54321")
        assert await is_in_memory(first)
        assert not await is_in_memory(second)
        assert second.file.read() == b"12345"
        with pytest.raises(NoRoom):
            await third.read_up_to(10)
        small = arriving(b"1234")
        assert await is_in_memory(small), "what is left is left to others"
        for body in (first, second, third, small):
            body.close()
            body.close()
        whole, again = arriving(b"1234567890"), arriving(b"1")
        assert await is_in_memory(whole), "the memory was given back, once"
        assert not await is_in_memory(again), "and so was the file"
        whole.close()
        again.close()

    _run(work)


def test_a_body_that_outgrows_memory_lies_in_a_file_whole(tmp_path: Path) -> None:
    async def work() -> None:
        room = Room(memory=20, files=1)
        body = Arriving(Client(b"12345", b"67890", b"abc").receive, in_memory=9, folder=tmp_path, room=room)
        assert await body.read_up_to(20)
        assert body.file.read() == b"1234567890abc"
        assert room.take(20), "it holds no memory"
        body.close()

    _run(work)
