# shellcheck shell=sh disable=SC2034 # the scripts beside this file use these names
# Where things are, and what the scripts share. ROOT: below another folder, without user and services, to try it out.
ROOT=${ROOT:-}
HOME_DIR=$ROOT/opt/zhengxiang
ETC=$ROOT/etc/zhengxiang
DATA=$ROOT/var/lib/zhengxiang
BACKUPS=$ROOT/var/backups/zhengxiang

stop() {
    echo "$*" >&2
    exit 2
}

# stamp: now, in Beijing's time whatever the machine's is.
stamp() {
    TZ=CST-8 date +%Y%m%d-%H%M%S
}

only_root() {
    [ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || stop "请用 root 运行。"
}

# command_of RELEASE ARGUMENT...: as the services run, with their user and settings.
command_of() {
    program=$1/bin/zhengxiang
    shift
    if [ -n "$ROOT" ] || [ "$(id -un)" = zhengxiang ]; then
        (set -a && . "$ETC/zhengxiang.env" && set +a && exec "$program" "$@")
    else
        runuser -u zhengxiang -- sh -c 'cd / && set -a && . "$1" && set +a && shift && exec "$@"' \
            sh "$ETC/zhengxiang.env" "$program" "$@"
    fi
}

with_systemd() {
    [ -z "$ROOT" ] && [ -d /run/systemd/system ]
}

# services VERB: of the two that have the ledger open.
services() {
    systemctl "$@" zhengxiang-web.service zhengxiang-jobs.service
}

# Whether a process has the ledger open: the kernel knows, whoever started it.
in_use() {
    find /proc/[0-9]*/fd -lname "$(readlink -f "$DATA")/ledger.db" 2> /dev/null | grep -q .
}

only_at_rest() {
    if in_use; then stop "仍有进程在使用台账，没有改动。请先停止服务：systemctl stop zhengxiang-web zhengxiang-jobs"; fi
}

# link_to RELEASE NAME: `current` or `previous`, in one step.
link_to() {
    ln -sfn "$1" "$HOME_DIR/.$2.new"
    mv -T "$HOME_DIR/.$2.new" "$HOME_DIR/$2"
}
