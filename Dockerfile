# The image. By itself it is the whole shop in one process, with everything that it keeps in one volume; compose.small.yml
# runs it like that. docker-compose.yml runs the same image as bot, workers and beat. No rehearsal, no tools, not root.
#
#   docker build --tag novacore:0.2.0 .
#   docker run --detach --init --restart unless-stopped --env-file .env --env DATABASE_PATH=/var/lib/novacore/novacore.db \
#       --env LOG_DIR=/var/lib/novacore/logs --volume novacore:/var/lib/novacore novacore:0.2.0
#
# The two paths stand there because .env has its own for them, which mean folders of the machine.
#
# To hold the base to the very bytes that you tested, add its digest (`docker buildx imagetools inspect IMAGE` prints
# it): docker compose build --build-arg PYTHON_IMAGE=python:3.13.7-slim-bookworm@sha256:...
ARG PYTHON_IMAGE=python:3.13.7-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
RUN python -m venv /srv/venv
WORKDIR /srv/novacore
# By itself, so that a change of our own code installs nothing anew. Wheels only: there is no compiler here.
COPY locks/production.lock ./locks/
RUN /srv/venv/bin/pip install --require-hashes --only-binary :all: -r locks/production.lock
# For the Parquet of `/export`: docker build --build-arg EXTRA_PACKAGES=pyarrow ...
ARG EXTRA_PACKAGES=
RUN [ -z "$EXTRA_PACKAGES" ] || /srv/venv/bin/pip install --only-binary :all: $EXTRA_PACKAGES
COPY pyproject.toml README.md LICENSE ./
COPY novacore ./novacore
RUN /srv/venv/bin/pip install --no-deps --no-build-isolation --editable . \
    && /srv/venv/bin/python -m compileall -q novacore \
    && /srv/venv/bin/pip uninstall --yes --quiet pip

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="NovaCore" \
      org.opencontainers.image.description="The Discord bot that runs a digital-goods shop" \
      org.opencontainers.image.version="0.2.0" \
      org.opencontainers.image.licenses="MIT"
# PYTHONUNBUFFERED: log lines leave at once. MPLCONFIGDIR: charts keep their font list where this user may write.
# NOVACORE_IMAGE: `go-live` tells from it that the shop is going to run in a container, with its data in a volume.
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp/matplotlib \
    DATABASE_PATH=/var/lib/novacore/novacore.db LOG_DIR=/var/lib/novacore/logs NOVACORE_IMAGE=1
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin novacore \
    && install -d -o novacore -g novacore -m 0700 /var/lib/novacore /var/log/novacore
COPY --from=build /srv/venv /srv/venv
COPY --from=build /srv/novacore /srv/novacore
WORKDIR /srv/novacore
USER 10001:10001
STOPSIGNAL SIGTERM
VOLUME /var/lib/novacore
HEALTHCHECK --interval=60s --timeout=30s --retries=3 --start-period=60s CMD ["novacore", "doctor", "--quick", "bot"]
CMD ["novacore", "run"]
