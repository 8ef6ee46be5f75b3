"""Recommenders: the methods, their building blocks, and the fusion and re-ranking of several methods."""
