#!/usr/bin/env bash
# Runs the tests that need a cluster, with pytest's arguments: against $ARGOTUI_TEST_KUBECONFIG if
# that is set, else against the cluster of cluster.sh, which is left up or down as it was found.
# Fails if no test ran.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."

if [ -z "${ARGOTUI_TEST_KUBECONFIG:-}" ]; then
  "$here/cluster.sh" status >/dev/null 2>&1 || trap '"$here/cluster.sh" down' EXIT
  ARGOTUI_TEST_KUBECONFIG=$("$here/cluster.sh" up)
  export ARGOTUI_TEST_KUBECONFIG
fi
# A test that skips for want of a cluster has not run: here there is one.
export ARGOTUI_TEST_CLUSTER=required
status=0
"${PYTHON:-python3}" -m pytest -m cluster "$@" || status=$?
[ "$status" -ne 5 ] || echo "no test ran" >&2
exit "$status"
