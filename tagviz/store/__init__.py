"""Storage: artifacts in folders, and the database of jobs, feedback and decisions."""
