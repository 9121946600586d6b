"""Migrations of the services that the tests of the bus use."""
