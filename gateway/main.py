"""Runs the gateway: in a process of its own, or in a thread of embedded mode."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from types import FrameType
from typing import Any

import structlog
import uvicorn

from gateway.app import App
from gateway.issuer.people import People
from gateway.protocol import PunctualProtocol
from gateway.settings import GatewaySettings
from gateway.subscription import Subscription
from services.kit import log as logs
from services.kit import metrics, trace
from services.kit.clock import Clock

log = structlog.get_logger("gateway")

_FINISH_SECONDS = 25
_START_SECONDS = 30


class NotStarted(RuntimeError):
    """The gateway could not begin to listen."""


class Gateway:
    """A gateway with its server. `start`/`stop` for a thread, `run` for a process; `live` takes events in embedded mode."""

    def __init__(self, settings: GatewaySettings, people: People | None = None, clock: Clock | None = None) -> None:
        self.settings = settings
        amqp_url = settings.amqp_url.get_secret_value()
        self._subscription: Subscription | None = None
        self.app = App(settings, people, clock, on_start=self._listen, on_stop=self._unlisten)
        self.live = self.app.live
        if amqp_url:
            self._subscription = Subscription(amqp_url, settings.services, self.live.publish, self.live.lost_some)
        self._server = _Server(_config(self.app), self.app)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serves until SIGTERM or SIGINT; open streams end at once, other answers get time to finish."""
        metrics.announce("gateway", "gateway")
        page = metrics.Exposition(self.settings.metrics_port, self._health).start()
        # Uvicorn raises a signal again after it has stopped in good order; that must not look like a crash.
        signal.signal(signal.SIGTERM, _ignore)
        signal.signal(signal.SIGINT, _ignore)
        # Secrets are SecretStr: they show themselves as stars.
        used = {name: str(value) for name, value in self.settings.model_dump().items()}
        log.info("gateway_started", **{**used, "metrics_port": page.port})
        self._server.run()
        page.stop()
        log.info("gateway_stopped")

    def start(self) -> None:
        """Serves in a thread; returns when it listens."""
        self._thread = threading.Thread(target=self._server.run, name="gateway", daemon=True)
        self._thread.start()
        self._server.listening.wait(_START_SECONDS)
        if not self._server.started:
            raise NotStarted(f"the gateway does not listen on {self.settings.bind}")

    def stop(self) -> None:
        """Stops the thread."""
        self.app.close_streams()
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_FINISH_SECONDS + 5)

    def _health(self) -> metrics.Health:
        stopping = self._server.should_exit
        return metrics.Health(self._server.started and not stopping, {"stopping": stopping})

    def _listen(self) -> None:
        if self._subscription is not None:
            self._subscription.start()

    def _unlisten(self) -> None:
        if self._subscription is not None:
            self._subscription.stop()


def _ignore(signum: int, frame: FrameType | None) -> None:
    """Does nothing: the server has its own handler while it runs."""


class _Server(uvicorn.Server):
    """Uvicorn waits for open answers before it tells the application to stop; live streams would never end."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app
        self.listening = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.listening.set()

    def run(self, sockets: Any = None) -> None:
        try:
            asyncio.run(self.serve(sockets))
        except SystemExit as failed:  # uvicorn's way to say that it cannot listen
            log.error("gateway_cannot_listen", code=failed.code)
        finally:
            self.listening.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.close_streams()
        super().handle_exit(sig, frame)


def _config(app: App) -> uvicorn.Config:
    settings = app.settings
    return uvicorn.Config(
        app,
        http=PunctualProtocol,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_FINISH_SECONDS,
        h11_max_incomplete_event_size=64 * 1024,
        lifespan="on",
    )


def serve(settings: GatewaySettings) -> None:
    """Runs the gateway as a process until it is told to stop."""
    Gateway(settings).run()


def main() -> None:
    """`python -m gateway.main`."""
    settings = GatewaySettings()  # type: ignore[call-arg]  # read from the environment
    logs.configure(settings.log_level)
    provider = trace.configure("gateway", socket.gethostname(), settings.otlp_endpoint)
    serve(settings)
    provider.shutdown()


if __name__ == "__main__":
    main()
