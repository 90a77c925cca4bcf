"""Drives the server with pypomelo's client over TCP. Its own transport needs a version of tornado that no
Python of today runs; this one reads in its place, packet by packet."""

import os
import socket
import unittest

from pypomelo.client import Client
from pypomelo.protocol import Protocol

ADDRESS_VARIABLE = "NANO_CONFORMANCE_TCP"
WAIT_LIMIT_S = 20


class Seen:
    """A handler that keeps what it is told."""

    def __init__(self):
        self.user = None
        self.heartbeats = 0
        self.responses = []
        self.pushes = []

    def on_connected(self, client, user_data):
        self.user = user_data

    def on_heartbeat(self, client):
        self.heartbeats += 1
        client.send_heartbeat()

    def on_response(self, client, route, request, response):
        self.responses.append((route, response))

    def on_push(self, client, route, push_data):
        self.pushes.append((route, push_data))


class BlockingClient(Client):
    def __init__(self):
        super().__init__(Seen())
        self.closed = False
        self.socket = None

    def connect(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=WAIT_LIMIT_S)
        self.send_sync()

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        self.closed = True
        self.socket.close()

    def read(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise EOFError("the server has closed the connection")
            data += part
        return data

    def read_until(self, condition):
        while not condition():
            packet = Protocol.unpack(self.read(4))
            packet.append(self.read(packet.length))
            self.on_protocol(packet)

    def ask(self, route, body):
        """The answer to a request."""
        before = len(self.handler.responses)
        self.send_request(route, body)
        self.read_until(lambda: len(self.handler.responses) > before)
        answered, response = self.handler.responses[-1]
        assert answered == route, answered
        return response

    def next_push(self):
        self.read_until(lambda: self.handler.pushes)
        return self.handler.pushes.pop(0)


class PypomeloTest(unittest.TestCase):
    def setUp(self):
        host, port = os.environ[ADDRESS_VARIABLE].rsplit(":", 1)
        self.client = BlockingClient()
        self.client.connect(host, int(port))
        self.addCleanup(self.client.close)
        self.client.read_until(lambda: self.client.handler.heartbeats > 0)

    def test_handshake_brings_the_user_object(self):
        self.assertEqual(self.client.handler.user, {"greeting": "hello"})

    def test_requests_are_answered(self):
        for body in ({"text": "Grüße 玩家 😀"}, {"list": [1, -2.5, None, True]}, {"text": "x" * 60_000}):
            self.assertEqual(self.client.ask("Test.Echo", body), body)

    def test_many_requests_are_answered_with_their_own_ids(self):
        for n in range(300):
            self.client.send_request("Test.Echo", {"n": n})
        self.client.read_until(lambda: len(self.client.handler.responses) == 300)
        self.assertEqual([body["n"] for _, body in self.client.handler.responses], list(range(300)))

    def test_an_error_is_a_response_with_code_and_msg(self):
        self.assertEqual(self.client.ask("Test.Fail", {}), {"code": "teapot", "msg": "I am a teapot"})
        self.assertEqual(self.client.ask("Nobody.Home", {})["code"], "unknown_route")
        self.assertEqual(self.client.ask("Test.Echo", {"n": 1}), {"n": 1})

    def test_a_push_has_its_route_in_plain(self):
        self.client.send_notify("Test.Poke", {"text": "wake up"})
        self.assertEqual(self.client.next_push(), ("onPoke", {"text": "wake up"}))

    def test_a_kick_closes(self):
        self.client.send_request("Test.Kick", {"reason": "enough"})
        self.client.read_until(lambda: self.client.closed)


if __name__ == "__main__":
    unittest.main()
