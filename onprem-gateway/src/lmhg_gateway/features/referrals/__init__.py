"""Referrals: how people come to the practice."""
