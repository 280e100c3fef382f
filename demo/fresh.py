"""A Dure of its own for one play: a server in a folder that is thrown away afterwards."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.api import Api
from libs.embedded.commands.server import STOP_LIMIT_S, start
from libs.embedded.home import Home
from libs.embedded.issuer import Issuer


@contextmanager
def fresh_server() -> Iterator[Api]:
    """All five services on a free port, with an empty database and a clock to set; gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="dure-play-") as folder:
        Path(folder).chmod(0o755)
        home = Home(Path(folder))
        home.make()
        before = os.environ.get("DURE_HOME")
        os.environ["DURE_HOME"] = folder
        try:
            command = [sys.executable, "-P", "-m", "libs.embedded.serve", "--port", "0", "--for-demo"]
            process, running = start(home, command)
        finally:
            os.environ.pop("DURE_HOME")
            if before is not None:
                os.environ["DURE_HOME"] = before
        api = Api(running.url, Issuer.open(home.key))
        try:
            yield api
        finally:
            api.close()
            process.terminate()
            process.wait(STOP_LIMIT_S)
