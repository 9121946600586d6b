"""Use cases: one function, one transaction: load, decide, save, emit."""
