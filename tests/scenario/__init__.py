"""The clauses of the regulations as executable scenarios: over gRPC, on a driven clock, each in a tenant of its own."""
