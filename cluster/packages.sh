# shellcheck shell=bash
# Installs what the cluster needs from Debian; asks for nothing where all of it is there.

need_packages() {
  local needed=(
    containerd runc containernetworking-plugins iptables iproute2 docker-registry # the node
    busybox-static mmdebstrap python3 gcc libc6-dev # the images
    openssl curl util-linux procps ca-certificates # the scripts
  ) missing=() package
  command -v go >/dev/null || needed+=(golang-go)
  for package in "${needed[@]}"; do
    [ "$(dpkg-query -Wf '${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "not a Debian: install these by hand: ${missing[*]}"
  say "installing ${missing[*]}"
  quietly "$CACHE/logs/apt-update.log" "apt-get update" apt-get -qq update
  quietly "$CACHE/logs/apt-install.log" "apt-get install" \
    env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}"
  disable_services "${missing[@]}"
}

# The packages start services of their own where systemd runs; the cluster brings its own processes.
disable_services() {
  [ -d /run/systemd/system ] || return 0
  local package
  for package in "$@"; do
    case $package in
      containerd | docker-registry) systemctl disable --now "$package" >&2 || true ;;
    esac
  done
}
