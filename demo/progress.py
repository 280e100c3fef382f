"""Progress bars on standard error: rich ones on a terminal, one line a step elsewhere."""

import contextlib
import time
from collections.abc import Callable, Iterator

from libs.operator.terminal import colourful, note

Tick = Callable[[], None]


class Progress:
    """Shows the demo's steps."""

    @contextlib.contextmanager
    def step(self, words: str, total: int) -> Iterator[Tick]:
        """One step of about `total` ticks."""
        began = time.monotonic()
        if colourful():
            from rich.console import Console  # noqa: PLC0415
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - costs a tenth of a second
            from rich.progress import Progress as Bars  # noqa: PLC0415

            columns = (
                TextColumn("{task.description:<42}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeElapsedColumn(),
            )
            with Bars(*columns, console=Console(stderr=True)) as bars:
                task = bars.add_task(words, total=total)
                yield lambda: bars.advance(task)
                bars.update(task, completed=total)
        else:
            yield lambda: None
            note(f"{words}: {time.monotonic() - began:.1f} s")
