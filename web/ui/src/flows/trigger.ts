import type { Graph, NodeRun } from "./flow_types";

/** No node is called so: keys of nodes hold no colon. */
const TRIGGER = ":trigger";

/** The flow with what starts it drawn as a step before its first one, and the run as one that came from there. */
export function withTrigger(graph: Graph, nodes: readonly NodeRun[]): readonly [Graph, readonly NodeRun[]] {
  const { trigger, start } = graph;
  if (!trigger) return [graph, nodes];
  const node = { key: TRIGGER, title: trigger.title, type: TRIGGER, type_title: "" };
  const way = { source: TRIGGER, port: "next", title: "", target: start };
  const run: NodeRun = {
    node: TRIGGER,
    title: trigger.title,
    type: TRIGGER,
    status: "done",
    iteration: [],
    started_at: null,
    ended_at: null,
    input: null,
    output: null,
    error: null,
  };
  const drawn = { ...graph, start: TRIGGER, nodes: [node, ...graph.nodes], edges: [way, ...graph.edges] };
  return [drawn, nodes.length > 0 ? [run, ...nodes] : nodes];
}
