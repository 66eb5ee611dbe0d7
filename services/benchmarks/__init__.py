"""Measurements that `newswatch bench` takes."""
