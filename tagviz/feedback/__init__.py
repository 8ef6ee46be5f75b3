"""Feedback: what reviewers' verdicts say about models and reviewers, and how answers and trainings use them."""
