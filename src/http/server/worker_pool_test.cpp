#include "http/server/worker_pool.h"

#include <catch2/catch.hpp>
#include <future>

using namespace portcullis::http;

TEST_CASE("a pool takes as many as it has threads and queue, and a place is free before its end is told") {
    WorkerPool pool(1, 1);
    std::promise<void> begun, may_end, first_told, second_told;
    REQUIRE(pool.reserve());
    pool.run(
        [&] {
            begun.set_value();
            may_end.get_future().wait();
        },
        [&] { first_told.set_value(); });
    begun.get_future().wait();
    CHECK(pool.busy() == 1);
    REQUIRE(pool.reserve());
    CHECK(pool.queue_depth() == 1);
    CHECK_FALSE(pool.reserve());

    may_end.set_value();
    first_told.get_future().wait();
    CHECK(pool.reserve());
    pool.run([] {}, [] {});
    pool.run([] {}, [&] { second_told.set_value(); });
    second_told.get_future().wait();
}

TEST_CASE("a pool that ends runs what it has taken") {
    int done = 0;
    {
        WorkerPool pool(1, 100);
        for (int i = 0; i < 50; ++i) {
            REQUIRE(pool.reserve());
            pool.run([&] { ++done; }, [] {});
        }
    }
    CHECK(done == 50);
}
