"""The Tag map page."""
