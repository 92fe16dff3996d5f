"""Say who may bring in files, and where."""

from livingcircle_platform.accounts.policies import Policy

BATCHES = Policy("batch")
