#!/usr/bin/env python3
"""A mail server on loopback that does as it is told, for tests of the sender.

    smtp_sink.py FOLDER [--tls starttls|tls] [--auth USER:PASSWORD] [--script WORD,WORD...]

Prints its port. Stores mail N as FOLDER/N.eml, commands of all connections in FOLDER/commands (credentials blanked).
--script says what the content of the first, second... mail is answered with, the last word for all after it:
`ok`, a reply code (`451`, `554`), `drop` (taken, then the connection goes away without an answer), `hang` (no answer).
`rcpt:CODE` answers RCPT with the code, `mail:CODE` MAIL, `noauth` refuses credentials, `nostarttls` does not offer it.
The certificate is FOLDER/ca.pem, for 127.0.0.1 and localhost, made with the program openssl.
"""
import argparse
import base64
import pathlib
import socket
import ssl
import subprocess
import sys
import threading


class Sink:
    def __init__(self, options):
        self.folder = pathlib.Path(options.folder)
        self.mode = options.tls
        self.auth = options.auth
        self.script = options.script.split(",")
        self.turns = self.mails = self.connections = 0
        self.lock = threading.Lock()
        self.context = self.make_context() if options.tls else None

    def make_context(self):
        cert, key = self.folder / "ca.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=sink", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                        "-keyout", key, "-out", cert], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        return context

    def note(self, text):
        with self.lock, open(self.folder / "commands", "a", encoding="utf-8") as log:
            log.write(text + "\n")

    def word(self):
        """What the next mail is answered with."""
        return self.script[min(self.turns, len(self.script) - 1)]

    def serve(self, connection):
        self.connections += 1
        self.note(f"connection {self.connections}")
        try:
            if self.mode == "tls":
                connection = self.context.wrap_socket(connection, server_side=True)
            Dialogue(self, connection).run()
        except OSError as gone:
            self.note(f"lost: {type(gone).__name__}")


class Dialogue:
    def __init__(self, sink, connection):
        self.sink, self.connection = sink, connection
        self.lines = connection.makefile("rb")
        self.is_tls = sink.mode == "tls"
        self.is_authenticated = not sink.auth

    def say(self, *lines):
        text = "".join(f"{line}\r\n" for line in lines)
        self.connection.sendall(text.encode())

    def run(self):
        self.say("220 sink ESMTP")
        while raw := self.lines.readline():  # STARTTLS replaces `lines`
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            verb = line.split(" ")[0].upper()
            self.sink.note(verb if verb == "AUTH" else line)
            if not getattr(self, "on_" + verb.lower(), self.unknown)(line):
                break
        self.connection.close()

    def unknown(self, _):
        self.say("500 what")
        return True

    def on_ehlo(self, _):
        word = self.sink.word()
        offers = ["250-sink"]
        if self.sink.mode == "starttls" and not self.is_tls and word != "nostarttls":
            offers.append("250-STARTTLS")
        if self.sink.auth and (self.is_tls or not self.sink.mode):
            offers.append("250-AUTH PLAIN")
        self.say(*offers, "250 8BITMIME")
        return True

    def on_starttls(self, _):
        self.say("220 go")
        self.connection = self.sink.context.wrap_socket(self.connection, server_side=True)
        self.lines = self.connection.makefile("rb")
        self.is_tls = True
        return True

    def on_auth(self, line):
        given = line.split(" ")[2] if line.count(" ") >= 2 else None
        if given is None:
            self.say("334 ")
            given = self.lines.readline().decode().strip()
        user, password = self.sink.auth.split(":", 1)
        good = base64.b64decode(given) == f"\0{user}\0{password}".encode() and self.sink.word() != "noauth"
        self.is_authenticated = good
        self.say("235 welcome" if good else "535 5.7.8 no")
        return True

    def on_mail(self, _):
        word = self.sink.word()
        if not self.is_authenticated:
            self.say("530 5.7.0 authenticate first")
        elif word.startswith("mail:"):
            self.sink.turns += 1
            self.say(f"{word[5:]} not you")
        else:
            self.say("250 ok")
        return True

    def on_rcpt(self, _):
        word = self.sink.word()
        if word.startswith("rcpt:"):
            self.sink.turns += 1
            self.say(f"{word[5:]} not them <somebody@example.com>")
        else:
            self.say("250 ok")
        return True

    def on_data(self, _):
        self.say("354 go on")
        content = b""
        for raw in iter(self.lines.readline, b""):
            if raw == b".\r\n":
                break
            content += raw[1:] if raw.startswith(b".") else raw
        word = self.sink.word()
        self.sink.turns += 1
        if word in ("ok", "drop"):
            self.sink.mails += 1
            (self.sink.folder / f"{self.sink.mails}.eml").write_bytes(content)
        if word == "drop":
            return False
        if word == "hang":
            self.lines.read(1)  # until the other side has had enough
            return False
        self.say("250 taken" if word == "ok" else f"{word} not now")
        return True

    def on_rset(self, _):
        self.say("250 ok")
        return True

    def on_quit(self, _):
        self.say("221 bye")
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--tls", choices=["starttls", "tls"])
    parser.add_argument("--auth")
    parser.add_argument("--script", default="ok")
    sink = Sink(parser.parse_args())
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        connection, _ = server.accept()
        threading.Thread(target=sink.serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
