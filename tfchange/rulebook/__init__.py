"""The judgement, as data: rules, traits, envelopes, policies."""
