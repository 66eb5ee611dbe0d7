"""Console: reading for people, the few writes of people, the page and the metrics."""
