# The production image: bot, workers and beat; docker-compose.yml says which. No rehearsal, no tools, not root.
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
COPY pyproject.toml README.md LICENSE ./
COPY novacore ./novacore
RUN /srv/venv/bin/pip install --no-deps --no-build-isolation --editable . \
    && /srv/venv/bin/python -m compileall -q novacore \
    && /srv/venv/bin/pip uninstall --yes --quiet pip

FROM ${PYTHON_IMAGE}
# PYTHONUNBUFFERED: log lines leave at once. MPLCONFIGDIR: charts keep their font list where this user may write.
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp/matplotlib
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin novacore \
    && install -d -o novacore -g novacore -m 0700 /var/lib/novacore /var/log/novacore
COPY --from=build /srv/venv /srv/venv
COPY --from=build /srv/novacore /srv/novacore
WORKDIR /srv/novacore
USER 10001:10001
STOPSIGNAL SIGTERM
CMD ["novacore", "--help"]
