"""Compute backends: Apache Spark."""
