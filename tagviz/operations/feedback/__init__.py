"""Feedback of reviewers: record it, ask for it, and use it."""

from __future__ import annotations

from tagviz.operations.feedback.adjust import (
    adjusted_model,
    collect_examples,
    feedback_matrix,
    query_batch,
    weights,
)
from tagviz.operations.feedback.blind import (
    interleaved,
)
from tagviz.operations.feedback.queue import (
    DEPTH,
    EACH,
    SHOWN,
    WAYS,
    QueueRequest,
    Task,
    questions,
    tasks,
)
from tagviz.operations.feedback.record import (
    NOTHING,
    answers_by,
    current_feedback,
    export,
    feedback_context,
    feedback_store,
    forget,
    record_feedback,
    verdict,
    version,
)
from tagviz.operations.feedback.summary import (
    Summary,
    summarize,
)

__all__ = [
    "DEPTH",
    "EACH",
    "NOTHING",
    "SHOWN",
    "WAYS",
    "QueueRequest",
    "Summary",
    "Task",
    "adjusted_model",
    "answers_by",
    "collect_examples",
    "current_feedback",
    "export",
    "feedback_context",
    "feedback_matrix",
    "feedback_store",
    "forget",
    "interleaved",
    "query_batch",
    "questions",
    "record_feedback",
    "summarize",
    "tasks",
    "verdict",
    "version",
    "weights",
]
