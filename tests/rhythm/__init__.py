"""A simulated year: real ledger, jobs and couriers, an injected clock, and a reference that walks every day."""
