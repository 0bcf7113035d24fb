"""Whoever listens on a socket and answers with given bytes, whole or not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence

WHOLE = b"HTTP/1.1 200 OK\r\nX-Amz-Version-Id: v1\r\nContent-Length: 2\r\n\r\nok"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok"


class Peer:
    """It gives these answers to whole requests and then hangs up, also on a connection that waits.
    `hangs`: it says no more and does not hang up either."""

    def __init__(self, *answers: Sequence[bytes], hangs: bool = False) -> None:
        """The answers on each connection."""
        self._answers, self._over = list(answers), threading.Event()
        if not hangs:
            self._over.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.came: list[list[bytes]] = []
        """What came, by connection."""
        threading.Thread(target=self._serves, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._over.set()
        self._listener.close()

    def _serves(self) -> None:
        for answers in self._answers:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            came = list[bytes]()
            self.came.append(came)
            told = (connection, answers, came)
            threading.Thread(target=self._answers_on, args=told, daemon=True).start()

    def _answers_on(
        self, connection: socket.socket, answers: Sequence[bytes], came: list[bytes]
    ) -> None:
        with connection:
            for answer in answers:
                request = connection.recv(1 << 20)
                if not request:
                    break
                came.append(request)
                self._says(connection, answer)
            self._over.wait()

    def _says(self, connection: socket.socket, answer: bytes) -> None:
        try:
            connection.sendall(answer)
        except OSError:
            return  # whoever asked has hung up
