"""The pages, a file a subject. plugin/console/__init__.py lists them, plugin/console/access.py says for whom."""
