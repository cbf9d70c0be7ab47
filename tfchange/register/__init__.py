"""The embedded desk: changes, approvals and an audit trail in SQLite or PostgreSQL."""
