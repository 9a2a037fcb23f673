"""The monthly statement: made by the worker from the ledgers alone, and the same bytes offline."""
