"""Offline evaluation: splits, metrics, reports, their views and their files."""
