#include "core/notices/schedule.h"

namespace portcullis::notices {

Instant digest_moment(Instant now, const LocalOffset& offset) {
    constexpr std::chrono::hours kHour{8};
    const auto local  = now + offset(now);
    const auto today  = std::chrono::floor<std::chrono::days>(local);
    const auto monday = today - (std::chrono::weekday{today} - std::chrono::Monday);
    for (auto day = monday;; day -= std::chrono::days{7}) {
        // The offset of that morning, which need not be that of now.
        const auto about  = day + kHour - offset(now);
        const auto moment = Instant{day + kHour} - offset(about);
        if (moment <= now) return moment;
    }
}

}  // namespace portcullis::notices
