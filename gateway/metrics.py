"""Metrics of the gateway. Routes are templates, never paths; no person and no session is a label."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

DURATION = Histogram(
    "xiaoneng_http_request_duration_seconds",
    "Time from the head of a request to the end of its answer; live updates are left out.",
    ["method", "route", "code"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
IN_PROGRESS = Gauge("xiaoneng_http_requests_in_progress", "Requests that are being answered.")
REFUSED = Counter("xiaoneng_http_refused_total", "Requests that the gateway itself refused.", ["reason"])
LIVE = Gauge("xiaoneng_http_live_streams", "Open streams of live updates.")
LIVE_EVENTS = Counter("xiaoneng_http_live_events_total", "Events received for live updates, by what became of them.", ["outcome"])
SIGN_INS = Counter("xiaoneng_http_sign_ins_total", "Ends of sign-ins.", ["outcome"])
