"""Odd input for every route: values, the places a route reads, and a driver that accepts no 5xx."""
