"""Figures: plain arrays and sentences become Plotly figures; nothing is computed here."""
