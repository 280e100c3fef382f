"""When an independent check finds an allocation that the rules forbid, nothing is stored and people are told."""

from collections.abc import Sequence

from libs.common import log
from libs.common.errors import Conflict
from services.allocator.metrics import METRICS

_log = log.get(__name__)


def refuse_unsound(kind: str, programme: str, wrong: Sequence[str]) -> None:
    """Refuse an allocation and raise the alarm, which names every breach. Raises Conflict; nothing where none is wrong.

    `kind`: `placement` or `pool`, the label of the alarm's counter.
    """
    if not wrong:
        return
    METRICS.unsound.labels(kind).inc()
    _log.error("allocation_unsound", kind=kind, programme=programme, breaches=list(wrong))
    raise Conflict("allocation_unsound", "AL-3", programme=programme, breaches=len(wrong))
