# shellcheck shell=bash
# The processes of the node, one function of arguments each: started, stopped and waited for alone,
# so that tests can take a part away and bring it back.

PARTS=(registry containerd etcd apiserver controllers scheduler kubelet)

# command_of PART: fills COMMAND. Paths are the node's own.
command_of() {
  local bin=$INSIDE/bin state=$INSIDE/state
  local pki=$state/pki
  case $1 in
    registry) COMMAND=(docker-registry serve "$state/registry.yml") ;;
    containerd) COMMAND=(containerd --config "$state/containerd.toml") ;;
    etcd) COMMAND=("$bin/etcd" --data-dir "$state/etcd" --log-level warn --unsafe-no-fsync
      --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379
      --listen-peer-urls http://127.0.0.1:2380) ;;
    apiserver) COMMAND=("$bin/kube-apiserver" --etcd-servers http://127.0.0.1:2379
      --bind-address 0.0.0.0 --secure-port 443 --advertise-address "$NODE_ADDRESS"
      --tls-cert-file "$pki/api.crt" --tls-private-key-file "$pki/api.key"
      --client-ca-file "$pki/ca.crt" --token-auth-file "$pki/tokens.csv"
      --kubelet-certificate-authority "$pki/ca.crt"
      --kubelet-client-certificate "$pki/kubelet-client.crt"
      --kubelet-client-key "$pki/kubelet-client.key"
      --kubelet-preferred-address-types InternalIP
      --service-account-issuer https://kubernetes.default.svc
      --service-account-key-file "$pki/service-accounts.pub"
      --service-account-signing-key-file "$pki/service-accounts.key"
      --service-cluster-ip-range "$SERVICE_NETWORK" --endpoint-reconciler-type none
      --authorization-mode "Node,RBAC" --allow-privileged) ;;
    controllers) COMMAND=("$bin/kube-controller-manager" --kubeconfig "$state/parts.kubeconfig"
      --service-account-private-key-file "$pki/service-accounts.key"
      --root-ca-file "$pki/ca.crt" --leader-elect=false --enable-hostpath-provisioner
      --kube-api-qps 200 --kube-api-burst 400) ;;
    scheduler) COMMAND=("$bin/kube-scheduler" --kubeconfig "$state/parts.kubeconfig"
      --leader-elect=false --kube-api-qps 200 --kube-api-burst 400) ;;
    kubelet) COMMAND=("$bin/kubelet" --config "$state/kubelet.yaml"
      --kubeconfig "$state/parts.kubeconfig" --root-dir /var/lib/kubelet
      --hostname-override "$NODE" --node-ip "$NODE_ADDRESS") ;;
    *) die "no part $1; there are: ${PARTS[*]}" ;;
  esac
}

# The part's processes as the node counts them: those that run its program with its first arguments.
part_processes() {
  command_of "$1"
  enter pgrep -f -x -- "(.*/)?${COMMAND[0]} ${COMMAND[1]} ${COMMAND[2]}.*" 2>/dev/null
}

start_part() {
  part_processes "$1" >/dev/null && return
  command_of "$1"
  local process
  process=$(holder) || die "there is no node: run 'cluster.sh up'"
  setsid nsenter --target "$process" --net --mount --pid -- "${COMMAND[@]}" \
    </dev/null >>"$LOGS/$1.log" 2>&1 9>&- &
  disown
  within 2 part_processes "$1" || true # one that ended already is found out by who waits for it
}

# stop_part PART [SIGNAL]: KILL by default, as a crash would.
stop_part() {
  local process
  process=$(part_processes "$1") || return 0
  # shellcheck disable=SC2086  # one word a process
  enter kill "-${2:-KILL}" $process 2>/dev/null || true
  within 20 no_part "$1" || die "$1 does not end"
}

no_part() { ! part_processes "$1" >/dev/null; }

# ready PART SECONDS CHECK...: waits for a part to answer; shows its log's end if it does not.
ready() {
  local part=$1 seconds=$2
  shift 2
  within "$seconds" settled "$part" "$@" || true
  "$@" >/dev/null 2>&1 && return
  if no_part "$part"; then say "failed: $part has ended"; else say "failed: $part is not ready after $seconds s"; fi
  say "the end of $LOGS/$part.log:"
  tail -n 25 "$LOGS/$part.log" >&2
  exit 1
}

# Whether waiting has an end: the part answers, or is not there to answer.
settled() {
  local part=$1
  shift
  "$@" || no_part "$part"
}

# api PATH [CURL OPTIONS...]: one request as the administrator.
api() {
  local path=$1
  shift
  printf 'header = "Authorization: Bearer %s"\n' "$(cat "$TOKEN_FILE")" |
    curl --config - --silent --fail --max-time 5 --noproxy '*' --cacert "$PKI/ca.crt" \
      "$@" "https://$NODE_ADDRESS$path"
}

containerd_answers() { enter ctr version; }
apiserver_answers() { api /readyz; }
node_is_ready() {
  api "/api/v1/nodes/$NODE" | tr -d ' \n' | grep -q '"type":"Ready","status":"True"\|"status":"True",[^}]*"type":"Ready"'
}
default_account() { api /api/v1/namespaces/default/serviceaccounts/default; }

# A class that makes volumes out of folders below the node's /tmp: claims are bound as in the wild.
storage_class() {
  api /apis/storage.k8s.io/v1/storageclasses/standard >/dev/null 2>&1 ||
    api /apis/storage.k8s.io/v1/storageclasses --output /dev/null \
      --header 'Content-Type: application/json' --data '{
      "metadata": {"name": "standard",
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
      "provisioner": "kubernetes.io/host-path"}'
}
