"""Reads rules; writes matches, alerts, the notification ledger and messages."""
