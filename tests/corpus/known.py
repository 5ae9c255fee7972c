"""Cases of the corpus that differ, each with the reason; and objects that some of them need.

Names and our own words only: nothing here comes from the corpus.
"""

# what has to be on the cluster beforehand and is in no setup file
_CONFIG = """
apiVersion: v1
kind: ConfigMap
metadata: {name: my-config}
data: {workflow: "1", template: "1"}
"""
_SECRET = """
apiVersion: v1
kind: Secret
metadata: {name: my-secret}
stringData: {mypassword: made-up}
"""
GIVEN = {
    "examples/secrets.yaml": _SECRET,
    "test/e2e/synchronization/semaphore-tmpl-level.yaml": _CONFIG,
    "test/e2e/synchronization/semaphore-wf-level.yaml": _CONFIG,
    "examples/synchronization-tmpl-level.yaml": _CONFIG,
    "examples/synchronization-wf-level.yaml": _CONFIG,
}

# sleep for 40 to 80 seconds
SLEEPERS = frozenset(
    f"examples/{name}.yaml"
    for name in (
        "loops-param-result",
        "parallelism-nested",
        "parallelism-nested-dag",
        "synchronization-tmpl-level",
    )
)

# text of a manifest -> what stands for it here: the recordings were made where it was not pulled
_UNPULLED = {"argoproj/argosay:v2": "argoproj/argosay:not-there"}
INSTEAD: dict[str, dict[str, str]] = {
    "inline/workflow__TestWorkflowFailedWhenAllPodSetFailedFromPending__0.yaml": _UNPULLED,
}

# inputs hold the address of a daemon's pod, another in every run: any address equals any other
ADDRESSES = frozenset(
    (
        "examples/dag-daemon-retry-strategy.yaml",
        "examples/steps-daemon-retry-strategy.yaml",
        "test/e2e/functional/dag-argument-passing.yaml",
    )
)

_STORE = "needs an artifact store, which argotui does not have yet"
_TAKEN = "needs to know which output artifacts were written; argotui does not look yet"
_OWN_POD = "it patches its own pod, and a resource template has none here"
_TIMING = "an accident of timing: a pod of the recording was pending until its timeout"
_PASSED = (
    "examples/artifact-passing-subpath.yaml",
    "examples/artifact-passing.yaml",
    "examples/exit-handler-with-artifacts.yaml",
    "examples/nested-workflow.yaml",
    "inline/hooks__TestTemplateLevelHooksWithRetry__0.yaml",
    "test/e2e/functional/artifact-input-output-samedir.yaml",
    "test/e2e/functional/dag-argument-passing.yaml",
    "test/e2e/functional/global-outputs-dag.yaml",
    "test/e2e/functional/nested-dag-outputs.yaml",
    "test/e2e/functional/retry-with-artifacts.yaml",
    "test/e2e/testdata/archive-strategies.yaml",
    "test/e2e/testdata/artifact-passing-workflow.yaml",
    "test/e2e/testdata/exit-handler-parameterized-global-artifacts.yaml",
    "test/e2e/testdata/workflow-tracing.yaml",
)
_STORED: dict[str, str] = {
    **dict.fromkeys(_PASSED, _STORE),
    "test/e2e/expectedfailures/output-artifact-not-optional.yaml": _TAKEN,
    "test/e2e/functional/output-input-artifact-optional.yaml": _TAKEN,
}

# id -> why the run on this machine differs
LOCAL: dict[str, str] = {
    **_STORED,
    "inline/retry__TestWorkflowTemplateWithRetryStrategyInContainerSet__1.yaml": (
        "Argo's own executor ends the third container before it starts; here it fails to start"
    ),
    "inline/functional__TestTemplateLevelTimeout__0.yaml": _TIMING,
}

# id -> why the run on a cluster differs
CLUSTER: dict[str, str] = {
    "examples/k8s-patch-json-pod.yaml": _OWN_POD,
    "examples/k8s-patch-pod.yaml": _OWN_POD,
    "examples/k8s-patch-json-workflow.yaml": (
        "it patches the Workflow object of its own run, and argotui stores none in the cluster"
    ),
    "examples/timeouts-workflow.yaml": (
        "an accident of timing: the kubelet ended the pods before the controller did"
    ),
    "examples/variables-showcase.yaml": _STORE,
    "inline/workflow__TestWorkflowFailedWhenAllPodSetFailedFromPending__0.yaml": (
        "an accident of timing: one pod of the recording had begun when its deadline came, and "
        "has an exit code"
    ),
    "test/e2e/testdata/signaled-container-set-workflow.yaml": (
        "the test node's cgroups kill one process for want of memory, not its whole container: "
        "the next container hears of it and is not run, instead of being ended"
    ),
    "test/e2e/functional/sidecar-volumes.yaml": (
        "a sidecar without `command` that ends by itself at once is started again and again, and "
        "the main waits for it; equal on this machine"
    ),
}

# id -> why the recorded facts, fed to the engine, lead to another tree
REPLAYED: dict[str, str] = {
    **_STORED,
    "examples/variables-showcase.yaml": "an input holds the times of day of the recorded run",
    "test/e2e/expectedfailures/volumes-pvc-fail-event.yaml": (
        "the API server refuses the claim; nobody asks one here"
    ),
    "inline/functional__TestTemplateLevelTimeout__0.yaml": (
        "an accident of timing: a pod was pending until its timeout, the others were left behind"
    ),
    "inline/retry__TestWorkflowTemplateWithRetryStrategyInContainerSet__1.yaml": (
        "the recording does not say which container broke the pod"
    ),
}
