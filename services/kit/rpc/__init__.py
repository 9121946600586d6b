"""Server and channel: what stands between the wire and a servicer's ten lines. Not for workers (they never import grpc)."""

from services.kit.rpc.call import caller

__all__ = ["caller"]
