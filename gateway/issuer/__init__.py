"""An OIDC issuer for embedded mode: the demo people are chosen from a list, nobody has a password. Loopback only."""
