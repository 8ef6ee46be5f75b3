"""A person without a browser: opens pages over the websocket, as Streamlit's own client does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class Rerun:
    """One run of a page.

    Attributes:
        seconds: from the question to the message that the script has ended.
        messages: how many messages came.
        received: bytes of all messages.
        failed: whether the page showed an exception or ended in one.
        deltas: what the page drew, in the order in which it came.
    """

    seconds: float
    messages: int
    received: int
    failed: bool
    deltas: tuple[Delta, ...]

    @property
    def text(self) -> str:
        """All of the page's elements, as the protocol writes them."""
        return "\n".join(str(delta) for delta in self.deltas)


class WebsocketClient:
    """One session of one person."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def run(self, page: str = "", params: Mapping[str, str] | None = None, timeout: float = 120.0) -> Rerun:
        """Runs a page (its name in the address, "" for the home page) and waits until it has ended.

        Raises:
            TimeoutError: where it does not end in time.
        """
        return self.run_query(page, urlencode(params or {}), timeout)

    def run_query(self, page: str, query: str, timeout: float = 120.0, pressed: str = "") -> Rerun:
        """The same with the address as it is written after the question mark.

        pressed: id of a button, said to be pressed, whether or not the page would let a browser press it."""
        question = BackMsg()
        question.rerun_script.page_name = page
        question.rerun_script.query_string = query
        if pressed:
            state = question.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = pressed, True
        started = time.perf_counter()
        self._connection.send(question.SerializeToString())
        messages = received = 0
        failed = False
        deltas: list[Delta] = []
        while True:
            left = timeout - (time.perf_counter() - started)
            content = self._connection.recv(timeout=max(0.01, left))
            assert isinstance(content, bytes)
            message = ForwardMsg.FromString(content)
            messages += 1
            received += len(content)
            if message.WhichOneof("type") == "delta":
                failed |= message.delta.new_element.WhichOneof("type") == "exception"
                deltas.append(message.delta)
            elif message.WhichOneof("type") == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                failed |= message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY
                return Rerun(time.perf_counter() - started, messages, received, failed, tuple(deltas))


@contextmanager
def websocket_client(address: str, headers: Mapping[str, str] | None = None) -> Iterator[WebsocketClient]:
    """A session with the server at an address such as http://127.0.0.1:8501."""
    url = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(
        url,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers=dict(headers or {}),
        max_size=MAX_BYTES,
        proxy=None,
    ) as connection:
        yield WebsocketClient(connection)
