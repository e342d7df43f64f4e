"""Where a request becomes one transaction: who asks, may they, and what a refusal looks like."""
