"""Reminders: when a duty is recalled, to whom, in what words, through which channel. What is due is the regulation's."""
