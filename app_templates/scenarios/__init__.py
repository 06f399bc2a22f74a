"""Scenarios: tests of an app in business words, run on the platform itself and rolled back."""
