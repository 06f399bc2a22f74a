import { describe, expect, it } from "vitest";
import type { Graph } from "../../src/flows/flow_types";
import { passedEdges } from "../../src/flows/passed";
import { withTrigger } from "../../src/flows/trigger";

const GRAPH: Graph = {
  start: "ask",
  trigger: { type: "webhook", title: "外部请求" },
  nodes: [{ key: "ask", title: "审批", type: "approval", type_title: "审批" }],
  edges: [],
};

describe("withTrigger", () => {
  it("draws what starts the flow before its first step", () => {
    const [graph] = withTrigger(GRAPH, []);
    expect(graph.nodes.map(({ title }) => title)).toEqual(["外部请求", "审批"]);
    expect(graph.edges).toEqual([{ source: ":trigger", port: "next", title: "", target: "ask" }]);
  });

  it("shows that a run came from there", () => {
    const step = { node: "ask", title: "审批", type: "approval", status: "waiting", iteration: [] };
    const run = { ...step, started_at: null, ended_at: null, input: null, output: null, error: null };
    const [graph, nodes] = withTrigger(GRAPH, [run]);
    expect([...passedEdges(graph, nodes)]).toEqual([":trigger:next"]);
  });

  it("leaves alone what people start", () => {
    const graph = { ...GRAPH, trigger: null };
    expect(withTrigger(graph, [])).toEqual([graph, []]);
  });
});
