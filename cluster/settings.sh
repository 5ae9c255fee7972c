# shellcheck shell=bash
# Names, places and addresses of the test cluster, and the few words every script here speaks.
# shellcheck disable=SC2034  # used by the scripts that source this one

KUBERNETES=1.34.4 # as in node/go.mod; from 1.35 on a kubelet wants containerd 2

CACHE=${ARGOTUI_CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/argotui-cluster}
STATE=$CACHE/state           # everything of one running cluster; gone after `down`
LOGS=$STATE/logs             # what each part says, by its name
KUBECONFIG_FILE=$CACHE/kubeconfig
HOLDER=$CACHE/bin/argotui-node # process 1 of the node

INSIDE=/run/cluster # where the node sees $CACHE

NODE=node1
HOST_LINK=argotui0       # the host's end of the cable to the node
HOST_ADDRESS=10.244.255.254
NODE_ADDRESS=10.244.0.1
NODE_NETWORK=10.244.0.0/16
LAST_POD_ADDRESS=10.244.250.254
API_ADDRESS=10.96.0.1 # the first of the services' range, as pods know it
SERVICE_NETWORK=10.96.0.0/16
CGROUP=argotui-cluster

say() { printf 'cluster: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# quietly LOG WHAT COMMAND...: runs COMMAND into LOG; if it fails, says WHAT did and shows the log's end.
quietly() {
  local log=$1 what=$2
  shift 2
  mkdir -p "$(dirname "$log")"
  # Not as a condition: `set -e` would not hold inside COMMAND then.
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1 </dev/null
  local status=$?
  set -e
  [ "$status" -ne 0 ] || return 0
  say "failed: $what. The end of $log:"
  tail -n 25 "$log" >&2
  exit 1
}

# within SECONDS COMMAND...: asks COMMAND ten times a second until it succeeds; 1 if it never does.
within() {
  local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
  shift
  until "$@" >/dev/null 2>&1; do
    ((${EPOCHREALTIME/[.,]/} < end)) || return 1
    sleep 0.1
  done
}
