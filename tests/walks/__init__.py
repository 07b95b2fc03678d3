"""The main stories of the bureau, walked in Chromium against the real `zhengxiang demo --projects 2000`: `make walks`."""
