#include "jobs/channel_watch.h"

namespace portcullis::jobs {

void ChannelWatch::note(std::string_view channel, Seen seen, Instant now) {
    const auto known = closed_.find(channel);
    if (seen == Seen::sent) {
        if (known != closed_.end()) closed_.erase(known);
        return;
    }
    if (known == closed_.end()) closed_.emplace(channel, Closed{now, now});
    else known->second.last = now;
}

std::vector<notices::ClosedWay> ChannelWatch::down() const {
    std::vector<notices::ClosedWay> ways;
    for (const auto& [channel, closed] : closed_) {
        if (closed.last - closed.since >= notices::kDownAfter) ways.push_back({channel, closed.since});
    }
    return ways;
}

}  // namespace portcullis::jobs
