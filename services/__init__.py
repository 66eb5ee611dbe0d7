"""The services of newswatch: ingest, extract, alert and console, and the command that runs them."""

__version__ = "0.1.0"
