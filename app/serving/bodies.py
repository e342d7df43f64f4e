"""Reading a request's body as it arrives: whole, within its limit and its time, before a thread is given to it."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import IO, Any

Receive = Callable[[], Awaitable[dict[str, Any]]]

#: Seconds that a body may take, and bytes that each further second has to bring.
PATIENCE, SLOWEST = 20.0, 16_000
#: Seconds for which a body that isn't wanted is read on, so that its sender sees the answer and not a broken connection.
DRAINED = 10.0
#: Bytes of one body that are held in memory: nearly every form. What is larger goes into a file.
SMALL = 64 << 10
#: Bytes of bodies that are held in memory at once, and bodies that lie in files. Who fills one leaves the other to the rest.
MEMORY, FILES = 256 << 20, 500


class TooSlow(Exception):
    """The body didn't arrive in its time."""


class ClientGone(Exception):
    """The client left before its request was complete."""


class NoRoom(Exception):
    """There is neither memory nor a file for another body, or no room on the disk."""


class Arriving:
    """A body that arrives, as far as it has: in memory, and in a file from `in_memory` bytes on."""

    def __init__(self, receive: Receive, *, in_memory: int, folder: Path, room: "Room") -> None:
        self._receive, self._in_memory, self._folder, self._room = receive, in_memory, folder, room
        self._began = asyncio.get_running_loop().time()
        self._held, self._is_in_file = 0, False
        self.size = 0
        self.is_whole = False
        self.file: IO[bytes] = BytesIO()

    async def read_up_to(self, limit: int) -> bool:
        """Read on until the body is whole (True), or is known to have more bytes than `limit` (False).

        Raises TooSlow, ClientGone, NoRoom.
        """
        while not self.is_whole and self.size <= limit:
            message = await self._next()
            try:
                self._take(message["body"])
            except OSError as error:  # the disk is full, or there is none to write to
                raise NoRoom from error
            self.is_whole = not message["more_body"]
        self.file.seek(0)
        return self.size <= limit

    def close(self) -> None:
        """Discard what was read."""
        self._room.give_back(self._held)
        self._held = 0
        if self._is_in_file:
            self._room.give_file_back()
            self._is_in_file = False
        self.file.close()

    async def _next(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout_at(self._began + PATIENCE + self.size / SLOWEST):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message

    def _take(self, piece: bytes) -> None:
        self.file.seek(self.size)
        self.size += len(piece)
        if not self._is_in_file:
            if self.size <= self._in_memory and self._room.take(len(piece)):
                self._held += len(piece)
            else:
                self._go_into_file()
        self.file.write(piece)

    def _go_into_file(self) -> None:
        self._room.take_file()
        self._is_in_file = True
        whole = tempfile.TemporaryFile(dir=self._folder, prefix=".kontor-upload-")  # noqa: SIM115 (closed by `close`)
        self.file.seek(0)
        whole.write(self.file.read())
        self._room.give_back(self._held)
        self._held, self.file = 0, whole


class Room:
    """The memory and the files that bodies may have together."""

    def __init__(self, memory: int = MEMORY, files: int = FILES) -> None:
        self._memory, self._files = memory, files

    def take(self, count: int) -> bool:
        """Take so many bytes of memory, if there are as many."""
        if count > self._memory:
            return False
        self._memory -= count
        return True

    def give_back(self, count: int) -> None:
        """The bytes are free again."""
        self._memory += count

    def take_file(self) -> None:
        """Refused: one more than there may be (NoRoom)."""
        if not self._files:
            raise NoRoom
        self._files -= 1

    def give_file_back(self) -> None:
        """The file is gone."""
        self._files += 1


async def drain(receive: Receive) -> None:
    """Read on for a while what nobody wants."""
    try:
        async with asyncio.timeout(DRAINED):
            while (message := await receive())["type"] == "http.request" and message["more_body"]:
                pass
    except TimeoutError:
        pass
