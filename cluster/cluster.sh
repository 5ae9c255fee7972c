#!/usr/bin/env bash
# One real Kubernetes node for tests: API server, scheduler, controllers, kubelet, containerd and
# etcd in namespaces of their own. docs/cluster.md says why it is made this way.
#
#   cluster.sh up                 brings it up, from whatever an earlier start left; prints the kubeconfig's path
#   cluster.sh down               removes it; the cache stays
#   cluster.sh status             says which parts run; 1 if one does not
#   cluster.sh kill|start PART    takes a part away as a crash would, and brings it back
#   cluster.sh enter COMMAND...   runs COMMAND inside the node
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=settings.sh
. "$HERE/settings.sh"
# shellcheck source=packages.sh
. "$HERE/packages.sh"
# shellcheck source=binaries.sh
. "$HERE/binaries.sh"
# shellcheck source=root.sh
. "$HERE/root.sh"
# shellcheck source=node.sh
. "$HERE/node.sh"
# shellcheck source=config.sh
. "$HERE/config.sh"
# shellcheck source=parts.sh
. "$HERE/parts.sh"

# What has to be there before a node can start, each made once.
prepare() {
  need_packages
  need_binaries
  need_images
}

need_images() {
  need_root
  local stamp filled=$CACHE/registry/filled
  stamp=$(cat "$HERE"/{images,registry}.py "$HERE/hold.c" "$ROOT_TAR.made" | sha256sum)
  [ "$(cat "$filled" 2>/dev/null)" = "$stamp" ] && return
  say "writing the images"
  quietly "$CACHE/logs/images.log" "images.py" python3 "$HERE/images.py" "$CACHE"
  echo "$stamp" >"$filled"
}

up() {
  prepare
  if whole; then
    say "already up"
  else
    clear_away
    bring_up
  fi
  echo "$KUBECONFIG_FILE"
}

bring_up() {
  mkdir -p "$LOGS"
  chmod 700 "$STATE"
  make_cgroups
  make_node
  write_config
  local part
  for part in registry containerd etcd apiserver; do start_part "$part"; done
  ready containerd 60 containerd_answers
  ready apiserver 120 apiserver_answers
  for part in controllers scheduler kubelet; do start_part "$part"; done
  ready kubelet 120 node_is_ready
  ready controllers 60 default_account
  storage_class || die "the API server refused the storage class"
  (umask 077 && kubeconfig >"$KUBECONFIG_FILE.new")
  mv "$KUBECONFIG_FILE.new" "$KUBECONFIG_FILE"
}

# Whether a cluster is up of which nothing is missing.
whole() {
  [ -f "$KUBECONFIG_FILE" ] && holder >/dev/null || return 1
  local part
  for part in "${PARTS[@]}"; do part_processes "$part" >/dev/null || return 1; done
  apiserver_answers >/dev/null && node_is_ready
}

clear_away() {
  rm -f "$KUBECONFIG_FILE"
  remove_node
  rm -rf "$STATE"
}

status() {
  holder >/dev/null || die "down"
  local part absent=0
  for part in "${PARTS[@]}"; do
    if part_processes "$part" >/dev/null; then
      echo "$part runs"
    else
      echo "$part does not run"
      absent=1
    fi
  done
  return "$absent"
}

# Two starts at once would take each other's parts away.
alone() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock --wait 1800 9 || die "another cluster.sh has been at work for half an hour"
}

main() {
  [ "$(id -u)" -eq 0 ] || die "needs root, for namespaces and mounts"
  case ${1:-} in
    up)
      alone
      up
      ;;
    down)
      alone
      clear_away
      ;;
    status) status ;;
    kill) stop_part "${2:?which part?}" ;;
    start) start_part "${2:?which part?}" ;;
    enter)
      shift
      enter "$@"
      ;;
    *)
      sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
}

main "$@"
