# One image per service, with what it needs and the operator's command (`python -m libs.operator bus lag`):
# docker build --build-arg SERVICE=intake -t dure-intake .
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-virtualenv -r requirements.txt

FROM python:3.11-slim
ARG SERVICE
RUN test -n "$SERVICE" || { echo "--build-arg SERVICE=intake|review|allocator|metering|billing" >&2; exit 1; } \
    && useradd --system --uid 10001 --user-group --no-create-home dure \
    && mkdir /var/lib/dure && chown dure:dure /var/lib/dure
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY libs/__init__.py libs/__init__.py
COPY libs/common libs/common
COPY libs/operator libs/operator
COPY services/__init__.py services/__init__.py
COPY services/${SERVICE} services/${SERVICE}
COPY programmes programmes
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SERVICE=${SERVICE} \
    DURE_HOST=0.0.0.0 \
    DURE_PORT=8000 \
    DURE_STATE_DIR=/var/lib/dure
USER 10001:10001
EXPOSE 8000 8090
# `exec` hands the process id and with it SIGTERM to Python; the argument is api, worker or migrate.
ENTRYPOINT ["/bin/sh", "-c", "exec python -m services.$SERVICE \"$@\"", "dure"]
CMD ["api"]
