"""Proofs judged by code that shares nothing with what made them."""
