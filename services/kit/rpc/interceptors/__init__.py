"""What every call passes, outermost first: trace, metrics, errors, deadline, identity, validate."""
