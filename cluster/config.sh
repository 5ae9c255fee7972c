# shellcheck shell=bash
# Certificates and the configuration of every part, made anew for each cluster. All paths are the
# node's own (INSIDE), so no file depends on where the cache lies.

PKI=$STATE/pki
TOKEN_FILE=$PKI/token

write_config() {
  mkdir -p "$STATE"/{pki,registry-hosts/_default,cni-config}
  quietly "$LOGS/certificates" "certificates" certificates
  registry_config
  containerd_config
  network_config
  kubelet_config
  kubeconfig >"$STATE/parts.kubeconfig"
}

certificates() {
  (
    umask 077
    cd "$PKI" || exit
    authority ca cluster-authority
    certificate api kube-apiserver "extendedKeyUsage=serverAuth" \
      "subjectAltName=IP:$NODE_ADDRESS,IP:$API_ADDRESS,IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc"
    certificate kubelet "$NODE" "extendedKeyUsage=serverAuth" "subjectAltName=IP:$NODE_ADDRESS,DNS:$NODE"
    certificate kubelet-client kube-apiserver-kubelet-client "extendedKeyUsage=clientAuth" ""
    key service-accounts
    openssl pkey -in service-accounts.key -pubout -out service-accounts.pub
    openssl rand -hex 24 >token
    printf '%s,admin,admin,"system:masters"\n' "$(cat token)" >tokens.csv
  )
}

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

authority() {
  key "$1"
  openssl req -x509 -new -key "$1.key" -days 365 -subj "/CN=$2" -out "$1.crt" \
    -addext "keyUsage=critical,keyCertSign,cRLSign"
}

# certificate NAME SUBJECT EXTENSION ALTERNATIVE: complete enough for clients that verify strictly.
certificate() {
  key "$1"
  printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
    "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid" "$3" "$4" >"$1.ext"
  openssl req -new -key "$1.key" -subj "/CN=$2" |
    openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile "$1.ext" -out "$1.crt"
}

# Whatever registry an image names, the node asks the one on its own loopback: untagged and :latest
# images are pulled anew for every pod as in the wild, and unknown ones are not found.
registry_config() {
  cat >"$STATE/registry.yml" <<Y
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $INSIDE/registry}}
http: {addr: "127.0.0.1:5000"}
Y
  cat >"$STATE/registry-hosts/_default/hosts.toml" <<Y
server = "http://127.0.0.1:5000"
[host."http://127.0.0.1:5000"]
  capabilities = ["pull", "resolve"]
Y
}

# restrict_oom_score_adj: runc may not lower the score where root lacks CAP_SYS_RESOURCE.
containerd_config() {
  cat >"$STATE/containerd.toml" <<Y
version = 2
root = "$INSIDE/state/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]
[plugins."io.containerd.internal.v1.opt"]
  path = "$INSIDE/state/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "127.0.0.1:5000/pause:1"
  restrict_oom_score_adj = true
  max_concurrent_downloads = 8
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$INSIDE/state/cni-config"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$INSIDE/state/registry-hosts"
Y
}

network_config() {
  cat >"$STATE/cni-config/10-pods.conflist" <<Y
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "pods", "isGateway": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "routes": [{"dst": "0.0.0.0/0"}], "ranges": [[
     {"subnet": "$NODE_NETWORK", "rangeEnd": "$LAST_POD_ADDRESS", "gateway": "$NODE_ADDRESS"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
Y
}

# cgroupfs, because no systemd need run here; no eviction and no image collection, because the disk
# is the whole machine's and how full it is says nothing about the cluster.
kubelet_config() {
  echo "nameserver $NODE_ADDRESS" >"$STATE/resolv.conf"
  cat >"$STATE/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_ADDRESS
tlsCertFile: $INSIDE/state/pki/kubelet.crt
tlsPrivateKeyFile: $INSIDE/state/pki/kubelet.key
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: false}
  x509: {clientCAFile: $INSIDE/state/pki/ca.crt}
authorization: {mode: AlwaysAllow}
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failSwapOn: false
failCgroupV1: false
evictionHard: {imagefs.available: 0%, imagefs.inodesFree: 0%, memory.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0%}
imageGCHighThresholdPercent: 100
serializeImagePulls: false
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 200
kubeAPIBurst: 400
maxPods: 250
nodeStatusReportFrequency: 1m
resolvConf: $INSIDE/state/resolv.conf
podLogsDir: /var/log/pods
volumePluginDir: $INSIDE/state/volume-plugins
Y
}

# The authority is part of the text, so that the file can be copied anywhere.
kubeconfig() {
  local authority
  authority=$(base64 -w0 "$PKI/ca.crt")
  cat <<Y
apiVersion: v1
kind: Config
current-context: argotui-cluster
clusters:
- name: argotui-cluster
  cluster: {server: "https://$NODE_ADDRESS", certificate-authority-data: $authority}
users:
- name: admin
  user: {token: $(cat "$TOKEN_FILE")}
contexts:
- name: argotui-cluster
  context: {cluster: argotui-cluster, user: admin, namespace: default}
Y
}
