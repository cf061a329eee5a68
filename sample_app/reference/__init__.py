"""The reference service: a read-only dependency whose loss degrades an answer and never fails it."""

from sample_app.contract_kind import Contract

CONTRACT = Contract(
    name="look up",
    input=("The source of a batch of v2, exactly as it was sent.",),
    guarantees=(
        "A title, or the reason why there is none; a source that nobody knows has no title and no reason.",
        "The whole call ends by its deadline, whatever the reference service does.",
    ),
    non_goals=("No failure of it fails a request.", "Nothing is remembered: a title is as old as its answer."),
)
