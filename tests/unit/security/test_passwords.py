"""How dear a password is to try: the other tests hash with less."""

from typing import Any

from argon2 import Type, extract_parameters


def test_a_password_costs_whoever_tries_it_what_the_standard_asks(hasher: Any) -> None:
    """RFC 9106, section 4, the second choice: argon2id, 64 MiB, three passes, four lanes."""
    said = extract_parameters(hasher.hash("correct horse"))
    assert (said.type, said.memory_cost, said.time_cost, said.parallelism) == (Type.ID, 64 * 1024, 3, 4)
    assert (said.salt_len, said.hash_len) == (16, 32)
