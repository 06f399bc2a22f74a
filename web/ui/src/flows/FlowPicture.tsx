import {
  Background,
  Controls,
  type Edge,
  type EdgeTypes,
  MarkerType,
  type Node,
  type NodeTypes,
  ReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { type JSX, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useThemeName } from "../ui/use_theme";
import styles from "./FlowPicture.module.css";
import type { Graph, NodeRun } from "./flow_types";
import { edgeKey, type Layout, layOut, NODE_HEIGHT, NODE_WIDTH } from "./layout";
import { PictureEdge, type PictureEdgeData } from "./PictureEdge";
import { PictureNode, type PictureNodeData } from "./PictureNode";
import { type Passed, passedEdges, passedNodes } from "./passed";
import { withTrigger } from "./trigger";

interface FlowPictureProps {
  readonly graph: Graph;
  readonly nodes: readonly NodeRun[];
}

const NODE_TYPES: NodeTypes = { step: PictureNode };
const EDGE_TYPES: EdgeTypes = { way: PictureEdge };

function nodesOf(graph: Graph, layout: Layout, passed: ReadonlyMap<string, Passed>): Node<PictureNodeData>[] {
  return graph.nodes.map((node) => ({
    id: node.key,
    type: "step",
    position: layout.nodes.get(node.key) ?? { x: 0, y: 0 },
    width: NODE_WIDTH,
    height: NODE_HEIGHT,
    data: { node, status: passed.get(node.key)?.status, times: passed.get(node.key)?.times ?? 0 },
  }));
}

function edgesOf(graph: Graph, layout: Layout, taken: ReadonlySet<string>): Edge<PictureEdgeData>[] {
  return graph.edges.flatMap((edge) => {
    const placed = layout.edges.get(edgeKey(edge));
    if (!placed) return [];
    const data = { placed, title: edge.title, isPassed: taken.has(edgeKey(edge)) };
    const markerEnd = { type: MarkerType.ArrowClosed };
    return [{ id: edgeKey(edge), source: edge.source, target: edge.target, type: "way", data, markerEnd }];
  });
}

/** A run in the picture of its flow: where it has been, where it stands. Only to look at. */
export function FlowPicture({ graph: told, nodes: passed }: FlowPictureProps): JSX.Element {
  const { t } = useTranslation("flows");
  const theme = useThemeName();
  const [graph, nodes] = useMemo(() => withTrigger(told, passed), [told, passed]);
  const drawn = useMemo(() => {
    const layout = layOut(graph);
    return {
      layout,
      nodes: nodesOf(graph, layout, passedNodes(nodes)),
      edges: edgesOf(graph, layout, passedEdges(graph, nodes)),
    };
  }, [graph, nodes]);
  const label = t("picture.label", { steps: graph.nodes.map((node) => node.title).join(", ") });
  return (
    <figure
      className={styles.picture}
      style={{ aspectRatio: `${drawn.layout.width} / ${drawn.layout.height}` }}
      aria-label={label}
    >
      <ReactFlow
        nodes={drawn.nodes}
        edges={drawn.edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        colorMode={theme}
        fitView
        fitViewOptions={{ padding: 0.02, maxZoom: 1 }}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
      >
        <Background gap={20} />
        <Controls position="top-right" showInteractive={false} />
      </ReactFlow>
    </figure>
  );
}
