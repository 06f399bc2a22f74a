"""From a report to the one statement that answers it."""
