import type { DepartmentNode } from "./people_types";

export interface Placed {
  readonly node: DepartmentNode;
  readonly depth: number;
  readonly hasChildren: boolean;
}

/** The tree in reading order. A department whose parent is not there stands at the top. */
export function treeOrder(nodes: readonly DepartmentNode[]): readonly Placed[] {
  const known = new Set(nodes.map((node) => node.id));
  const below = new Map<string | null, DepartmentNode[]>();
  for (const node of nodes) {
    const parent = node.parent && known.has(node.parent) ? node.parent : null;
    below.set(parent, [...(below.get(parent) ?? []), node]);
  }
  const place = (parent: string | null, depth: number): readonly Placed[] =>
    (below.get(parent) ?? []).flatMap((node) => [
      { node, depth, hasChildren: below.has(node.id) },
      ...place(node.id, depth + 1),
    ]);
  return place(null, 0);
}

/** A department and everything below it: where it cannot be moved to. */
export function withBelow(nodes: readonly DepartmentNode[], id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (const { node } of treeOrder(nodes)) if (node.parent && found.has(node.parent)) found.add(node.id);
  return found;
}
