"""The console: pages, health and metrics over HTTP, served until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

from services.console.hosts import is_loopback, refuse_listening
from services.console.pages import alerts, articles, operating, overview, stories, why, why_api
from services.console.pages.errors import add_error_pages
from services.console.pages.guard import Guard
from services.console.pages.health import HealthChecks
from services.console.queries.comparing import Comparing
from shared.errors import SettingsError
from shared.runtime import Runtime
from shared.settings import ConsoleSettings
from shared.worker import HEARTBEAT_SECONDS, Heartbeat

log = logging.getLogger("newswatch.console")

SHUTDOWN_SECONDS = 1
BACKLOG_CONNECTIONS = 128
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - named to be replaced


def create_app(runtime: Runtime, comparing: Comparing) -> FastAPI:
    """Return the application; it reads through *runtime* and keeps nothing between requests.

    *comparing* judges two articles that no stored link tells of.
    """
    # The stock pages for the API load their scripts from a CDN: off.
    app = FastAPI(title="newswatch", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.runtime = runtime
    app.state.comparing = comparing
    app.state.health = HealthChecks(runtime)
    for module in (overview, stories, articles, why, why_api, alerts, operating):
        app.include_router(module.router)
    add_error_pages(app)
    app.add_middleware(Guard, allowed_hosts=runtime.settings.console.allowed_hosts)
    return app


def serve(
    runtime: Runtime,
    stop: threading.Event,
    *,
    comparing: Comparing,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the console in this thread until *stop* is set; no signal handler is installed.

    *comparing* judges two articles that no stored link tells of. *on_ready* is called once with the
    address, as soon as requests are answered.

    Raises:
        SettingsError: the address may not be listened on, or cannot be.
    """
    settings = runtime.settings.console
    refusal = refuse_listening(settings.host, trust_network=settings.trust_network)
    if refusal is not None:
        raise SettingsError(refusal)
    if not is_loopback(settings.host):
        log.warning("console.trust_network: no accounts, and %s is reachable", settings.host)
    listener = _listen(settings)
    with contextlib.closing(listener), _heartbeat(runtime):
        server = StoppableServer(_config(runtime, comparing), stop, on_ready, _address(listener))
        asyncio.run(server.serve(sockets=[listener]))


class StoppableServer(uvicorn.Server):
    """A server that ends with an event instead of a signal, and says when it answers."""

    def __init__(
        self,
        config: uvicorn.Config,
        stop: threading.Event,
        on_ready: Callable[[str], None] | None,
        address: str,
    ) -> None:
        super().__init__(config)
        self._stop = stop
        self._on_ready = on_ready
        self._address = address

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever called serve()."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets=sockets)
        if self.started and self._on_ready is not None:
            self._on_ready(self._address)

    async def on_tick(self, counter: int) -> bool:
        """Look at the event ten times a second."""
        return await super().on_tick(counter) or self._stop.is_set()


def _config(runtime: Runtime, comparing: Comparing) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(runtime, comparing),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def _listen(settings: ConsoleSettings) -> socket.socket:
    """Return a socket that listens where the settings say; port 0 takes any free one."""
    host = settings.host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(
            host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, _, _, _, address = found[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG_CONNECTIONS)
    except OSError as error:
        raise SettingsError(_listen_error(settings, error)) from None


def _listen_error(settings: ConsoleSettings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"console.port {settings.port}: something else listens on {settings.host} there; "
            "set NEWSWATCH_CONSOLE_PORT to another port, or to 0 for any free one"
        )
    if error.errno == errno.EACCES:
        return f"console.port {settings.port}: not allowed to listen there ({error.strerror})"
    return f"console.host {settings.host}: cannot listen there ({error.strerror or error})"


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = _ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def _heartbeat(runtime: Runtime) -> Iterator[None]:
    """Say that the console lives, from a thread, for as long as the context is open."""
    heartbeat, done = Heartbeat(runtime, "console"), threading.Event()

    def beat() -> None:
        while not done.is_set():
            heartbeat.beat()
            done.wait(HEARTBEAT_SECONDS)

    thread = threading.Thread(target=beat, name="heartbeat-console", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        # A database that hangs must not hold up the stop: the row then ages away by itself.
        thread.join(SHUTDOWN_SECONDS / 2)
        if not thread.is_alive():
            heartbeat.end()
