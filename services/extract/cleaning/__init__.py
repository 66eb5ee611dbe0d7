"""Cleaning: the article within what was dropped, its fields with their sources, its language."""
