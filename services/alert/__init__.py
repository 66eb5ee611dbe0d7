"""Alert: an article meets the watch rules, and whoever asked is told once, with the reason."""
