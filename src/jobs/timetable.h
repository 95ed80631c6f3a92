#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/ports/clock.h"
#include "base/result.h"

namespace portcullis::jobs {

/// One job. `run` answers what it did in a few words without names or addresses; empty: there was nothing to do.
struct Job {
    std::string name;
    Duration every{};
    std::function<Result<std::string>(Instant now)> run;
};

/// Runs jobs when they are due by the product's clock. The first run of each is due at once.
class Timetable {
public:
    /// Called for every run that did something or failed; from any thread.
    using Report = std::function<void(const std::string& job, const Result<std::string>& outcome)>;

    /// `clock` must outlive the timetable.
    Timetable(const app::Clock& clock, std::vector<Job> jobs, Report report);
    /// Waits for the job that runs.
    ~Timetable();
    Timetable(const Timetable&)            = delete;
    Timetable& operator=(const Timetable&) = delete;

    /// Looks at the clock every `look_every` of real time, in a thread of its own.
    void start(Duration look_every = std::chrono::seconds{1});
    /// Runs what is due at `now`, in order, before it returns. Jobs never overlap.
    void run_due(Instant now);
    /// Runs no further job.
    void stop();

private:
    struct Row {
        Job job;
        std::optional<Instant> last;
    };
    void work(Duration look_every);

    const app::Clock& clock_;
    const Report report_;
    std::mutex running_;  // guards rows_
    std::vector<Row> rows_;
    std::mutex mutex_;  // guards is_stopping_
    std::condition_variable stopping_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace portcullis::jobs
