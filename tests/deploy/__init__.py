"""The compose file with real containers: `python -m tests.deploy` brings it up, sends documents through it, and restarts each container."""
