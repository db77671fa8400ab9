"""The peer Tornado, in two processes, as its guide shows it."""
import asyncio
import sys

from orders import Order
from pydantic import ValidationError
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.process import fork_processes
from tornado.web import Application, RequestHandler


class Plaintext(RequestHandler):
    def get(self):
        self.set_header("Content-Type", "text/plain")
        self.write("Hello, World!")


class Greeting(RequestHandler):
    def get(self):
        self.write({"message": "Hello, World!"})


class Orders(RequestHandler):
    def post(self):
        self.set_header("Content-Type", "application/json")
        try:
            self.write(Order.model_validate_json(self.request.body).model_dump_json())
        except ValidationError as error:
            self.set_status(422)
            self.write(error.json())


async def serve(sockets):
    app = Application([("/plaintext", Plaintext), ("/json", Greeting), ("/orders", Orders)])
    HTTPServer(app).add_sockets(sockets)
    await asyncio.Event().wait()


if __name__ == "__main__":
    sockets = bind_sockets(int(sys.argv[1]), "127.0.0.1")
    fork_processes(2)
    asyncio.run(serve(sockets))
