"""The `dure` command of a checkout: one small function per subcommand.

What runs Dure on this machine stands in `libs/embedded/commands/`, what builds and shows it in `tools/commands/`.
"""

import typer

from libs.embedded.commands import access, check_up, migrating, server
from libs.embedded.connection import running_server
from libs.operator.commands import bus, programmes
from libs.operator.server import find_servers_by
from libs.operator.terminal import colourful
from tools.commands import checking, demonstration, generated, reviewing, suite

app = typer.Typer(
    name="dure",
    help="두레: 공공 GPU 지원 사업을 공모에서 정산까지 · public GPU-support programmes from call to settlement.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if colourful() else None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
find_servers_by(running_server)
app.command("up")(server.up)
app.command("down")(server.down)
app.command("status")(server.status)
app.command("doctor")(check_up.doctor)
app.command("demo")(demonstration.demo)
app.command("test", context_settings=suite.PASS_THROUGH)(suite.run_suite)
app.command("bench", context_settings=suite.PASS_THROUGH)(suite.run_benchmarks)
app.command("check")(checking.check)
app.command("generate")(generated.generate)
app.command("token")(access.token)
app.command("migrate")(migrating.migrate)
app.add_typer(access.clock_app, name="clock")
app.add_typer(programmes.programme_app, name="programme")
app.add_typer(bus.bus_app, name="bus")
app.add_typer(reviewing.review_app, name="review")


def main() -> None:
    """Run the command that the arguments name."""
    app(prog_name="dure")


if __name__ == "__main__":
    main()
