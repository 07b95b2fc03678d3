"""The commands of `zhengxiang`, a file a subject. plugin/cli.py lists them."""
