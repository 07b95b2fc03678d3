#!/bin/sh
# Back to the program before the last upgrade: sh rollback.sh [BACKUP], as root, with the services stopped.
# BACKUP: the ledger as it was before the upgrade, where the old program cannot read the one of today.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=deploy/common.sh
. "$here/common.sh"
only_root
only_at_rest
previous=$(readlink "$HOME_DIR/previous") || stop "没有可以退回的版本。"
[ -f "$previous/.complete" ] || stop "原版本 $previous 已不完整，没有退回。"
[ $# -le 1 ] || stop "用法：sh rollback.sh [升级前的备份目录]"

if [ $# = 0 ]; then
    status=0
    command_of "$previous" doctor || status=$?
    [ "$status" -lt 2 ] || stop "原版本不能使用现在的台账，没有退回。须同时恢复升级前的备份：
sh rollback.sh 备份目录（在 $BACKUPS 中，名称以 before-upgrade 结尾）"
fi
current=$(readlink "$HOME_DIR/current")
link_to "$previous" current
if [ $# = 1 ]; then
    status=0
    sh "$here/restore.sh" "$1" || status=$?
    if [ "$status" -ge 2 ]; then # the ledger is as it was
        link_to "$current" current
        exit 2
    fi
fi
link_to "$current" previous
echo "已退回 $(basename "$previous")。启动服务：systemctl start zhengxiang-web zhengxiang-jobs"
