# syntax=docker/dockerfile:1
# Two stages: the first builds a virtual environment, the second holds Python, that environment and nothing else.

FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src

# Without pip inside: the environment is filled from outside and cannot change itself later.
RUN python -m venv --without-pip /opt/teletipo

# The dependencies change seldom: a layer of their own, each checked against its hash. There is no compiler here, so only
# wheels will do.
COPY requirements.lock ./
RUN pip --python /opt/teletipo/bin/python install --require-hashes --only-binary :all: -r requirements.lock

COPY pyproject.toml README.md ./
COPY ingest ingest
COPY workers workers
COPY config config
RUN pip --python /opt/teletipo/bin/python install --no-deps --no-build-isolation . \
    && python -m compileall -q /opt/teletipo


FROM python:3.12-slim
LABEL org.opencontainers.image.title="teletipo" \
      org.opencontainers.image.description="A newswire of your own" \
      org.opencontainers.image.licenses="Apache-2.0"

# A number, so that Kubernetes' runAsNonRoot can see it is not root.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin teletipo \
    && install --directory --owner=10001 --group=10001 /data
COPY --from=build /opt/teletipo /opt/teletipo

ENV PATH=/opt/teletipo/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TELETIPO_DATA=/data
WORKDIR /data
USER 10001:10001
STOPSIGNAL SIGTERM
CMD ["teletipo", "run"]
