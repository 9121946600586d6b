"""An OIDC provider with TLS for the trial: the embedded issuer in a container of its own. `issuer.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from gateway.issuer.people import DemoClient, DemoPerson, FixedPeople
from gateway.issuer.provider import Client, EmbeddedIssuer
from gateway.issuer.signing import new_key
from services.kit.clock import SystemClock
from tests.deploy.people import SUBJECTS

URL = "https://issuer:8443/issuer"
GATEWAY = "http://127.0.0.1:18000"


def main(folder: str) -> None:
    place = Path(folder)
    people = FixedPeople(
        tuple(DemoPerson(subject, subject) for subject in SUBJECTS), (DemoClient("smoke", "smoke-secret", "clerk@ganzhou"),)
    )
    client = Client("xiaoneng-web", f"{GATEWAY}/auth/callback", f"{GATEWAY}/")
    app = EmbeddedIssuer(URL, new_key(), client, "xiaoneng", people, SystemClock(), anywhere=True)
    certificate, key = place / "issuer.crt", place / "issuer.key"
    uvicorn.run(app, host="0.0.0.0", port=8443, ssl_certfile=str(certificate), ssl_keyfile=str(key), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
