"""Hydra mode: Ory Hydra issues the tokens, our screens answer its challenges."""
