"""Reminders: when, to whom, in what words, through which channel."""
