"""Warnings about the order of things: references, conditions, loops, retries, hooks, locks. Part of
traps.py. Argo: 4, 8."""

from __future__ import annotations

from collections.abc import Mapping

from argotui.manifest.traps.trap import Trap

FLOW: Mapping[str, Trap] = {
    "same-group-reference": Trap(
        title="A step refers to a step of its own group",
        about="The steps of a group run at once, so the value is never there when it is asked for: "
        "Argo waits for ever. Put one of them into a later group.",
        example="""\
entrypoint: main
templates:
- name: main
  steps:
  - - {name: a, template: work}
    - {name: b, template: work, when: "'{{steps.a.status}}' == 'Succeeded'"}
- {name: work, container: {image: alpine}}
""",
    ),
    "non-ancestor-reference": Trap(
        title="A task refers to a task that it does not wait for",
        about="Whether the value is there is chance; if the other task never runs, Argo waits for "
        "ever. Add the task to `depends`.",
        example="""\
entrypoint: main
templates:
- name: main
  dag:
    tasks:
    - {name: a, template: work}
    - name: b
      template: work
      arguments: {parameters: [{name: p, value: "from {{tasks.a.outputs.result}}"}]}
- {name: work, inputs: {parameters: [{name: p, default: x}]}, container: {image: alpine}}
""",
    ),
    "skipped-result": Trap(
        title="A reference to the result of something that may be skipped",
        about="A skipped step or task has no outputs.result, and Argo waits for it for ever. Write "
        "the value as an output parameter with a default, or give both the same `when`.",
        example="""\
entrypoint: main
templates:
- name: main
  steps:
  - - {name: a, template: work, when: "{{workflow.name}} == x"}
  - - name: b
      template: work
      arguments: {parameters: [{name: p, value: "{{steps.a.outputs.result}}"}]}
- {name: work, inputs: {parameters: [{name: p, default: x}]}, container: {image: alpine}}
""",
    ),
    "daemon-output": Trap(
        title="A reference to the outputs of a daemon",
        about="A daemon never ends while others need it, so it has no outputs, and who refers to "
        "them waits for ever. Only its `ip` can be used.",
        example="""\
entrypoint: main
templates:
- name: main
  steps:
  - - {name: server, template: server}
  - - name: client
      template: work
      arguments: {parameters: [{name: p, value: "{{steps.server.outputs.result}}"}]}
- name: server
  daemon: true
  container: {image: nginx, readinessProbe: {httpGet: {port: 80}}}
- {name: work, inputs: {parameters: [{name: p}]}, container: {image: alpine}}
""",
    ),
    "empty-steps": Trap(
        title="A task waits for a steps template that ends with an empty group",
        about="What depends on it runs, but is linked to nothing, and the DAG never ends "
        "(`steps: [[]]`). Leave the empty group out, or the task.",
        example="""\
entrypoint: main
templates:
- name: main
  dag:
    tasks:
    - {name: a, template: nothing}
    - {name: b, template: work, depends: a}
- {name: nothing, steps: [[]]}
- {name: work, container: {image: alpine}}
""",
    ),
    "empty-with-items": Trap(
        title="withItems with an empty list",
        about="It counts as not set: the step runs once, with {{item}} left as it stands. "
        '`withParam: "[]"` makes no item.',
        example="""\
entrypoint: main
templates:
- {name: main, steps: [[{name: a, template: work, withItems: []}]]}
- {name: work, container: {image: alpine}}
""",
    ),
    "when-unquoted": Trap(
        title="A word in `when` that should stand in quotes",
        about="Without quotes a hyphen subtracts, a dot looks for a member, a date is arithmetic "
        "and two words are an error. Write 'prod-eu'.",
        example="""\
entrypoint: main
templates:
- {name: main, steps: [[{name: a, template: work, when: "{{workflow.name}} == prod-eu"}]]}
- {name: work, container: {image: alpine}}
""",
    ),
    "bad-depends": Trap(
        title="`depends` cannot be read as an expression",
        about="Argo looks at the names when it validates and at the rest only when the task's turn "
        "comes; then the DAG fails. Combine names with &&, || and !.",
        example="""\
entrypoint: main
templates:
- name: main
  dag:
    tasks:
    - {name: a, template: work}
    - {name: b, template: work, depends: "a &&"}
- {name: work, container: {image: alpine}}
""",
    ),
    "unbounded-retry": Trap(
        title="Retries without a limit",
        about="Without `limit` what fails is started again for ever, and at once: a backoff is not "
        "waited for unless there is a limit. Set `limit`, or at least an `expression`.",
        example="""\
entrypoint: main
templates:
- name: main
  retryStrategy: {backoff: {duration: "10"}}
  container: {image: alpine}
""",
    ),
    "nested-retry": Trap(
        title="A retryStrategy for everything, also for steps and DAGs",
        about="spec.retryStrategy counts for each template: a step that fails is tried again, then "
        "the steps around it with all that is in them, and so on; the attempts multiply. Write "
        "`retryStrategy` on the templates that make pods.",
        example="""\
entrypoint: main
retryStrategy: {limit: 3}
templates:
- {name: main, steps: [[{name: a, template: work}]]}
- {name: work, container: {image: alpine}}
""",
    ),
    "retry-text": Trap(
        title="A number compared with a text in a retry expression",
        about="`retries`, `lastRetry.exitCode` and `lastRetry.duration` are texts: comparing them "
        "with a number is an error when the first attempt has failed. Write asInt(retries) < 3.",
        example="""\
entrypoint: main
templates:
- name: main
  retryStrategy: {limit: 3, expression: "lastRetry.exitCode > 1"}
  container: {image: alpine}
""",
    ),
    "exit-hook-expression": Trap(
        title="The expression of a workflow's exit hook",
        about="Argo ignores it: the exit hook of a workflow always runs. Put the condition on a "
        "step of the handler, as `when`.",
        example="""\
entrypoint: main
hooks: {exit: {template: main, expression: workflow.status == 'Failed'}}
templates:
- {name: main, container: {image: alpine}}
""",
    ),
    "loop-exit-handler": Trap(
        title="An exit handler of a task that is a loop",
        about="Of the items' handlers usually only the first one is started before the loop counts "
        "as ended. Loop in a steps template, or handle the end within the called template.",
        example="""\
entrypoint: main
templates:
- {name: main, dag: {tasks: [{name: a, template: work, withItems: [1, 2], onExit: work}]}}
- {name: work, container: {image: alpine}}
""",
    ),
    "nested-mutex": Trap(
        title="A template wants a mutex that its caller holds",
        about="The caller keeps the mutex until the called template has ended, which waits for it: "
        "both wait for ever. Keep the mutex on one of them.",
        example="""\
entrypoint: main
templates:
- name: main
  synchronization: {mutexes: [{name: deploy}]}
  steps: [[{name: a, template: work}]]
- name: work
  synchronization: {mutexes: [{name: deploy}]}
  container: {image: alpine}
""",
    ),
    "nested-semaphore": Trap(
        title="A template wants a semaphore that its caller holds",
        about="Each caller keeps its place until the called template has ended, which wants one "
        "more: when callers hold all places, all of them wait for ever. Keep the semaphore on one "
        "of them.",
        example="""\
entrypoint: main
synchronization: {semaphores: [{configMapKeyRef: {name: limits, key: deploy}}]}
templates:
- name: main
  synchronization: {semaphores: [{configMapKeyRef: {name: limits, key: deploy}}]}
  container: {image: alpine}
""",
    ),
    "missing-handler": Trap(
        title="A handler or hook that calls a template that there is not",
        about="Argo looks for it only when the handler is due, and then it fails. Mind the name.",
        example="""\
entrypoint: main
templates:
- {name: main, steps: [[{name: a, template: work, onExit: notfy}]]}
- {name: work, container: {image: alpine}}
""",
    ),
    "handler-input": Trap(
        title="A hook that does not give its template what it wants",
        about="Argo looks at the inputs of a handler only when it is due, and then it fails. Pass "
        "the argument, or declare a default.",
        example="""\
entrypoint: main
hooks:
  failed:
    expression: workflow.status == "Failed"
    template: notify
    arguments: {parameters: [{name: text, value: x}]}
templates:
- {name: main, container: {image: alpine}}
- {name: notify, inputs: {parameters: [{name: to}, {name: text}]}, container: {image: alpine}}
""",
    ),
    "fail-fast": Trap(
        title="failFast on a template together with retries or continueOn",
        about="The failFast of a template (not that of its dag) ends it at the first child that "
        "fails, an attempt that would be tried again or a failure that is tolerated included.",
        example="""\
entrypoint: main
templates:
- {name: main, failFast: true, steps: [[{name: a, template: work}]]}
- {name: work, retryStrategy: {limit: 2}, container: {image: alpine}}
""",
    ),
    "skipped-artifact": Trap(
        title="An artifact of a step that may be skipped",
        about="The step that wants it ends with an error when the other one was skipped, even if "
        "the artifact is optional. Give both the same `when`, or use a dag.",
        example="""\
entrypoint: main
templates:
- name: main
  steps:
  - - {name: a, template: make, when: "{{workflow.name}} == x"}
  - - name: b
      template: main-2
      arguments: {artifacts: [{name: f, from: "{{steps.a.outputs.artifacts.f}}"}]}
- name: make
  steps: [[{name: c, template: work}]]
  outputs: {artifacts: [{name: f, optional: true}]}
- {name: main-2, inputs: {artifacts: [{name: f}]}, steps: [[{name: d, template: work}]]}
- {name: work, container: {image: alpine}}
""",
    ),
    "branching-recursion": Trap(
        title="A template that calls itself more than once",
        about="Each level has twice as many nodes as the one before, and there may be 100 levels. "
        "Give the calls `when`s that exclude each other, or loop instead.",
        example="""\
entrypoint: main
templates:
- name: main
  steps:
  - - {name: left, template: main, when: "{{workflow.name}} != x"}
    - {name: right, template: main, when: "{{workflow.name}} != x"}
""",
    ),
    "expression-policy": Trap(
        title="A retry expression without a retryPolicy",
        about="With an expression the policy is Always unless one is set: errors (a pod that is "
        "deleted, an image that is not found) are tried again as well. Set retryPolicy, or ask for "
        "lastRetry.status.",
        example="""\
entrypoint: main
templates:
- name: main
  retryStrategy: {limit: 3, expression: asInt(retries) < 2}
  container: {image: alpine}
""",
    ),
    "memo-result": Trap(
        title="The result of a memoized template",
        about="The cache holds outputs.result only if the call that filled it was asked for its "
        "result; a later one that is asked then waits for ever. Hand on an output parameter.",
        example="""\
entrypoint: main
templates:
- name: main
  steps:
  - - {name: a, template: work}
  - - {name: b, template: work}
  - - name: c
      template: use
      arguments: {parameters: [{name: p, value: "{{steps.b.outputs.result}}"}]}
- name: work
  memoize: {key: k, cache: {configMap: {name: cache}}}
  container: {image: alpine}
- {name: use, inputs: {parameters: [{name: p}]}, container: {image: alpine}}
""",
    ),
}
