"""Ingest: a file on disk becomes a file row, and only then leaves the inbox."""
