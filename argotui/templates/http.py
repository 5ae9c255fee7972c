"""The http template: one request. Argo: 3.7."""

from __future__ import annotations

from argotui.engine.context import NodeContext, Visit
from argotui.engine.core import HardError
from argotui.model.status import NodePhase, NodeType, Shutdown
from argotui.pods.request import PodError, PodRequest
from argotui.pods.requests import build_http


class HttpHandler:
    node_type = NodeType.HTTP

    def advance(self, cx: NodeContext) -> Visit | None:
        core = cx.core
        run = core.state.run
        node = cx.node
        if node is not None and node.attempt:
            return None
        if node is None:
            node = cx.create(NodeType.HTTP, NodePhase.PENDING)
        if run.shutdown is not Shutdown.NONE and not cx.inv.on_exit:
            core.mark(node, NodePhase.FAILED, f"Stopped with strategy '{run.shutdown}'")
            return None
        request = PodRequest(
            template=cx.bound.template, spec=core.spec, node_name=node.name, node_id=node.id,
            pod_name="", run_id=run.run_id, workflow_name=run.name, namespace=run.namespace,
        )  # fmt: skip
        try:
            cx.start(node, build_http(request), "")
        except PodError as error:
            raise HardError(error.text) from None
        return None


class PluginHandler:
    """Plugins are sidecars of Argo's own agent: refused, in clear words. Argo: 3.8."""

    node_type = NodeType.PLUGIN

    def advance(self, cx: NodeContext) -> Visit | None:
        node = cx.node or cx.create(NodeType.PLUGIN, NodePhase.PENDING)
        cx.core.mark(
            node,
            NodePhase.FAILED,
            "no plugin executed the template: argotui does not run executor plugins",
        )
        return None
