# shellcheck shell=bash
# The node: processes, mounts and network of their own, held by one process. When that one is
# killed the kernel ends and removes all of them, whatever state they were in.

# The holder's process as the machine counts it; 1 if there is none.
holder() {
  local process
  for process in $(pgrep -x "$(basename "$HOLDER")"); do
    # A rebuilt or removed program reads as "... (deleted)".
    [[ "$(readlink "/proc/$process/exe")" == "$HOLDER"* ]] || continue
    echo "$process"
    return
  done
  return 1
}

# enter COMMAND...: runs COMMAND inside the node.
enter() {
  local process
  process=$(holder) || die "there is no node"
  nsenter --target "$process" --net --mount --pid -- "$@"
}

make_node() {
  # One machine has one cable: a second cluster, from another cache, would cut the first one's.
  pgrep -x "$(basename "$HOLDER")" >/dev/null && die "a cluster of another cache is up: take that one down first"
  mkdir -p "$STATE"/{inside,tmp,logs/node,cni,kubelet} /var/lib/{cni,kubelet}
  setsid unshare --net --mount --pid --fork --propagation private --mount-proc \
    -- "$HOLDER" </dev/null >"$LOGS/holder" 2>&1 9>&- &
  within 10 holder || die "no namespaces to be had: $(cat "$LOGS/holder")"
  holder_enters_mounts
  cable
}

# Folders with fixed names that the parts write to become folders of this cluster; the rest of the
# machine's files is there as it is. The cache is mounted first, for it may lie below one of them;
# -n, because mount notes what it does below the machine's own /run.
holder_enters_mounts() {
  # shellcheck disable=SC2016  # expanded inside
  quietly "$LOGS/mounts" "mounts of the node" enter bash -euc '
    mount -n -t tmpfs -o mode=755 tmpfs "$1/state/inside"
    mkdir "$1"/state/inside/{cluster,sysctl}
    mount -n --bind "$1" "$1/state/inside/cluster"
    mount -n --move "$1/state/inside" /run
    mount -n --bind "$2/state/tmp" /tmp
    mount -n --bind "$2/state/logs/node" /var/log
    mount -n --bind "$2/state/cni" /var/lib/cni
    mount -n --bind "$2/state/kubelet" /var/lib/kubelet
    # The kubelet sets these for the whole machine; here it sets a copy.
    for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
      kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
      copy=/run/sysctl/${name//\//.}
      cat "/proc/sys/$name" >"$copy"
      mount -n --bind "$copy" "/proc/sys/$name"
    done
    mount -n --make-rshared /
  ' node "$CACHE" "$INSIDE"
}

# A bridge for the pods inside, and a cable from it to the machine. Nothing leads further out, so
# nothing of the cluster is reachable from another machine, nor the other way round.
cable() {
  local process
  process=$(holder)
  ip link del "$HOST_LINK" 2>/dev/null || true
  ip link add "$HOST_LINK" type veth peer name machine netns "$process"
  ip addr add "$HOST_ADDRESS/16" dev "$HOST_LINK"
  ip link set "$HOST_LINK" up
  # shellcheck disable=SC2016  # expanded inside
  quietly "$LOGS/network" "network of the node" enter bash -euc '
    ip link set lo up
    # An address of its own: else a bridge takes the lowest of its ports, another with each pod,
    # and whoever remembers the one before talks to nobody for half a minute.
    ip link add pods address 0a:58:0a:f4:00:01 type bridge
    ip addr add "$1/16" dev pods
    ip link set machine master pods
    ip link set machine up
    ip link set pods up
    # Pods find the API server where a service would be: no proxy, no address translation.
    ip addr add "$2/32" dev lo
    echo 1 >/proc/sys/net/ipv4/ip_forward
  ' node "$NODE_ADDRESS" "$API_ADDRESS"
}

remove_node() {
  local process
  while process=$(holder); do
    kill -KILL "$process" 2>/dev/null || true
    within 20 gone "$process" || die "process $process does not end"
  done
  ip link del "$HOST_LINK" 2>/dev/null || true
  remove_cgroups
  rmdir /var/lib/{cni,kubelet} 2>/dev/null || true
}

gone() { [ ! -e "/proc/$1" ]; }

make_cgroups() {
  local controller
  for controller in $(cgroup_folders); do
    mkdir -p "$controller/$CGROUP"
    # The first kind of cgroups has no processors in a new group until somebody says which.
    local name
    for name in cpuset.cpus cpuset.mems; do
      if [ -f "$controller/tasks" ] && [ -f "$controller/$name" ]; then
        cat "$controller/$name" >"$controller/$CGROUP/$name"
      fi
    done
  done
}

remove_cgroups() {
  local controller
  for controller in $(cgroup_folders); do
    [ -d "$controller/$CGROUP" ] || continue
    within 10 empty_cgroup "$controller/$CGROUP" || say "left behind: $controller/$CGROUP"
  done
}

empty_cgroup() {
  find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
  [ ! -d "$1" ]
}

cgroup_folders() {
  awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/self/mounts
}
