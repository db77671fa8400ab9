"""A mail server (aiosmtpd) for tests. It prints its port, and then each mail that it has taken as JSON, in several lines.

usage: mail_server.py [--starttls | --tls] [--require-starttls] [--certificate FILE --key FILE] [--user NAME --password WORD]
                      [--without MECHANISM]
"""
import argparse
import asyncio
import base64
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

options = argparse.ArgumentParser()
for flag in ("starttls", "tls", "require-starttls"):
    options.add_argument("--" + flag, action="store_true")
for value in ("certificate", "key", "user", "password"):
    options.add_argument("--" + value)
options.add_argument("--without", action="append", default=[])
given = options.parse_args()


class Mails:
    mechanism = None

    async def handle_DATA(self, server, session, envelope):
        # In pieces, since lines have a limit. An empty line is the end.
        text = json.dumps({
            "sender": envelope.mail_from, "receivers": envelope.rcpt_tos, "isSecured": given.tls or session.ssl is not None,
            "mechanism": Mails.mechanism if session.authenticated else None, "message": base64.b64encode(envelope.content).decode(),
        })
        print("\n".join([text[i:i + 2000] for i in range(0, len(text), 2000)]) + "\n", flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    Mails.mechanism = mechanism
    is_right = data.login.decode() == given.user and data.password.decode() == given.password
    return AuthResult(success=is_right, handled=False)


async def main():
    context = None
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)

    def session():
        return SMTP(
            Mails(), hostname="test", enable_SMTPUTF8=False, tls_context=context if given.starttls else None,
            require_starttls=given.require_starttls, authenticator=authenticate if given.user else None,
            auth_required=given.user is not None, auth_require_tls=not given.tls, auth_exclude_mechanism=given.without)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if given.tls else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
