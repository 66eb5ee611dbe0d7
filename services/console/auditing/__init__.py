"""The checks of the audit, one module a book. Reads only."""
