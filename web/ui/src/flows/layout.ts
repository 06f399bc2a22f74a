import dagre from "@dagrejs/dagre";
import type { Graph } from "./flow_types";

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 52;

export interface Placed {
  readonly x: number;
  readonly y: number;
}

/** Places for the nodes of a flow, from the top down; loops lead back up beside it. */
export function layOut(graph: Graph): ReadonlyMap<string, Placed> {
  const drawn = new dagre.graphlib.Graph({ multigraph: true });
  drawn.setGraph({ rankdir: "TB", nodesep: 36, ranksep: 44, marginx: 8, marginy: 8 });
  drawn.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) drawn.setNode(node.key, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const edge of graph.edges) drawn.setEdge(edge.source, edge.target, {}, edge.port);
  dagre.layout(drawn);
  return new Map(
    graph.nodes.map(({ key }) => {
      const { x, y } = drawn.node(key);
      return [key, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
    }),
  );
}
