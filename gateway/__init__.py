"""The only way in: identity, HTTP/JSON to gRPC, live updates. It knows no business word; a new RPC needs no line here."""
