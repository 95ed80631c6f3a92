#!/usr/bin/env python3
"""An https server on loopback that stores what is posted to it, for tests of outgoing requests.

    webhook_sink.py FOLDER      prints its port

Request N is FOLDER/N.json: {"path", "headers", "body"}. The path says the answer: /200, /503, /302 (leads to /200), /big (2 MiB).
The certificate is FOLDER/ca.pem, for 127.0.0.1 and localhost, made with the program openssl.
"""
import http.server
import json
import pathlib
import ssl
import subprocess
import sys

FOLDER = pathlib.Path(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        Handler.requests += 1
        told = {"path": self.path, "headers": dict(self.headers.items()), "body": body}
        (FOLDER / f"{Handler.requests}.json").write_text(json.dumps(told))
        answer = b"x" * (2 << 20) if self.path == "/big" else b"{}"
        self.send_response(200 if self.path == "/big" else int(self.path[1:]))
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Location", "/200")
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_):
        pass


cert, key = FOLDER / "ca.pem", FOLDER / "key.pem"
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=sink",
                "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", cert], check=True, capture_output=True)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
