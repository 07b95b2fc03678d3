#!/bin/sh
# A backup a day, run by zhengxiang-backup.timer: ledger, attachments, settings; never the keys. KEEP_DAYS: older ones go.
set -eu
umask 077
# shellcheck source=deploy/common.sh
. "$(dirname "$0")/common.sh"
cd / # find wants to come back to where it began
keep=${KEEP_DAYS:-30}
name='[0-9]*-[0-9]*'
target=$BACKUPS/$(stamp)
last=$(find "$BACKUPS" -mindepth 1 -maxdepth 1 -type d -name "$name" ! -name '*.part' | LC_ALL=C sort | tail -n 1)

command_of "$HOME_DIR/current" backup "$target" ${last:+--earlier "$last"}
mkdir "$target/etc"
cp -r "$ETC/manifest" "$ETC/zhengxiang.env" "$target/etc/"
(cd "$target" && find . -type f ! -name SHA256SUMS -print0 | LC_ALL=C sort -z | xargs -0 sha256sum > SHA256SUMS)

# Only what looks like a backup of ours, and never the newest.
find "$BACKUPS" -mindepth 1 -maxdepth 1 -type d -name "$name" ! -path "$target" -mtime "+$keep" -exec rm -rf {} +
