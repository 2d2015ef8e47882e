"""The outlet of the demo and of tests."""

import socket
import struct
import time
from urllib.parse import urlsplit

import pytest

from workers.demo.outlet import Outlet


def test_whoever_goes_away_before_the_answer_is_whole_is_not_worth_a_word(
    outlet: Outlet, capsys: pytest.CaptureFixture[str]
) -> None:
    outlet.publish("/a", "x" * 5_000_000)
    for asked in (b"GET /a HTTP/1.1\r\nHost: outlet\r\n\r\n", b""):
        with socket.create_connection(("127.0.0.1", urlsplit(outlet.url).port or 0)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends with a reset
            connection.sendall(asked)
            if asked:
                connection.recv(10)
    time.sleep(0.3)
    assert capsys.readouterr().err == ""
