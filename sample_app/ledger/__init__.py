"""The dependency with an effect: a ledger that takes one entry a batch, and the client that gives it a deadline."""

from sample_app.contract_kind import Contract

CONTRACT = Contract(
    name="emit",
    input=("A kept batch with accepted values, and the entry made of it.",),
    guarantees=(
        "When it returns, the ledger has confirmed the entry.",
        "Every attempt for a batch, now or on a retry, sends the same entry under the same outgoing Idempotency-Key.",
        "The whole call ends by its deadline, whatever the ledger does.",
    ),
    errors=("ledger-broken", "ledger-unavailable", "ledger-late"),
    non_goals=("A failure never says that nothing happened at the ledger.", "No redirects, no proxies."),
)
