import dagre from "@dagrejs/dagre";
import type { Graph, GraphEdge } from "./flow_types";

export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 52;
const LABEL_HEIGHT = 20;
const LETTER_WIDTH = 13;
const LABEL_LETTERS = 10;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly points: readonly Point[];
  readonly label: Point | null;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Point>;
  readonly edges: ReadonlyMap<string, PlacedEdge>;
}

export function edgeKey(edge: GraphEdge): string {
  return `${edge.source}:${edge.port}`;
}

/** Places for a flow, from the top down; edges keep clear of nodes, so loops lead back up beside them. */
export function layOut(graph: Graph): Layout {
  const drawn = new dagre.graphlib.Graph({ multigraph: true });
  drawn.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 30, edgesep: 24, marginx: 16, marginy: 16 });
  for (const node of graph.nodes) drawn.setNode(node.key, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const edge of graph.edges) {
    const width = Math.min(edge.title.length, LABEL_LETTERS) * LETTER_WIDTH;
    const label = edge.title ? { width, height: LABEL_HEIGHT, labelpos: "c" } : {};
    drawn.setEdge(edge.source, edge.target, label, edgeKey(edge));
  }
  dagre.layout(drawn);
  const size = drawn.graph();
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes: new Map(
      graph.nodes.map(({ key }) => {
        const { x, y } = drawn.node(key);
        return [key, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
      }),
    ),
    edges: new Map(
      graph.edges.map((edge) => {
        const { points, x, y } = drawn.edge(edge.source, edge.target, edgeKey(edge));
        return [edgeKey(edge), { points, label: edge.title ? { x, y } : null }];
      }),
    ),
  };
}

/** An SVG path through the points, its corners rounded: straight to the middle of each leg, curved past each point. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return "";
  const curves = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    return `Q ${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return [`M ${first.x} ${first.y}`, ...curves, `L ${last.x} ${last.y}`].join(" ");
}
