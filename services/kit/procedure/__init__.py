"""The step machine: a procedure is data, an instance is its steps. Pure."""
