"""Extract: a file becomes articles, and an article finds its story."""
