"""Use cases of notifications: one function, one transaction."""
