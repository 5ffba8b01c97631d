"""pycrdt peers for the end-to-end tests: unmodified providers, told what to do by lines of JSON on standard input."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import sys

import websockets
from pycrdt import Array, Doc, Map, Provider, Text, XmlElement, XmlFragment, XmlText

WORDS = ["a", "lex ", "é", "😀", "𝒳𝒴", "漢字", "\n", "y" * 30]
VALUES = [True, None, 1.0, -1.5, "text", "😀", {"deep": [1.0, "x"]}, [1.0, "two"]]


class Channel:
    """Lets a pycrdt provider speak through a WebSocket."""

    def __init__(self, socket: websockets.ClientConnection, path: str, frames: list[bytes]) -> None:
        self._socket = socket
        self._frames = frames
        self.path = path

    def __aiter__(self) -> Channel:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self.recv()
        except websockets.ConnectionClosed as closed:
            raise StopAsyncIteration from closed

    async def send(self, message: bytes) -> None:
        self._frames.append(message)
        await self._socket.send(message)

    async def recv(self) -> bytes:
        message = await self._socket.recv()
        assert isinstance(message, bytes), "stock clients are never sent text"
        self._frames.append(message)
        return message


class Peer:
    """One document that connects and disconnects."""

    def __init__(self) -> None:
        self.doc: Doc = Doc()
        self.notes = self.doc.get("notes", type=Text)
        self.highlights = self.doc.get("highlights", type=Map)
        self.items = self.doc.get("list", type=Array)
        self.page = self.doc.get("page", type=XmlFragment)
        self.socket: websockets.ClientConnection | None = None
        self.frames: list[bytes] = []
        self.user = ""
        self._leave = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def connect(self, url: str) -> None:
        self._leave = asyncio.Event()
        synced: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._stay(url, synced))
        await asyncio.wait({synced, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not synced.done():
            await self._task
            raise RuntimeError("the connection ended before the document was in sync")

    async def _stay(self, url: str, synced: asyncio.Future[None]) -> None:
        async with websockets.connect(url, max_size=None, compression=None) as socket:
            self.socket = socket
            async with Provider(self.doc, Channel(socket, url, self.frames)) as provider:
                await provider.synced.wait()
                synced.set_result(None)
                await self._leave.wait()

    async def disconnect(self) -> None:
        self._leave.set()
        if self._task is not None:
            await self._task
            self._task = None

    def is_open(self) -> bool:
        return self.socket is not None and self.socket.close_code is None

    def mutate(self, seed: int, user: str) -> None:
        chosen = random.Random(seed)
        self.user = user
        with self.doc.transaction():
            chosen.choice(
                [
                    self._insert_text,
                    self._insert_text,
                    self._delete_text,
                    self._set_highlight,
                    self._remove_highlight,
                    self._insert_item,
                    self._remove_item,
                    self._insert_element,
                    self._remove_element,
                ]
            )(chosen)

    def _places(self) -> list[int]:
        """The places between characters, in the UTF-8 offsets that pycrdt counts in."""
        places = [0]
        for character in str(self.notes):
            places.append(places[-1] + len(character.encode()))
        # Embedded and formatted content may make the text longer than its characters; stay within what we see.
        return places

    def _insert_text(self, chosen: random.Random) -> None:
        self.notes.insert(chosen.choice(self._places()), chosen.choice(WORDS))

    def _delete_text(self, chosen: random.Random) -> None:
        places = self._places()
        start = chosen.randrange(len(places))
        end = min(start + chosen.randrange(8), len(places) - 1)
        if places[start] < places[end]:
            del self.notes[places[start] : places[end]]

    def _set_highlight(self, chosen: random.Random) -> None:
        self.highlights[f"p{chosen.randrange(8)}"] = Map(
            {"author_id": self.user, "quote": chosen.choice(WORDS), "tags": Array([chosen.choice(VALUES)])}
        )

    def _remove_highlight(self, chosen: random.Random) -> None:
        keys = sorted(self.highlights.keys())
        if keys:
            del self.highlights[chosen.choice(keys)]

    def _insert_item(self, chosen: random.Random) -> None:
        self.items.insert(chosen.randrange(len(self.items) + 1), chosen.choice(VALUES))

    def _remove_item(self, chosen: random.Random) -> None:
        if len(self.items) > 0:
            del self.items[chosen.randrange(len(self.items))]

    def _insert_element(self, chosen: random.Random) -> None:
        element = XmlElement("p", {"by": "python"}, [XmlText(chosen.choice(WORDS))])
        self.page.children.insert(chosen.randrange(len(self.page.children) + 1), element)

    def _remove_element(self, chosen: random.Random) -> None:
        if len(self.page.children) > 0:
            del self.page.children[chosen.randrange(len(self.page.children))]


async def perform(peers: dict[str, Peer], order: dict) -> object:
    """Carries out one order and returns what it asks for."""
    name, do = order["peer"], order["do"]
    if do == "create":
        peers[name] = Peer()
        return None
    peer = peers[name]
    if do == "connect":
        await peer.connect(order["url"])
        return None
    if do == "disconnect":
        await peer.disconnect()
        return None
    if do == "mutate":
        peer.mutate(order["seed"], order["user"])
        return None
    if do == "append":
        peer.notes += order["text"]
        return None
    if do == "text":
        return str(peer.notes)
    if do == "isOpen":
        return peer.is_open()
    if do == "update":
        return base64.b64encode(peer.doc.get_update()).decode()
    if do == "frames":
        return [base64.b64encode(frame).decode() for frame in peer.frames]
    if do == "forget":
        await peer.disconnect()
        del peers[name]
        return None
    raise ValueError(f"unknown order {do}")


async def answer(peers: dict[str, Peer], order: dict) -> None:
    try:
        reply = {"id": order["id"], "value": await perform(peers, order)}
    except Exception as error:  # everything is reported to the test, which decides
        reply = {"id": order["id"], "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)


async def main() -> None:
    peers: dict[str, Peer] = {}
    running: set[asyncio.Task[None]] = set()
    lines = asyncio.StreamReader(limit=64 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async for line in lines:
        task = asyncio.create_task(answer(peers, json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)


asyncio.run(main())
