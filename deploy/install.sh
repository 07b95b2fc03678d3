#!/bin/sh
# Install or upgrade from the folder that wheelhouse.sh made, without a network: sh deploy/install.sh, as root.
# The same again changes nothing. A newer folder upgrades: back up, stop, switch, check and migrate, start; what cannot
# be used is taken back at once.
set -eu
umask 022
here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=deploy/common.sh
. "$here/deploy/common.sh"
python=${PYTHON:-python3}

# --- is this folder whole, and made for this machine
only_root
[ -f "$here/SHA256SUMS" ] || stop "$here 中没有 SHA256SUMS：请使用 wheelhouse.sh 制作的安装目录。"
(cd "$here" && sha256sum --quiet -c SHA256SUMS) || stop "安装目录与 SHA256SUMS 不符，没有安装。请重新拷贝。"
found=$("$python" -c 'import platform, sys; print(*sys.version_info[:2], platform.machine())') ||
    stop "没有可用的 Python（$python）。请安装后重试，或用 PYTHON=路径 指明。"
made_for=$(cat "$here/PLATFORM")
[ "$found" = "$made_for" ] ||
    stop "本机的 Python 和处理器（$found）与安装目录（$made_for）不一致，没有安装。请在相同环境重新制作安装目录。"

# --- user, folders, settings: made once, never changed afterwards
owned() { if [ -z "$ROOT" ]; then install -o zhengxiang -g zhengxiang "$@"; else install "$@"; fi; }
readable() { if [ -z "$ROOT" ]; then install -o root -g zhengxiang "$@"; else install "$@"; fi; }
if [ -z "$ROOT" ] && ! id zhengxiang > /dev/null 2>&1; then
    useradd --system --user-group --home-dir "$DATA" --shell /usr/sbin/nologin zhengxiang
fi
install -d "$HOME_DIR" "$HOME_DIR/releases"
readable -d -m 750 "$ETC" "$ETC/keys"
owned -d -m 700 "$DATA" "$BACKUPS"
owned -d -m 750 "$ETC/manifest" # the console writes there, when a change of thresholds is confirmed
[ -f "$ETC/manifest/manifest.yaml" ] || owned -m 640 "$here/manifest.yaml" "$ETC/manifest/manifest.yaml"
[ -f "$ETC/zhengxiang.env" ] || {
    sed "s|@ROOT@|$ROOT|g" "$here/deploy/zhengxiang.env" > "$ETC/.env.part"
    readable -m 640 "$ETC/.env.part" "$ETC/zhengxiang.env"
    rm "$ETC/.env.part"
}
[ -f "$ETC/keys/session.keys" ] || { # of the console alone, so nobody has to agree on it
    umask 077
    "$python" -c 'import base64, secrets; print("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())' \
        > "$ETC/keys/.session.part"
    readable -m 640 "$ETC/keys/.session.part" "$ETC/keys/session.keys"
    rm "$ETC/keys/.session.part"
    umask 022
}

# --- the release, complete before anything is switched
release=$HOME_DIR/releases/$(cat "$here/VERSION")-$(sha256sum "$here/SHA256SUMS" | cut -c1-8)
if [ ! -f "$release/.complete" ]; then
    rm -rf "$release"
    "$python" -m venv --without-pip "$release"
    set -- "$here"/wheels/pip-*.whl
    pip=$1/pip # runs from its wheel
    "$python" "$pip" --isolated --python "$release/bin/python" install -q --disable-pip-version-check --no-compile \
        --no-index --find-links "$here/wheels" --no-deps --require-hashes -r "$here/requirements.lock"
    "$python" "$pip" --isolated --python "$release/bin/python" check -q
    "$release/bin/python" -m compileall -q "$release/lib" || true # one library carries templates that are no Python
    cp -r "$here/deploy" "$release/deploy"
    touch "$release/.complete"
fi
version=$("$release/bin/zhengxiang" --version)
before=$(readlink "$HOME_DIR/current" || true)

# --- with the old program, back up; then stop
running=""
started() {
    # shellcheck disable=SC2086 # a list of names
    if [ -n "$running" ]; then systemctl start $running; fi
}
if [ -n "$before" ] && [ "$before" != "$release" ]; then
    if [ -f "$DATA/ledger.db" ]; then
        saved=$BACKUPS/$(stamp)-before-upgrade
        command_of "$before" backup "$saved"
    fi
    if with_systemd; then
        for each in zhengxiang-web zhengxiang-jobs; do
            if systemctl is-active -q "$each"; then running="$running $each"; fi
        done
        services stop
    fi
    if in_use; then
        started
        only_at_rest
    fi
fi

# --- switch; the first look at the ledger brings it to the new structure
link_to "$release" current
if [ -z "$ROOT" ]; then
    install -m 755 "$here/deploy/zhengxiang" /usr/local/bin/zhengxiang
    install -m 644 "$here"/deploy/systemd/* /etc/systemd/system/
    if with_systemd; then
        systemctl daemon-reload
        services enable -q
        systemctl enable -q --now zhengxiang-backup.timer
    fi
fi
if [ -z "$before" ]; then
    echo "已安装 $version。下一步：填写 $ETC/manifest/manifest.yaml，放入密钥（$ETC/keys），见运维手册。"
    exit 0
fi
status=0
command_of "$release" doctor || status=$?
if [ "$status" -ge 2 ] && [ "$before" != "$release" ]; then
    link_to "$before" current
    started
    stop "$version 不能使用现在的台账或参数文件，已退回原版本。升级前的备份：${saved:-没有}。请按上面的说明处理后再升级。"
fi
started
if [ "$before" = "$release" ]; then
    echo "$version 已是安装目录中的版本，没有改动。"
else
    link_to "$before" previous
    echo "已升级到 $version。${saved:+升级前的备份：$saved。}"
fi
[ "$status" = 0 ] || { echo "自检没有通过，请按上面的说明处理。" >&2; exit 1; }
