"""What a draft may say while it is not filed (IN-3, IN-9)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.intake.model.applications import NEEDED, Asked, Request, Sketch
from services.intake.model.findings import Finding
from services.intake.rules.counting import named_product
from services.intake.rules.form import merged

FORM = "form"


def sketch_of(asked: Asked) -> Sketch:
    """What is asked so far, as a draft says it. Never raises."""
    if isinstance(asked, Sketch):
        return asked
    whole: dict[str, Any] = {name: getattr(asked, name) for name in NEEDED}
    return Sketch(
        **whole,
        youth_claimed=asked.youth_claimed,
        principal_investigator=asked.principal_investigator,
        manager=asked.manager,
        region_claimed=asked.region_claimed,
        youth_first=asked.youth_first,
        form=asked.form,
    )


def request_of(sketch: Sketch) -> Request | None:
    """What a sketch asks for once it says all that a request needs; None while it does not. Never raises."""
    if sketch.track is None or sketch.product is None or sketch.wished_start is None:
        return None
    if sketch.units is None or sketch.months is None:
        return None
    return Request(
        track=sketch.track,
        product=sketch.product,
        units=sketch.units,
        months=sketch.months,
        wished_start=sketch.wished_start,
        youth_claimed=sketch.youth_claimed,
        principal_investigator=sketch.principal_investigator,
        manager=sketch.manager,
        region_claimed=sketch.region_claimed,
        youth_first=sketch.youth_first,
        form=sketch.form,
    )


def patched(asked: Asked, changes: Mapping[str, Any]) -> Sketch:
    """A draft after a merge patch (RFC 7396): what is not named stays, None takes an answer back, a form is merged.

    Never raises for the fields of a sketch.

    Example: months 6 and form {a, b}, patched with months 3 and form {b: None} → months 3 and form {a}.
    """
    sketch = sketch_of(asked)
    form = changes.get(FORM, {})
    told = {name: value for name, value in changes.items() if name != FORM}
    return replace(sketch, **told, form={} if form is None else merged(sketch.form, form))


def sketch_refusals(sketch: Sketch, by_track: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """What a draft cannot say: a track that the call does not have, or a product that is not its track's.

    A product without its track is taken for what it is: the track is still to be said. Never raises.
    """
    if sketch.track is None:
        return ()
    first = next(iter(by_track.get(sketch.track, ())), "")
    return named_product(sketch.track, first if sketch.product is None else sketch.product, by_track)


def unstated_findings(asked: Asked) -> tuple[Finding, ...]:
    """What a draft still has to say before it can be screened: one failure each; none where it is whole."""
    unstated = asked.unstated if isinstance(asked, Sketch) else ()
    return tuple(Finding("IN-4", "fail", "not_stated", {"asked_field": name}) for name in unstated)
