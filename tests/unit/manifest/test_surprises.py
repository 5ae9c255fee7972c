"""Each known surprise of Argo has a warning, or a reason why a manifest cannot show it. Argo: 8."""

from __future__ import annotations

from argotui.manifest.traps import TRAPS

# number in the list of surprises -> names of warnings, or why there is none
SEEN: dict[int, str] = {
    1: "script-args",
    2: "fail-fast",
    3: "empty-with-items",
    4: "unbounded-retry nested-retry",
    5: "expression-policy",
    7: "same-group-reference non-ancestor-reference daemon-output",
    8: "when-unquoted",
    9: "expression-hyphen retry-text",
    10: "object-value large-number changed-text",
    12: "unchecked-enum",
    13: "inline-inputs",
    16: "configmap-label",
    17: "exit-hook-expression loop-exit-handler missing-handler handler-input",
    20: "container-set-retries",
    22: "http-no-timeout",
    23: "daemon-no-probe daemon-output",
    24: "nested-mutex nested-semaphore",
    25: "memo-key memo-result",
    26: "unshared-volume mounted-twice",
    32: "failures-json",
    37: "unknown-field",
    38: "literal-output",
    40: "branching-recursion",
    41: "empty-steps",
    42: "loop-exit-handler",
    47: "skipped-result",
    48: "skipped-artifact",
    50: "bad-expression",
    51: "changed-text",
}
UNSEEN: dict[int, str] = {
    6: "whether a loop's results are JSON is known when they are printed",
    11: "what a value contains is known when it is there; characters of given ones are checked",
    14: "what is printed is known when it is printed",
    15: "argotui records every result",
    18: "a handler that never ends looks like any other",
    19: "it is a choice on the command line",
    21: "the image's command is in the registry",
    27: "it is what happens without a word about it in the manifest",
    28: "a reference to a template says nothing of what its author expects of the spec",
    29: "the same: a template with a nodeSelector of its own is ordinary",
    30: "what is in an archive is known when it is made",
    31: "which outputs are written when something fails is known when it fails",
    33: "a format, which a reader of the value sees",
    34: "names of nodes, which are right",
    35: "a `when` on the entry template is there to be skipped",
    36: "it is about Argo's own documentation",
    39: "what a value contains is known when it is there",
    43: "when a daemon dies is known when it dies",
    44: "it is about readers of a finished workflow",
    45: "it is about what happens when a person stops a run",
    46: "an empty text, which a reader of the value sees",
    49: "an exit code, known when something is killed",
    52: "a bad `when` has its own warnings; the rest is about the tree",
}


def test_each_surprise_is_warned_about_or_cannot_be_seen():
    assert SEEN.keys() | UNSEEN.keys() == set(range(1, 53))
    assert not SEEN.keys() & UNSEEN.keys()


def test_each_warning_of_the_list_is_in_the_table():
    named = {name for names in SEEN.values() for name in names.split()}
    assert named <= TRAPS.keys()
