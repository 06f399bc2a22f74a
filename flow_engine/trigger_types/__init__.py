"""The trigger types; each module exports `TRIGGER_TYPE` (contract: `flow_engine.trigger_type`)."""
