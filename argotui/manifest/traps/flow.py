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
}
