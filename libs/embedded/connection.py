"""Where the commands find the one-machine Dure of this folder, and with which token they speak to it."""

from libs.embedded.home import Home
from libs.operator.server import Server
from libs.operator.terminal import fail


def running_server() -> Server:
    """The running server with tokens of its own issuer; without one the command ends with a sentence."""
    from libs.embedded.issuer import Issuer  # noqa: PLC0415  (cryptography takes its time to load)

    home = Home.here()
    running = home.running()
    if running is None:
        fail("서버가 돌고 있지 않습니다. 먼저 ./dure up", "Dure is not running: start it with ./dure up")
    issuer = Issuer.open(home.key)
    return Server(running.url, lambda role: issuer.token(role, subject="dure-cli"))
