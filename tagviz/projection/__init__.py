"""Maps: layout of an embedding, clusters, trust, comparison, and the browser's binary format."""
