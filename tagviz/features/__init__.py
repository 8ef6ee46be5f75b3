"""Files → FeatureTable: numbers per song from tables, spectrograms and audio."""
