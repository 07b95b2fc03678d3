#!/bin/sh
# Everything that an installation without a network needs, as one folder. Run on a connected machine with the same
# system, processor and Python as the server:   sh deploy/wheelhouse.sh [FOLDER]   (PYTHON=python3.11 names another Python)
set -eu
umask 022
here=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
target=${1:-dist/wheelhouse}
if [ -e "$target" ]; then
    echo "$target 已存在，没有改动。请移走它，或另写一个目录。" >&2
    exit 2
fi
mkdir -p "$target/wheels"
target=$(cd "$target" && pwd)

# Hashes from the lock; only built packages, because one built here would have another hash.
"$python" -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    -r "$here/requirements.lock" -d "$target/wheels"
"$python" -m pip wheel -q --disable-pip-version-check --no-deps -w "$target/wheels" "$here"

set -- "$target"/wheels/zhengxiang-*.whl
version=$(basename "$1" | cut -d- -f2)
cp "$here/requirements.lock" "$target/requirements.lock"
printf 'zhengxiang==%s --hash=sha256:%s\n' "$version" "$(sha256sum "$1" | cut -d' ' -f1)" >> "$target/requirements.lock"
echo "$version" > "$target/VERSION"
"$python" -c 'import platform, sys; print(*sys.version_info[:2], platform.machine())' > "$target/PLATFORM"
cp -r "$here/deploy" "$here/manifest.yaml" "$target/"
mkdir -p "$target/docs/handbook"
cp "$here"/docs/handbook/*.md "$target/docs/handbook/"
cp -r "$here/docs/images" "$here"/docs/*.md "$here"/docs/*.yaml "$here"/docs/*.json "$target/docs/"

# A lock that misses a dependency is found here, not on the server.
"$python" -m pip install -q --disable-pip-version-check --dry-run --ignore-installed --target "$target/.tried" --no-index \
    --find-links "$target/wheels" "zhengxiang==$version"

cd "$target"
find . -type f ! -name SHA256SUMS -print0 | LC_ALL=C sort -z | xargs -0 sha256sum > SHA256SUMS
set -- wheels/*
echo "$target：zhengxiang $version，$#个软件包，共$(du -sh . | cut -f1)"
