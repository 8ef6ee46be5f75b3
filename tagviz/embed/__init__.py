"""Embeddings: Word2Vec, spectral, sentence models, fine-tuning, and import of trained vectors."""
