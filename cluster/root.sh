# shellcheck shell=bash
# Makes a small Debian root out of the machine's own apt sources: the base of the images that need
# more than busybox. Once; the tar stays in the cache.

ROOT_TAR=$CACHE/images/debian.tar
ROOT_PACKAGES=python3-minimal,libpython3-stdlib,cowsay,jq,curl,git,ca-certificates,nginx-light,nodejs,procps,netcat-openbsd

need_root() {
  local stamp=$ROOT_TAR.made
  [ -f "$ROOT_TAR" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$ROOT_PACKAGES" ] && return
  say "making the Debian root of the images: a minute or two"
  mkdir -p "$CACHE/images"
  rm -f "$ROOT_TAR" "$ROOT_TAR.new"
  quietly "$CACHE/logs/root.log" "mmdebstrap" make_root "$ROOT_TAR.new"
  mv "$ROOT_TAR.new" "$ROOT_TAR"
  echo "$ROOT_PACKAGES" >"$stamp"
}

make_root() {
  local codename sources folder options=()
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mapfile -t sources < <(grep -lsw -- "$codename" /etc/apt/sources.list /etc/apt/sources.list.d/*.{sources,list})
  # What nobody reads in a container; copyright files stay.
  for folder in man info locale; do options+=("--dpkgopt=path-exclude=/usr/share/$folder/*"); done
  # A mirror's snapshot may be older than its stated validity. Containers bring their own /dev.
  nice -n 10 mmdebstrap --format=tar --variant=apt --skip=output/dev "${options[@]}" \
    --aptopt='Acquire::Check-Valid-Until "false"' --include="$ROOT_PACKAGES" \
    "$codename" "$1" "${sources[@]:--}"
}
