"""What happens with a release: ordering a change of its state, evaluating it, showing it live jobs,
following its canary. May read and write jobs and rollouts; no page and no connector of its own."""
