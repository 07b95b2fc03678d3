#!/bin/sh
# Put a backup in the place of the ledger: sh restore.sh FOLDER, as root, with the services stopped.
# What was there is moved aside, not removed. Exit 0: done and sound; 1: done, doctor has something; 2: nothing changed.
set -eu
umask 077
# shellcheck source=deploy/common.sh
. "$(dirname "$0")/common.sh"
[ $# = 1 ] && [ -f "$1/ledger.db" ] || stop "用法：sh restore.sh 备份目录（其中应有 ledger.db）"
only_root
only_at_rest
source=$(cd "$1" && pwd)
if [ -f "$source/SHA256SUMS" ]; then
    (cd "$source" && sha256sum --quiet -c SHA256SUMS) || stop "备份与 SHA256SUMS 不符，没有恢复。请改用另一份备份。"
fi

# Copied beside the ledger and checked there: what is switched in below is what was checked.
new=$DATA/.restoring
trap 'rm -rf "$new"' EXIT
rm -rf "$new"
mkdir "$new"
cp "$source/ledger.db" "$new/" || stop "不能复制备份，没有恢复。请核对磁盘空间。"
if [ -d "$source/attachments" ]; then cp -r "$source/attachments" "$new/" || stop "不能复制附件，没有恢复。请核对磁盘空间。"; fi
"$HOME_DIR/current/bin/python" - "$new/ledger.db" << 'PYTHON' || stop "备份中的台账已损坏，没有恢复。请改用另一份备份。"
import sqlite3, sys
said = sqlite3.connect(f"file:{sys.argv[1]}?immutable=1", uri=True).execute("PRAGMA integrity_check").fetchone()
sys.exit(said != ("ok",))
PYTHON
if [ -z "$ROOT" ]; then chown -R zhengxiang:zhengxiang "$new"; fi
sync

aside=$DATA/replaced-$(stamp)
mkdir "$aside"
for each in ledger.db ledger.db-wal ledger.db-shm attachments; do # never a backup beside an old -wal
    if [ -e "$DATA/$each" ]; then mv "$DATA/$each" "$aside/"; fi
done
mv "$new"/* "$DATA/"
echo "已从 $source 恢复。原来的文件在 $aside，确认无误后删除。"
command_of "$HOME_DIR/current" doctor || {
    echo "自检没有通过，请按上面的说明处理后再启动服务。" >&2
    exit 1
}
echo "启动服务：systemctl start zhengxiang-web zhengxiang-jobs"
