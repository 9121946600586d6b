"""Fixtures of every test: see `services/kit/testing/plugin.py`."""

pytest_plugins = ["services.kit.testing.plugin"]
