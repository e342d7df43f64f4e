"""How dear a password is to try: the other tests hash with less."""

from argon2 import PasswordHasher, Type, extract_parameters


def test_a_password_costs_whoever_tries_it_what_the_standard_asks(own_hashing: tuple[PasswordHasher, str]) -> None:
    """RFC 9106, section 4, the second choice: argon2id, 64 MiB, three passes, four lanes."""
    costs = extract_parameters(own_hashing[0].hash("correct horse"))
    assert (costs.type, costs.memory_cost, costs.time_cost, costs.parallelism) == (Type.ID, 64 * 1024, 3, 4)
    assert (costs.salt_len, costs.hash_len) == (16, 32)


def test_an_unknown_login_costs_as_much_as_a_known_one(own_hashing: tuple[PasswordHasher, str]) -> None:
    hasher, nobodys = own_hashing
    assert extract_parameters(nobodys) == extract_parameters(hasher.hash("correct horse"))
