"""The operator's command, as a service's image has it: `python -m libs.operator bus lag`, `migrate` …"""

import typer

from libs.operator.commands import bus, migrating, programmes

app = typer.Typer(
    name="dure",
    help="두레 운영 명령 · Dure's commands for operators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("migrate")(migrating.migrate)
app.add_typer(programmes.programme_app, name="programme")
app.add_typer(bus.bus_app, name="bus")

if __name__ == "__main__":
    app(prog_name="dure")
