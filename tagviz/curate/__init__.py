"""Curation: what experts decide about the vocabulary, as a layer over a corpus that stays as it came."""
