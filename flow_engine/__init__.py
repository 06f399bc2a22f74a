"""Flows: what a business does by itself when a record changes, and what it asks people to decide.

    definition   one flow as it is defined; `documents` reads, checks and plans it
    state        one run as it stands; `advance` (pure) says what an event makes of it
    runs         one event, one transaction: load, lock, advance, run nodes, save, queue
    acting       what several node types share
    flows        publish, start, dry run, the subscriber that hears of changed records
    instances    runs that people see: list, get, cancel, retry
    tasks        what waits for a person's decision

Below it stand `form_engine` and `engine`; it knows neither HTTP nor `report_engine`.
"""
