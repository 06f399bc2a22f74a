import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import type { JSX } from "react";
import { type PlacedEdge, pathThrough } from "./layout";
import styles from "./PictureEdge.module.css";

export interface PictureEdgeData extends Record<string, unknown> {
  readonly placed: PlacedEdge;
  readonly title: string;
  readonly isPassed: boolean;
}

/** An edge along the way that the layout found for it. */
export function PictureEdge({ id, data, markerEnd }: EdgeProps<Edge<PictureEdgeData>>): JSX.Element | null {
  if (!data) return null;
  const { placed, title, isPassed } = data;
  return (
    <>
      <BaseEdge
        id={id}
        path={pathThrough(placed.points)}
        markerEnd={markerEnd}
        className={isPassed ? styles.passed : styles.edge}
      />
      {placed.label ? (
        <EdgeLabelRenderer>
          <span
            className={styles.label}
            style={{ transform: `translate(-50%, -50%) translate(${placed.label.x}px, ${placed.label.y}px)` }}
          >
            {title}
          </span>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
}
