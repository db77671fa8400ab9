"""A mail server that writes down what it accepts."""
import email

from aiosmtpd.controller import Controller

from chaos import processes


class MailServer:
    """Accepts every mail, and records its recipient and identifier."""

    def __init__(self, record):
        self._record = record
        self._port = processes.free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    async def handle_DATA(self, server, session, envelope):  # the name that the library calls
        mail = email.message_from_bytes(envelope.content)
        for address in envelope.rcpt_tos:
            self._record.add("mail", to=address, id=mail["message-id"], subject=mail["subject"])
        return "250 OK"

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self._port}"

    def start(self):
        self._controller.start()

    def stop(self):
        self._controller.stop(no_assert=True)
