"""An OIDC issuer for embedded mode: the demo people are chosen from a list, nobody has a password. Loopback only."""

from gateway.issuer.people import DemoClient, DemoPerson, People
from gateway.issuer.provider import DEMO_GRANT, EmbeddedIssuer

__all__ = ["DEMO_GRANT", "DemoClient", "DemoPerson", "EmbeddedIssuer", "People"]
