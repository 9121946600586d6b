"""Protos to commands and rows, rows to protos. Pure."""
