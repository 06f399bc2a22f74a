import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import type { JSX } from "react";
import type { GraphNode } from "./flow_types";
import styles from "./PictureNode.module.css";

export interface PictureNodeData extends Record<string, unknown> {
  readonly node: GraphNode;
  /** How it stands after it was passed last; undefined where the run has not been. */
  readonly status: string | undefined;
  readonly times: number;
}

export function PictureNode({ data }: NodeProps<Node<PictureNodeData>>): JSX.Element {
  const { node, status, times } = data;
  return (
    <div className={styles.node} data-status={status ?? "none"}>
      <Handle type="target" position={Position.Top} className={styles.handle} />
      <span className={styles.title} title={node.title}>
        {node.title}
      </span>
      <span className={styles.type}>
        {node.type_title}
        {times > 1 ? ` × ${times}` : ""}
      </span>
      <Handle type="source" position={Position.Bottom} className={styles.handle} />
    </div>
  );
}
