"""Whether a graph is sound: every node can be reached, every token can end, joins match their splits.

After W.M.P. van der Aalst, "The Application of Petri Nets to Workflow Management" (Journal of Circuits, Systems and
Computers 8(1), 1998): a workflow net is sound when from every state reachable from the start the end state can be
reached, nothing is left behind when it is, and no step is dead. He shows that a *well-structured* net (what a split
parts, a join of the same kind brings together; what a choice parts, a choice brings together) can be decided by its
structure alone. So each node is given what stands around it, a stack of loop bodies and parallel branches, by
following the ways from the start; a node that would stand in two places is the fault. Linear in nodes and ways, where
exploring all states grows exponentially with parallel branches.

Beyond the book: a cycle must go through a node that waits for somebody, so that a run cannot turn for ever; counting
loops are `for_each`, whose body leads back to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from engine.errors import Violation
from engine.texts import LocalizedText
from flow_engine.definition import Enclosure, Graph, Node, Scope, Structure
from flow_engine.node_type import Routing


class _Check:
    """One walk over one graph; collects faults and what stands around each node."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.faults: list[Violation] = []
        self.scopes: dict[str, Scope] = {graph.start: ()}
        #: join -> scope it closes -> branches seen to arrive
        self.arrivals: dict[str, dict[Scope, set[str]]] = {}
        self.splits: dict[str, str] = {}
        #: ways found faulty already; what follows from them is not told again
        self.broken: set[tuple[str, str]] = set()

    def fault(self, pointer: str, code: str, **params: object) -> None:
        violation = Violation(pointer=pointer, code=code, params=params)
        if violation not in self.faults:
            self.faults.append(violation)

    def title(self, key: str) -> LocalizedText:
        return self.graph.nodes[key].title

    def walk(self) -> None:
        """Give every node that can be reached its scope."""
        waiting = deque([self.graph.start])
        while waiting:
            node = self.graph.nodes[waiting.popleft()]
            for port, target in node.ways.items():
                scope = self._scope_behind(node, port)
                entered = self._enter(node, port, target, scope)
                if entered is not None and target not in self.scopes:
                    self.scopes[target] = entered
                    waiting.append(target)

    def _scope_behind(self, node: Node, port: str) -> Scope:
        scope = self.scopes[node.key]
        opens = node.type.routing is Routing.SPLIT or (node.type.routing is Routing.LOOP and port == "item")
        return (*scope, Enclosure(node=node.key, port=port)) if opens else scope

    def _enter(self, node: Node, port: str, target: str, scope: Scope) -> Scope | None:
        """Return the scope of `target` when reached with `scope`; None when this way only leads back or is faulty."""
        reached = self.graph.nodes[target]
        if reached.type.routing is Routing.LOOP and Enclosure(node=target, port="item") in scope:
            if scope[-1] != Enclosure(node=target, port="item"):
                self._mixed(node, port, target)
            return None
        if reached.type.routing is Routing.JOIN:
            return self._enter_join(node, port, target, scope)
        if target in self.scopes and self.scopes[target] != scope:
            self._mixed(node, port, target)
            return None
        return scope

    def _enter_join(self, node: Node, port: str, join: str, scope: Scope) -> Scope | None:
        if not scope or self.graph.nodes[scope[-1].node].type.routing is not Routing.SPLIT:
            self.broken.add((node.key, port))
            self.fault(node.way_pointer(port), "flow_join_without_split", join=self.title(join), node=node.title)
            return None
        split, outer = scope[-1].node, scope[:-1]
        known = self.splits.setdefault(join, split)
        if known != split:
            self.broken.add((node.key, port))
            params = {"join": self.title(join), "first": self.title(known), "second": self.title(split)}
            self.fault(node.way_pointer(port), "flow_join_of_two_splits", **params)
            return None
        self.arrivals.setdefault(join, {}).setdefault(outer, set()).add(scope[-1].port)
        return outer

    def _mixed(self, node: Node, port: str, target: str) -> None:
        self.broken.add((node.key, port))
        params = {"node": node.title, "target": self.title(target)}
        self.fault(node.way_pointer(port), "flow_way_crosses_border", **params)

    def check_reached(self) -> None:
        for node in self.graph.nodes.values():
            if node.key not in self.scopes:
                self.fault(node.pointer(), "flow_node_unreachable", node=node.title)

    def check_joins(self) -> None:
        for join, by_scope in self.arrivals.items():
            split = self.graph.nodes[self.splits[join]]
            missing = [port.key for port in split.ports if port.key not in set().union(*by_scope.values())]
            if missing:
                params = {"join": self.title(join), "split": split.title, "branches": missing}
                self.fault(self.graph.nodes[join].pointer(), "flow_join_misses_branch", **params)

    def check_ends(self) -> None:
        """See that branches reach their join and bodies come back: neither may end inside."""
        for key, scope in self.scopes.items():
            node = self.graph.nodes[key]
            if not scope or not self._may_end_at(node):
                continue
            around = self.graph.nodes[scope[-1].node]
            if around.type.routing is Routing.SPLIT:
                params = {"node": node.title, "split": around.title}
                self.fault(node.pointer(), "flow_branch_ends_before_join", **params)
            elif node.type.routing is Routing.END:
                self.fault(node.pointer(), "flow_end_inside_loop", node=node.title, loop=around.title)

    def _may_end_at(self, node: Node) -> bool:
        if node.type.routing is Routing.END:
            return True
        return any(port.key not in node.ways and not (port.required or port.optional) for port in node.ports)

    def check_cycles(self) -> None:
        """Refuse cycles without anybody who waits, and places from which no way leads on to an end."""
        forward = [
            (source, target)
            for source, port, target in self.graph.edges()
            if source in self.scopes
            and (source, port) not in self.broken
            and not self._leads_back(source, port, target)
        ]
        at_once = [(source, target) for source, target in forward if not self.graph.nodes[source].type.may_wait]
        for cycle in _cycles(self.scopes, at_once):
            titles = [self.title(key) for key in cycle]
            self.fault(self.graph.nodes[cycle[0]].pointer(), "flow_cycle_without_wait", nodes=titles)
        # A way that only leads back is an end for what is inside the body.
        exits = {key for key in self.scopes if self._may_end_at(self.graph.nodes[key])}
        exits |= {source for source, port, target in self.graph.edges() if self._leads_back(source, port, target)}
        exits |= {source for source, _ in self.broken}
        ending = _reaching(exits, forward)
        stuck = [key for key in self.scopes if key not in ending]
        if stuck:
            titles = [self.title(key) for key in stuck]
            self.fault(self.graph.nodes[stuck[0]].pointer(), "flow_never_ends", nodes=titles)

    def _leads_back(self, source: str, port: str, target: str) -> bool:
        if source not in self.scopes or self.graph.nodes[target].type.routing is not Routing.LOOP:
            return False
        return Enclosure(node=target, port="item") in self._scope_behind(self.graph.nodes[source], port)


def analyse(graph: Graph) -> tuple[Structure, list[Violation]]:
    """Return the structure of `graph` with everything that keeps it from being sound."""
    check = _Check(graph)
    check.walk()
    check.check_reached()
    check.check_joins()
    check.check_ends()
    check.check_cycles()
    bodies = {
        key: frozenset(inner for inner, scope in check.scopes.items() if Enclosure(node=key, port="item") in scope)
        for key, node in graph.nodes.items()
        if node.type.routing is Routing.LOOP
    }
    structure = Structure(
        scopes=check.scopes, order=_forward_order(graph, check.scopes), bodies=bodies, splits=check.splits
    )
    return structure, check.faults


def _forward_order(graph: Graph, reached: Mapping[str, Scope]) -> tuple[str, ...]:
    """Return the reached nodes in reverse postorder of a depth-first walk: every way but one back leads forward."""
    done: list[str] = []
    seen = {graph.start}
    stack: list[tuple[str, list[str]]] = [(graph.start, list(graph.nodes[graph.start].ways.values()))]
    while stack:
        key, targets = stack[-1]
        if targets:
            target = targets.pop()
            if target not in seen and target in reached:
                seen.add(target)
                stack.append((target, list(graph.nodes[target].ways.values())))
        else:
            done.append(key)
            stack.pop()
    return tuple(reversed(done))


def _cycles(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the groups of nodes that can reach each other, singles with a way to themselves included.

    Takes away, again and again, what nothing leads to and what leads nowhere; the rest is split by reachability.
    """
    targets: dict[str, set[str]] = {key: set() for key in nodes}
    for source, target in edges:
        targets[source].add(target)
    reach = {key: _reached(key, targets) for key in targets}
    groups: dict[frozenset[str], list[str]] = {}
    for key in targets:
        if key in reach[key]:
            group = frozenset(other for other in reach[key] if key in reach[other])
            groups.setdefault(group, []).append(key)
    return list(groups.values())


def _reached(start: str, targets: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(targets[start])
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting.extend(targets.get(key, ()))
    return seen


def _reaching(ends: set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    sources: dict[str, set[str]] = {}
    for source, target in edges:
        sources.setdefault(target, set()).add(source)
    reached, waiting = set(ends), list(ends)
    while waiting:
        for source in sources.get(waiting.pop(), ()):
            if source not in reached:
                reached.add(source)
                waiting.append(source)
    return reached
