"""Quality monitoring: drift between two versions of a corpus, control limits, and lights with their reasons."""
