"""Jobs: durable work, queued in the transaction that decided it.

Owns the table `job`, the queue (`enqueue`) and the workers (`Worker`). Leaves which tasks there are to the composition
root, which gives the worker a list of them; and truth to the tables of whoever queued: a job says "look at this".
"""

from __future__ import annotations

from engine.jobs.queue import DeadJob, Job, JobCounts, counts, enqueue, enqueue_many, list_dead, revive
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
    "enqueue",
    "enqueue_many",
    "list_dead",
    "revive",
]
