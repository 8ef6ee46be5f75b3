"""Watching quality: how far two versions of a corpus differ, limits of control, and lights with their reasons."""
