import { expect, test } from "vitest";
import type { Graph, NodeRun } from "../../src/flows/flow_types";
import { layOut, pathThrough } from "../../src/flows/layout";
import { passedEdges, passedNodes } from "../../src/flows/passed";

const types = { start: "start", each: "for_each", ask: "condition", make: "create_record", end: "end" };
const graph: Graph = {
  start: "start",
  nodes: Object.entries(types).map(([key, type]) => ({ key, title: key, type, type_title: type })),
  edges: [
    { source: "start", port: "next", title: "", target: "each" },
    { source: "each", port: "item", title: "Item", target: "ask" },
    { source: "each", port: "done", title: "Done", target: "end" },
    { source: "ask", port: "short", title: "Short", target: "make" },
    { source: "ask", port: "otherwise", title: "Otherwise", target: "each" },
    { source: "make", port: "next", title: "", target: "each" },
  ],
};

function run(...nodes: string[]): NodeRun[] {
  return nodes.map((node) => ({
    node,
    title: node,
    type: "",
    status: "done",
    iteration: [],
    started_at: null,
    ended_at: null,
    input: null,
    output: null,
    error: null,
  }));
}

test("counts how often a node was passed", () => {
  const passed = passedNodes(run("start", "each", "ask", "ask", "end"));
  expect(passed.get("ask")).toEqual({ status: "done", times: 2 });
  expect(passed.get("make")).toBeUndefined();
});

test("takes the exit whose node came next", () => {
  const taken = passedEdges(graph, run("start", "each", "ask", "make", "end"));
  expect([...taken].sort()).toEqual(["ask:short", "each:done", "each:item", "make:next", "start:next"]);
});

test("takes the way back to the loop where no other exit's node came next", () => {
  const taken = passedEdges(graph, run("start", "each", "ask", "end"));
  expect([...taken].sort()).toEqual(["ask:otherwise", "each:done", "each:item", "start:next"]);
});

test("places every node apart and every edge between its nodes", () => {
  const layout = layOut(graph);
  expect(layout.nodes.size).toBe(5);
  expect(new Set([...layout.nodes.values()].map(({ x, y }) => `${x},${y}`)).size).toBe(5);
  expect(layout.edges.get("ask:otherwise")?.label).not.toBeNull();
  expect(layout.edges.get("make:next")?.label).toBeNull();
});

test("a path begins at its first point and ends at its last", () => {
  const path = pathThrough([
    { x: 0, y: 0 },
    { x: 10, y: 10 },
    { x: 20, y: 0 },
  ]);
  expect(path).toBe("M 0 0 Q 10 10 15 5 L 20 0");
  expect(pathThrough([])).toBe("");
});
