"""Curation: experts' decisions about the vocabulary, as an overlay over an unchanged corpus."""
