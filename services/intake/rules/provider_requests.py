"""What stands for the request of who applies as a provider: the events of every application name one (IN-4)."""

import datetime as dt
from dataclasses import fields, replace

from libs.common.calendar import months_between
from services.intake.model.applications import Asked, Request, Sketch
from services.intake.policy.provider_offers import ProviderRequestPolicy

A_DAY = dt.timedelta(days=1)


def whole_request(asked: Asked, policy: ProviderRequestPolicy) -> Request:
    """A provider's application as it is filed: what it leaves open is the call's first product, once, for all its use.

    What it says stays as it was said. Months are the whole months (CV-3) of the call's window of use, at least 1, from
    its first day. What is offered, the form declares. Never raises.

    Example: S1 ①: one A100x2 for nine months from 1 April 2025.
    """
    if isinstance(asked, Request):
        return asked
    months = months_between(policy.use_starts_on, policy.use_ends_on + A_DAY)
    sketch = replace(
        asked,
        track=asked.track or policy.track,
        product=asked.product or policy.product,
        units=asked.units or 1,
        months=asked.months or max(1, months),
        wished_start=asked.wished_start or policy.use_starts_on,
    )
    return _request(sketch)


def _request(sketch: Sketch) -> Request:
    return Request(**{one.name: getattr(sketch, one.name) for one in fields(Request)})
