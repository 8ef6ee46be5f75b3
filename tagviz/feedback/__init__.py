"""Feedback: what reviewers' verdicts say of models, of one another, and of what should be answered next."""
