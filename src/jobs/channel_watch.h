#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/notices/troubles.h"

namespace portcullis::jobs {

/// Which ways out refuse everything, and since when. For one thread at a time.
class ChannelWatch {
public:
    enum class Seen {
        sent,    // something went through
        closed,  // the way itself is closed; a message that is refused by itself says nothing about the way
    };
    void note(std::string_view channel, Seen seen, Instant now);
    /// Those that have been tried and were closed at both ends of a span of kDownAfter or more, with nothing going through between.
    [[nodiscard]] std::vector<notices::ClosedWay> down() const;

private:
    struct Closed {
        Instant since, last;
    };
    std::map<std::string, Closed, std::less<>> closed_;
};

}  // namespace portcullis::jobs
