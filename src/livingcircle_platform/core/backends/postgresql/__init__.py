"""Notice a lost PostgreSQL without asking it before every request."""
