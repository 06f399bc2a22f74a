"""Flows: what a business does by itself when a record changes, and what it asks people to decide.

    definition   one flow as it is defined; `reading` makes it from a document, `soundness` and `planning` check it
    state        one run as it stands; `advance` (pure) says what an event makes of it
    runner       one event, one transaction: load, lock, advance, run nodes, save, queue
    flows        publish, start, dry run, the subscriber that hears of changed records
    instances    runs that people see: list, get, cancel, retry
    tasks        what waits for a person's decision
    notifications, journal, store

Below it stand `form_engine` and `engine`; it knows neither HTTP nor `report_engine`.
"""
