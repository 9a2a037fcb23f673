"""Webhook deliveries, kept encrypted until the worker opened them."""
