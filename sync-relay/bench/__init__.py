"""Measures the relay; `python sync-relay/bench` prints a table and writes JSON."""
