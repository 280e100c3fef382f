"""Run metering: `python -m services.metering api | worker | migrate`."""

from libs.common.process import main
from libs.common.service import Job, Service
from services.metering.consumers import HANDLERS
from services.metering.jobs import watch
from services.metering.messages import MESSAGES
from services.metering.metrics import REGISTRY
from services.metering.routes import outages, statements, usage
from services.metering.tables.base import metadata

SERVICE = Service(
    name="metering",
    title="두레 계량 · Dure metering",
    routers=[usage.router, outages.router, statements.router],
    handlers=HANDLERS,
    jobs=[Job("watch", 60, watch, only_measures=True)],
    metadata=metadata,
    messages=MESSAGES,
    registry=REGISTRY,
)

if __name__ == "__main__":
    main(SERVICE)
