#include "fibers.h"

#include <sys/epoll.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace load {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kStackBytes = std::size_t{256} * 1024;
constexpr auto kPatience          = std::chrono::minutes{1};

struct Fiber {
    std::function<void()> body;
    std::vector<std::byte> stack = std::vector<std::byte>(kStackBytes);
    ucontext_t context{};
    bool is_waiting = false, is_in_time = true, is_over = false;
    Clock::time_point until{};  ///< of a waiting one
};

}  // namespace

struct Fibers::State {
    std::vector<std::unique_ptr<Fiber>> fibers;
    std::deque<Fiber*> ready;
    Fiber* running = nullptr;
    ucontext_t loop{};
    int epoll = ::epoll_create1(EPOLL_CLOEXEC);

    static thread_local State* current;

    static void begin() {
        auto& fiber = *current->running;
        fiber.body();
        fiber.is_over = true;
        ::swapcontext(&fiber.context, &current->loop);
    }
    /// The running one gives way; true when it was woken before `until`.
    bool wait(Clock::time_point until) {
        auto& fiber      = *running;
        fiber.is_waiting = true;
        fiber.until      = until;
        ::swapcontext(&fiber.context, &loop);
        return fiber.is_in_time;
    }
    void wake(Fiber& fiber, bool is_in_time) {
        if (!fiber.is_waiting) return;
        fiber.is_waiting = false;
        fiber.is_in_time = is_in_time;
        ready.push_back(&fiber);
    }
    void run_ready() {
        while (!ready.empty()) {
            running = ready.front();
            ready.pop_front();
            ::swapcontext(&loop, &running->context);
        }
    }
    void wait_for_events() {
        auto next = Clock::time_point::max();
        for (const auto& fiber : fibers) if (fiber->is_waiting) next = std::min(next, fiber->until);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
        std::array<epoll_event, 64> events{};
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), static_cast<int>(std::clamp<long>(left, 0, 60'000)));
        for (int i = 0; i < count; ++i) wake(*static_cast<Fiber*>(events[static_cast<std::size_t>(i)].data.ptr), true);
        if (count > 0) return;
        const auto now = Clock::now();
        for (const auto& fiber : fibers) if (fiber->is_waiting && fiber->until <= now) wake(*fiber, false);
    }
};

thread_local Fibers::State* Fibers::State::current = nullptr;

Fibers::Fibers() : state_(new State) {}
Fibers::~Fibers() {
    ::close(state_->epoll);
    delete state_;
}

void Fibers::add(std::function<void()> body) {
    auto fiber  = std::make_unique<Fiber>();
    fiber->body = std::move(body);
    ::getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp   = fiber->stack.data();
    fiber->context.uc_stack.ss_size = fiber->stack.size();
    ::makecontext(&fiber->context, State::begin, 0);
    state_->ready.push_back(fiber.get());
    state_->fibers.push_back(std::move(fiber));
}

void Fibers::run() {
    State::current = state_;
    for (;;) {
        state_->run_ready();
        if (std::ranges::all_of(state_->fibers, [](const auto& fiber) { return fiber->is_over; })) break;
        state_->wait_for_events();
    }
    State::current = nullptr;
}

void Fibers::watch(int socket) {
    auto& state = *State::current;
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = state.running}};
    ::epoll_ctl(state.epoll, EPOLL_CTL_ADD, socket, &event);
}

bool Fibers::wait() { return State::current->wait(Clock::now() + kPatience); }

void Fibers::sleep(std::chrono::milliseconds time) {
    auto& state      = *State::current;
    const auto until = Clock::now() + time;
    while (Clock::now() < until) state.wait(until);  // what comes meanwhile is read later
}

}  // namespace load
