"""Tests of the pure parts of the alert service."""
