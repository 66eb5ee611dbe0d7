"""Reads and writes articles, candidates and stories."""
