"""Jobs: durable work, queued in the transaction that decided it.

Owns the tables `job` and `job_clock`, the queue (`enqueue`) and the workers (`Worker`). Leaves which tasks there are to
the composition root, which gives the worker a list of them; and truth to the tables of whoever queued: a job says "look
at this".
"""

from __future__ import annotations

from engine.jobs.parked import DeadJob, JobCounts, counts, dead, drop, forget, retry
from engine.jobs.queue import Job, enqueue, enqueue_many
from engine.jobs.task import Payload, Task
from engine.jobs.worker import Worker

__all__ = [
    "DeadJob",
    "Job",
    "JobCounts",
    "Payload",
    "Task",
    "Worker",
    "counts",
    "dead",
    "drop",
    "enqueue",
    "enqueue_many",
    "forget",
    "retry",
]
