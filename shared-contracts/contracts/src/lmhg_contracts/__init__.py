"""Contracts that both planes share: classification, kinds, wire, ledgers."""
