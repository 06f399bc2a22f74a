"""From a document to a flow in force: its schema, its graph, everything that is checked, each node's plan."""
