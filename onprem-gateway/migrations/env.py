"""Runs the gateway's migrations on the connection that `lmhg_kit.persistence.install` opened."""

from lmhg_kit.persistence.install import run_environment

run_environment()
