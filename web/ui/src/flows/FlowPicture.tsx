import { Background, Controls, type Edge, MarkerType, type Node, type NodeTypes, ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { type JSX, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useThemeName } from "../ui/use_theme";
import styles from "./FlowPicture.module.css";
import type { Graph, NodeRun } from "./flow_types";
import { layOut, NODE_HEIGHT, NODE_WIDTH } from "./layout";
import { PictureNode, type PictureNodeData } from "./PictureNode";

interface FlowPictureProps {
  readonly graph: Graph;
  readonly nodes: readonly NodeRun[];
}

const NODE_TYPES: NodeTypes = { step: PictureNode };

interface Passed {
  readonly status: string;
  readonly times: number;
}

/** How often a node was passed, and how it stands after the last time. */
function passedNodes(nodes: readonly NodeRun[]): ReadonlyMap<string, Passed> {
  const passed = new Map<string, Passed>();
  for (const { node, status } of nodes) passed.set(node, { status, times: (passed.get(node)?.times ?? 0) + 1 });
  return passed;
}

function nodesOf(graph: Graph, passed: ReadonlyMap<string, Passed>): Node<PictureNodeData>[] {
  const places = layOut(graph);
  return graph.nodes.map((node) => ({
    id: node.key,
    type: "step",
    position: places.get(node.key) ?? { x: 0, y: 0 },
    width: NODE_WIDTH,
    height: NODE_HEIGHT,
    data: { node, status: passed.get(node.key)?.status, times: passed.get(node.key)?.times ?? 0 },
  }));
}

function edgesOf(graph: Graph, passed: ReadonlyMap<string, Passed>): Edge[] {
  return graph.edges.map((edge) => {
    const isPassed = passed.has(edge.source) && passed.has(edge.target);
    return {
      id: `${edge.source}:${edge.port}`,
      source: edge.source,
      target: edge.target,
      label: edge.title || undefined,
      type: "smoothstep",
      className: isPassed ? styles.passed : styles.edge,
      markerEnd: { type: MarkerType.ArrowClosed },
    };
  });
}

/** A run in the picture of its flow: where it has been, where it stands. Only to look at. */
export function FlowPicture({ graph, nodes }: FlowPictureProps): JSX.Element {
  const { t } = useTranslation("flows");
  const theme = useThemeName();
  const drawn = useMemo(() => {
    const passed = passedNodes(nodes);
    return { nodes: nodesOf(graph, passed), edges: edgesOf(graph, passed) };
  }, [graph, nodes]);
  const label = t("picture.label", { steps: graph.nodes.map((node) => node.title).join(", ") });
  return (
    <div className={styles.picture} role="img" aria-label={label}>
      <ReactFlow
        nodes={drawn.nodes}
        edges={drawn.edges}
        nodeTypes={NODE_TYPES}
        colorMode={theme}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
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
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}
