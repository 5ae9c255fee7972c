"""Where the API keeps the objects of a kind, asked once for each group and version.

Called by resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.errors import ApiError, explained


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of object, as the server knows it."""

    group_version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: tuple[str, ...] = ()

    def path(self, namespace: str, name: str = "") -> str:
        root = "/api/v1" if self.group_version == "v1" else f"/apis/{self.group_version}"
        where = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{root}{where}/{self.plural}{f'/{name}' if name else ''}"


class Discovery:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, list[Mapping[str, Any]]] = {}

    async def of_object(self, document: Mapping[str, Any]) -> Kind:
        """Return the kind of an object. Raises RuntimeFault for one that the server has not."""
        version, kind = str(document.get("apiVersion") or "v1"), str(document.get("kind") or "")
        for each in await self._resources(version):
            if each.get("kind") == kind and "/" not in each["name"]:
                return _kind(version, each)
        raise RuntimeFault(f'the server has no kind "{kind}" in version "{version}"')

    async def of_word(self, word: str) -> Kind:
        """Return the kind that a word means, as for kubectl: plural, singular or short, with the
        group behind a dot. Raises RuntimeFault."""
        name, _, group = word.lower().partition(".")
        for version in await self._versions(group):
            for each in await self._resources(version):
                if name in _words(each):
                    return _kind(version, each)
        raise RuntimeFault(f'the server has no resource type "{word}"')

    async def _versions(self, group: str) -> Iterable[str]:
        answer = await self._get("/apis")
        groups = answer.get("groups") or ()
        found = [
            each["preferredVersion"]["groupVersion"]
            for each in groups
            if not group or each["name"] == group or each["name"].startswith(f"{group}.")
        ]
        return found if group else ["v1", *found]

    async def _resources(self, version: str) -> list[Mapping[str, Any]]:
        if version not in self._known:
            path = "/api/v1" if version == "v1" else f"/apis/{version}"
            answer = await self._get(path)
            self._known[version] = list(answer.get("resources") or ())
        return self._known[version]

    async def _get(self, path: str) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = await self._client.call("GET", path, patience=60.0)
        except ApiError as error:
            if error.status == 404:
                return {}
            raise RuntimeFault(explained(error, "cannot ask what the cluster knows")) from error
        return answer


def _words(resource: Mapping[str, Any]) -> set[str]:
    names = {resource["name"], resource.get("singularName"), resource.get("kind", "").lower()}
    return {*names, *(resource.get("shortNames") or ())} if "/" not in resource["name"] else set()


def _kind(version: str, resource: Mapping[str, Any]) -> Kind:
    return Kind(
        group_version=version,
        kind=str(resource["kind"]),
        plural=str(resource["name"]),
        namespaced=bool(resource.get("namespaced")),
        verbs=tuple(resource.get("verbs") or ()),
    )
