#include "jobs/timetable.h"

namespace portcullis::jobs {

Timetable::Timetable(const app::Clock& clock, std::vector<Job> jobs, Report report) : clock_(clock), report_(std::move(report)) {
    for (auto& job : jobs) rows_.push_back({std::move(job), std::nullopt});
}

Timetable::~Timetable() { stop(); }

void Timetable::start(Duration look_every) {
    thread_ = std::thread([this, look_every] { work(look_every); });
}

void Timetable::stop() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    stopping_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Timetable::run_due(Instant now) {
    const std::lock_guard lock(running_);
    for (auto& [job, last] : rows_) {
        if (last && now < *last + job.every) continue;
        last               = now;
        const auto outcome = job.run(now);
        if (!outcome || !outcome->empty()) report_(job.name, outcome);
    }
}

void Timetable::work(Duration look_every) {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        lock.unlock();
        run_due(clock_.now());
        lock.lock();
        stopping_.wait_for(lock, look_every, [&] { return is_stopping_; });
    }
}

}  // namespace portcullis::jobs
