#include "adapters/sql/migrations.h"

#include <catch2/catch.hpp>

namespace portcullis::sql {

TEST_CASE("an engine's twin takes the place of the common file") {
    const embedded::Files files = {{"0001_one.sql", "common"},
                                   {"0001_one.sqlite.sql", "lite"},
                                   {"0002_two.postgres.sql", "big"},
                                   {"0002_two.sql", "common two"}};
    const auto lite             = migrations_for(Engine::sqlite, files);
    const auto big              = migrations_for(Engine::postgres, files);
    REQUIRE(lite);
    REQUIRE(big);
    CHECK((*lite)[0].sql == "lite");
    CHECK((*lite)[1].sql == "common two");
    CHECK((*big)[0].sql == "common");
    CHECK((*big)[1].sql == "big");
    CHECK((*big)[1].name == "two");
    CHECK((*lite)[0].sha256 != (*big)[0].sha256);
    // FIPS 180-4 by `printf common | sha256sum`
    CHECK((*big)[0].sha256 == "92a5dc04bd6f9fb8f29f8066fed8a5c1e81bc59ad48a11283b63736867e4f2a8");
}

TEST_CASE("migration files are numbered from 1 without gaps and named for their purpose") {
    const auto [why, files] = GENERATE(table<std::string, embedded::Files>({
        {"a gap", {{"0001_a.sql", ""}, {"0003_c.sql", ""}}},
        {"begins at 2", {{"0002_a.sql", ""}}},
        {"version 0", {{"0000_a.sql", ""}}},
        {"one number twice", {{"0001_a.sql", ""}, {"0001_b.sql", ""}}},
        {"no number", {{"a.sql", ""}}},
        {"short number", {{"001_a.sql", ""}}},
        {"no purpose", {{"0001_.sql", ""}}},
        {"capitals", {{"0001_A.sql", ""}}},
        {"unknown engine", {{"0001_a.oracle.sql", ""}}},
        {"no SQL", {{"0001_a.txt", ""}}},
    }));
    CAPTURE(why);
    const auto answer = migrations_for(Engine::sqlite, files);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::invalidRequest);
}

}  // namespace portcullis::sql
