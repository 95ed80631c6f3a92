#include "adapters/sql/write_queue.h"

#include <thread>

#include <catch2/catch.hpp>

namespace portcullis::sql {
namespace {

void answer(const std::vector<Write*>& group) {
    for (Write* write : group) write->answer.emplace(std::vector<Rows>(write->statements.size()));
    WriteQueue::wake(group);
}

}  // namespace

TEST_CASE("a full queue refuses at once, a stopped one carries out what waits and refuses the rest") {
    WriteQueue queue(1);
    const std::vector<Statement> batch{{.sql = "SELECT 1"}};
    Write waiting(batch), refused(batch), late(batch);

    std::optional<Write::Answer> first;
    std::thread caller([&] { first = queue.submit(waiting); });
    std::optional<Write::Answer> second;
    // The first caller may still be on its way: whoever comes second finds the queue full, and it is one of the two.
    std::thread other([&] { second = queue.submit(refused); });

    const auto group = queue.take();
    REQUIRE(group.size() == 1);
    queue.stop();
    answer(group);
    // The second was refused, came after stop(), or waits: then it is still carried out.
    for (auto rest = queue.take(); !rest.empty(); rest = queue.take()) answer(rest);
    caller.join();
    other.join();
    CHECK((first->has_value() || second->has_value()));

    const auto after = queue.submit(late);
    CHECK(after.error().code == ErrorCode::unavailable);
}

TEST_CASE("a queue of no places refuses everything") {
    WriteQueue queue(0);
    Write write{std::span<const Statement>{}};
    CHECK(queue.submit(write).error().code == ErrorCode::unavailable);
}

TEST_CASE("exclusive work is handed out alone") {
    WriteQueue queue(100);
    const Write::Work work = [](Exclusive&) { return Result<void>{}; };
    std::vector<std::thread> callers;
    for (int i = 0; i < 6; ++i) {
        callers.emplace_back([&, i] {
            Write exclusive(work);
            Write batch{std::span<const Statement>{}};
            static_cast<void>(queue.submit(i % 2 == 0 ? exclusive : batch));
        });
    }
    for (std::size_t answered = 0; answered < callers.size();) {
        const auto group = queue.take();
        const auto alone =
            std::count_if(group.begin(), group.end(), [](const Write* write) { return write->work != nullptr; });
        CHECK((alone == 0 || group.size() == 1));
        answered += group.size();
        answer(group);
    }
    for (auto& caller : callers) caller.join();
}

}  // namespace portcullis::sql
