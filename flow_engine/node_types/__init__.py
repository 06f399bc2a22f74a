"""The node types; each module exports `NODE_TYPE` (contract: `flow_engine.node_type`)."""
