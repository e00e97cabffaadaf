"""The doors: each turns one outside party's protocol into gateway calls, and nothing else."""
