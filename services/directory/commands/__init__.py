"""The use cases of directory: one function, one transaction."""
