"""The cluster a run goes to, asked for what no file has. Used by session, `plan` and `lint`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from argotui import bootstrap
from argotui.cli.config import Config, load_config
from argotui.cli.place import decide
from argotui.model.errors import RuntimeFault, UsageError
from argotui.model.sought import Answer, Sought
from argotui.submit.request import Choices, Where


class Cluster:
    """Where to run is decided once, when somebody first wants to know: a person is asked once."""

    def __init__(self, choices: Choices, config: Config, *, ask: bool) -> None:
        self._choices, self._config, self._ask = choices, config, ask
        self._places: dict[str, bootstrap.Place] = {}

    def place(self, written: str) -> bootstrap.Place:
        """Return where to run; `written` is the manifest's namespace. Raises UsageError,
        RuntimeFault."""
        if written not in self._places:
            found = decide(self._choices, self._config, ask=self._ask, namespace=written)
            self._places[written] = found
        return self._places[written]

    def namespace(self, written: str) -> str:
        return str(self.place(written).options.get("namespace") or written)

    def look(self, sought: Sequence[Sought], written: str) -> Mapping[Sought, Answer]:
        try:
            place = self.place(written)
        except (UsageError, RuntimeFault):
            if self._is_named:
                raise
            return {}  # told when it is to run; what is missing is told first
        return bootstrap.look_up(place, sought)

    @property
    def _is_named(self) -> bool:
        named = self._choices.context or self._choices.namespace
        return bool(named) or self._choices.runtime is Where.KUBERNETES


def named_cluster(context: str | None, namespace: str | None) -> Cluster | None:
    """Return the cluster that --context or -n names, None where neither is given."""
    if not (context or namespace):
        return None
    choices = Choices(runtime=Where.KUBERNETES, context=context, namespace=namespace)
    return Cluster(choices, load_config(), ask=False)
