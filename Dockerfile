# One image, every service: the compose file chooses by command.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 \
    UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /build
COPY pyproject.toml requirements.lock ./

# The installer itself comes from the lock, checked against its hashes.
RUN awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > uv.txt \
 && test -s uv.txt \
 && pip install --quiet --require-hashes --only-binary :all: -r uv.txt

# The lock also holds the tools of a developer. Resolve what newswatch itself and its extras need to the lock's versions,
# then install exactly those: with --require-hashes a package that the lock does not hold is refused.
RUN uv venv --quiet /opt/newswatch \
 && uv pip compile --quiet --no-header --no-annotate --all-extras -c requirements.lock -o run.txt pyproject.toml \
 && uv pip install --quiet --python /opt/newswatch --compile-bytecode \
        --require-hashes --only-binary :all: -r run.txt -c requirements.lock
RUN uv venv --quiet /opt/hatch \
 && echo hatchling > hatch.in \
 && uv pip compile --quiet --no-header --no-annotate -c requirements.lock -o hatch.txt hatch.in \
 && uv pip install --quiet --python /opt/hatch --require-hashes --only-binary :all: -r hatch.txt -c requirements.lock

COPY README.md LICENSE ./
COPY seeds seeds
COPY shared shared
COPY services services
RUN /opt/hatch/bin/hatchling build -t wheel -d dist \
 && uv pip install --quiet --python /opt/newswatch --compile-bytecode --no-deps --offline dist/*.whl

FROM python:${PYTHON}-slim-bookworm
LABEL org.opencontainers.image.title="newswatch" \
      org.opencontainers.image.description="An event-driven news monitor" \
      org.opencontainers.image.licenses="Apache-2.0"
# Group 0 may write /data and /inbox, so that any user id works with --user ID:0.
RUN useradd --uid 1000 --gid 0 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin newswatch \
 && install -d -o 1000 -g 0 -m 2770 /data /inbox
COPY --from=build /opt/newswatch /opt/newswatch
# Nothing is written outside /data, /inbox and /tmp: the root file system may be read-only.
ENV PATH=/opt/newswatch/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NEWSWATCH_DATA_DIR=/data NEWSWATCH_INBOX_DIR=/inbox
USER 1000:0
WORKDIR /data
VOLUME ["/data", "/inbox"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["newswatch", "doctor", "--role", "all", "--quiet"]
ENTRYPOINT ["newswatch"]
CMD ["run", "all"]
