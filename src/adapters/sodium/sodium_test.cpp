#include <atomic>
#include <catch2/catch.hpp>
#include <latch>
#include <set>
#include <thread>

#include "adapters/sodium/argon_password_hasher.h"
#include "adapters/sodium/system_random.h"

namespace portcullis::sodium {
namespace {

using namespace std::string_literals;

constexpr ArgonPool::Size kOneThread{.threads = 1, .queue_max = 8};
const Secret kPepper("thirty-two bytes that are not stored");

TEST_CASE("random references do not repeat (PROTO-835)") {
    SystemRandom random;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random.token());
    CHECK(seen.size() == 1000);
    CHECK(seen.begin()->size() == 43);
    CHECK(random.bytes(0).empty());
}

TEST_CASE("a password is stored as argon2id with m=19456, t=2, p=1 (PROTO-805)") {
    ArgonPasswordHasher hasher(kPepper, {}, kOneThread);
    const auto stored = hasher.hash(Secret("correct horse"));
    REQUIRE(stored);
    CHECK(stored.value().starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=MQ$"));

    const auto right = hasher.verify(Secret("correct horse"), *stored);
    REQUIRE(right);
    CHECK(right->matches);
    CHECK_FALSE(right->needs_rehash);
    CHECK_FALSE(hasher.verify(Secret("correct horsf"), *stored)->matches);
    CHECK(hasher.counters().done == 3);
}

TEST_CASE("a hash of another implementation verifies") {
    ArgonPasswordHasher hasher(kPepper, PasswordCost::cheapest(), kOneThread);
    // libargon2: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1` of its published test vectors.
    const auto verified = hasher.verify(Secret("password"),
                                        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                                        "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
    REQUIRE(verified);
    CHECK(verified->matches);
    CHECK(verified->needs_rehash);  // it is not keyed
}

TEST_CASE("CRED-065 a hash is worth nothing without the key beside the database") {
    ArgonPasswordHasher hasher(kPepper, PasswordCost::cheapest(), kOneThread);
    ArgonPasswordHasher elsewhere(Secret("another pepper"), PasswordCost::cheapest(), kOneThread);
    const auto stored = hasher.hash(Secret("pw")).value();
    CHECK(hasher.verify(Secret("pw"), stored)->matches);
    CHECK_FALSE(elsewhere.verify(Secret("pw"), stored)->matches);
    CHECK(hasher.hash(Secret("pw")).value() != stored);  // a salt each
    // The key's mark taken away, it is another string: not the plain hash of the same password.
    auto plain = stored;
    plain.erase(plain.find(",keyid=MQ"), 9);
    CHECK_FALSE(hasher.verify(Secret("pw"), plain)->matches);
    for (const auto* damaged : {"$argon2id$v=19$m=8,t=1,p=1,keyid=MQ$c29t$AAAA", "$argon2id$v=19$m=8,t=1,p=1,keyid=MQ$", "$argon2id$v=19$m=8,t=1,p=1,keyid=Mg$c29t$AAAA"}) {
        CAPTURE(damaged);
        CHECK_FALSE(hasher.verify(Secret("pw"), damaged));
    }
}

TEST_CASE("CRED-065 a password is hashed again when the cost has gone up, never when it has gone down (PROTO-805)") {
    ArgonPasswordHasher cheap(kPepper, {.memory_kib = 64, .passes = 1}, kOneThread);
    ArgonPasswordHasher dear(kPepper, {.memory_kib = 64, .passes = 2}, kOneThread);
    const auto weak   = cheap.hash(Secret("pw")).value();
    const auto strong = dear.hash(Secret("pw")).value();
    CHECK(dear.verify(Secret("pw"), weak)->needs_rehash);
    CHECK_FALSE(dear.verify(Secret("wrong"), weak)->needs_rehash);
    CHECK_FALSE(cheap.verify(Secret("pw"), strong)->needs_rehash);
}

TEST_CASE("passwords are compared as received (PROTO-805)") {
    ArgonPasswordHasher hasher(kPepper, PasswordCost::cheapest(), kOneThread);
    const auto stored = hasher.hash(Secret("Passwörd ")).value();
    CHECK(hasher.verify(Secret("Passwörd "), stored)->matches);
    CHECK_FALSE(hasher.verify(Secret("Passwörd"), stored)->matches);
    CHECK_FALSE(hasher.verify(Secret("passwörd "), stored)->matches);

    const Secret with_nul("pw\0x"s);
    CHECK(hasher.hash(with_nul).error().code == ErrorCode::invalidRequest);
    CHECK(hasher.verify(with_nul, stored).error().code == ErrorCode::invalidRequest);
    CHECK(hasher.verify_decoy(with_nul).error().code == ErrorCode::invalidRequest);
    CHECK(hasher.hash(Secret(std::string(1024, 'x'))));
    CHECK_FALSE(hasher.hash(Secret(std::string(1025, 'x'))));
}

TEST_CASE("a stored string that is no argon2id hash, or costs too much, is refused unchecked") {
    ArgonPasswordHasher hasher(kPepper, PasswordCost::cheapest(), kOneThread);
    const auto* stored = GENERATE("", "plain", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=8,t=1,p=1",
                                  "$argon2id$v=19$m=1048577,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=8,t=17,p=1$c29t$AAAA",
                                  "$argon2id$v=19$m=8,t=1,p=4$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=99999999999,t=1,p=1$a$b");
    CAPTURE(stored);
    const auto verified = hasher.verify(Secret("pw"), stored);
    REQUIRE_FALSE(verified);
    CHECK(verified.error().code == ErrorCode::invalidRequest);
    CHECK(hasher.counters().done == 0);
}

TEST_CASE("an unknown user costs one hash") {
    ArgonPasswordHasher hasher(kPepper, PasswordCost::cheapest(), kOneThread);
    CHECK(hasher.verify_decoy(Secret("whatever")));
    CHECK(hasher.counters().done == 1);
}

TEST_CASE("a full queue refuses at once, and the waiting ones are served") {
    ArgonPool pool({.threads = 1, .queue_max = 1});
    std::latch running(1), let_go(1);
    std::atomic<int> served = 0, answered = 0;
    const auto run = [&](const std::function<void()>& job) {
        if (pool.run(job)) ++answered;
    };
    std::thread first([&] {
        run([&] {
            running.count_down();
            let_go.wait();
            ++served;
        });
    });
    running.wait();
    std::thread second([&] { run([&] { ++served; }); });
    while (pool.counters().waiting == 0) std::this_thread::yield();

    const auto third = pool.run([] {});
    REQUIRE_FALSE(third);
    CHECK(third.error().code == ErrorCode::unavailable);
    CHECK(pool.counters().rejected == 1);

    let_go.count_down();
    first.join();
    second.join();
    CHECK(served == 2);
    CHECK(answered == 2);
    CHECK(pool.counters().waiting == 0);
}

}  // namespace
}  // namespace portcullis::sodium
