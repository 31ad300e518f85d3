"""AWS as moto plays it, and what the tests need besides.

One request at a time, and what moto makes up depends on nothing but what is asked, and how often it
was asked before. So two tools that ask for the same are given the same, in whatever order they ask;
and a recording, played again, makes the same objects without the tool that asked for them.

  POST /tests/reset      forgets every object
  GET  /tests/recording  the requests since then that may have changed something, one a line
  POST /tests/replay     makes such requests

Prints the port that it listens on, and ends with its standard input.
"""

import io
import json
import logging
import os
import re
import sys
import threading
from collections import Counter
from urllib.parse import parse_qs

from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

OURS = "/tests/"
READS = ("Describe", "Get", "List")
REGION = "us-east-1"

MISSING = "<Response><Errors><Error><Code>Missing</Code><Message>{}</Message></Error></Errors></Response>"

# What a provider makes up of the time, or of nothing, to tell one request from another.
TOKEN = re.compile(r"ClientToken=[^&]*|20\d{16}[0-9a-f]{8}")


def reads(environ, body):
    """Whether a request cannot change anything that a later one sees."""
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return True
    action = parse_qs(body.decode("latin-1")).get("Action", [""])[0]
    return action.startswith(READS)


def text_of(environ):
    """What of a request can be written down: all but the connection."""
    ours = lambda name, value: isinstance(value, (str, dict)) and not name.startswith("wsgi.")
    return {name: value for name, value in environ.items() if ours(name, value)}


class Recorder:
    """moto, and the requests that may have changed something."""

    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.lock = threading.Lock()
        self.begin()
        self.commands = {"reset": self.reset, "recording": self.recording, "replay": self.replay}

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["PATH_INFO"]
        with self.lock:
            if path.startswith(OURS):
                said = self.commands[path.removeprefix(OURS)](environ, body)
                start_response("200 OK", [("Content-Length", str(len(said)))])
                return [said]
            return self.ask(environ, body, start_response)

    def ask(self, environ, body, start_response):
        """One request. What it makes up is its own."""
        changes = not reads(environ, body)
        if changes:
            self.changes.append({"environ": text_of(environ), "body": body.decode("latin-1")})
            asked = environ["REQUEST_METHOD"] + environ["RAW_URI"] + body.decode("latin-1")
            asked = TOKEN.sub("", asked)
            self.asked[asked] += 1
            mock_random.seed(f"{self.asked[asked]} {asked}")
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            answer = self.moto(environ, start_response)
        except NotImplementedError as missing:
            # Not as a failure of the server, which providers try again for minutes.
            start_response("400 Bad Request", [("Content-Type", "text/xml")])
            return [MISSING.format(missing).encode()]
        try:
            return list(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()

    def begin(self):
        """What is there from the start, which moto would make at the first request for it."""
        self.changes = []
        self.asked = Counter()
        mock_random.seed(0)
        get_backend("ec2")[DEFAULT_ACCOUNT_ID][REGION]

    def reset(self, _environ, _body):
        BackendDict.reset()
        reset_model_data()
        self.begin()
        return b""

    def recording(self, _environ, _body):
        return "".join(json.dumps(line) + "\n" for line in self.changes).encode()

    def replay(self, environ, body):
        connection = {name: value for name, value in environ.items() if name.startswith("wsgi.")}
        for line in body.decode().splitlines():
            asked = json.loads(line)
            start = lambda *_: None
            self.ask(connection | asked["environ"], asked["body"].encode("latin-1"), start)
        return b""


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    handler = MotoRequestHandler
    server = make_server("127.0.0.1", 0, Recorder(), threaded=True, request_handler=handler)
    threading.Thread(target=end_with_input, daemon=True).start()
    print(server.server_port, flush=True)
    server.serve_forever()


main()
