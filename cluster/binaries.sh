# shellcheck shell=bash
# Builds the Kubernetes parts and etcd (node/) and the holder (hold.c) into the cache, once a version.

need_binaries() {
  need_holder
  local stamp
  stamp=$(cat "$HERE"/node/{go.mod,go.sum,main.go} "$HERE/binaries.sh" | sha256sum | cut -c1-16)
  local program=$CACHE/bin/node-$stamp
  if [ ! -x "$program" ]; then
    enough_go
    say "building Kubernetes $KUBERNETES and etcd: about ten minutes the first time on two cores"
    quietly "$CACHE/logs/build.log" "go build" build_node "$program"
  fi
  local part
  for part in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet; do
    ln -sfn "node-$stamp" "$CACHE/bin/$part"
  done
  find "$CACHE/bin" -name 'node-*' ! -name "node-$stamp" -delete
}

need_holder() {
  mkdir -p "$CACHE/bin"
  [ "$HOLDER" -nt "$HERE/hold.c" ] && return
  quietly "$CACHE/logs/holder.log" "gcc hold.c" gcc -static -O2 -Wall -o "$HOLDER.new" "$HERE/hold.c"
  mv "$HOLDER.new" "$HOLDER"
}

enough_go() {
  local version
  version=$(cd / && go env GOVERSION) || die "no Go toolchain that works"
  # 1.21 fetches by itself the toolchain that go.mod asks for.
  [ "$(printf '%s\n' go1.21 "$version" | sort -V | head -n 1)" = go1.21 ] ||
    die "$version is too old to build Kubernetes $KUBERNETES: install Go 1.24 or newer"
}

build_node() {
  local version=k8s.io/component-base/version flags="-s -w"
  flags+=" -X $version.gitVersion=v$KUBERNETES -X $version.gitMajor=${KUBERNETES%%.*}"
  flags+=" -X $version.gitMinor=$(cut -d. -f2 <<<"$KUBERNETES")"
  cd "$HERE/node" || exit
  # Two jobs at low priority leave the machine usable.
  nice -n 10 go build -p 2 -mod=readonly -trimpath -buildvcs=false -ldflags "$flags" -o "$1.new" .
  mv "$1.new" "$1"
}
