#!/usr/bin/env bash
# Makes the S3 server that tests/stores lists from, once: its path is printed. Needs Go.
set -euo pipefail
version=v1.8.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/argotui-s3
binary=$cache/versitygw
if [ "$(cat "$cache/version" 2>/dev/null)" != "$version" ] || [ ! -x "$binary" ]; then
  mkdir -p "$cache"
  GOBIN=$cache nice go install "github.com/versity/versitygw/cmd/versitygw@$version"
  echo "$version" > "$cache/version"
fi
echo "$binary"
