"""Red flags and crisis words, read on every message before anything else. Signposting only: no triage, no advice."""
