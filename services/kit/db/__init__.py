"""Transactions, tenants, tables and migrations (PostgreSQL by psycopg2; SQLAlchemy Core for schema and reads)."""
