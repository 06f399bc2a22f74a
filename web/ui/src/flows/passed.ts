import type { Graph, GraphEdge, NodeRun } from "./flow_types";
import { edgeKey } from "./layout";

export interface Passed {
  /** How the node stands after it was passed last. */
  readonly status: string;
  readonly times: number;
}

/** How often each node was passed. */
export function passedNodes(nodes: readonly NodeRun[]): ReadonlyMap<string, Passed> {
  const passed = new Map<string, Passed>();
  for (const { node, status } of nodes) passed.set(node, { status, times: (passed.get(node)?.times ?? 0) + 1 });
  return passed;
}

/**
 * The edges a run took. The log tells nodes, not exits: of several exits the one was taken whose node came next, or,
 * where a turn of a loop ended, the one that leads back while no other exit's node came next. A loop is told once for
 * all its turns: it took each exit whose node was passed.
 */
export function passedEdges(graph: Graph, nodes: readonly NodeRun[]): ReadonlySet<string> {
  const types = new Map(graph.nodes.map((node) => [node.key, node.type]));
  const ran = new Set(nodes.map(({ node }) => node));
  const taken = new Set<string>();
  for (const [index, run] of nodes.entries()) {
    const next = nodes[index + 1]?.node;
    const exits = graph.edges.filter((edge) => edge.source === run.node);
    const isLoop = types.get(run.node) === "for_each";
    for (const edge of isLoop ? exits.filter(({ target }) => ran.has(target)) : takenBy(exits, next, types)) {
      if (run.status === "done") taken.add(edgeKey(edge));
    }
  }
  return taken;
}

function takenBy(
  exits: readonly GraphEdge[],
  next: string | undefined,
  types: ReadonlyMap<string, string>,
): readonly GraphEdge[] {
  const [first] = exits;
  if (!first || exits.length === 1 || types.get(first.source) === "parallel") return exits;
  const followed = exits.filter((edge) => edge.target === next);
  if (followed.length > 0) return followed.slice(0, 1);
  return exits.filter((edge) => types.get(edge.target) === "for_each" && edge.target !== edge.source).slice(0, 1);
}
