"""A client of the shop's public API."""
import http.client
import json
import socket


class NoAnswer(Exception):
    """Nothing is known of what became of a request: no response arrived, or not all of it."""


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self._body = body

    @property
    def json(self):
        try:
            return json.loads(self._body or b"null")
        except ValueError:
            return None


class Client:
    """Sends one request at a time over a connection that it keeps."""

    def __init__(self, shop):
        self._shop = shop
        self._connection = None
        self.token = None
        self.cookie = None

    def send(self, method, path, body=None, limit=15, **headers):
        """Sends a request and returns the Answer. `limit` is in seconds.

        Raises NoAnswer if none arrives in time.
        """
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            fields["content-type"] = "application/json"
        if self.token:
            fields["authorization"] = "Bearer " + self.token
        if self.cookie:
            fields["cookie"] = self.cookie
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._shop.port, timeout=limit)
                self._connection.connect()
                self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection.sock.settimeout(limit)
            self._connection.request(method, path, None if body is None else json.dumps(body), fields)
            response = self._connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
            if response.will_close:
                self.close()
            return answer
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(str(error) or type(error).__name__) from error

    def close(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None
