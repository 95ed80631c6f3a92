#pragma once

#include <optional>
#include <string>

#include "app/ports/change.h"
#include "base/id.h"
#include "base/ip.h"
#include "base/time.h"

namespace portcullis::app {

/// What the edge knows of a request before anything is decided. The clock is read once, here.
struct RequestFacts {
    Instant now;
    RequestId request;
    CorrelationId correlation;
    IpAddress address;  // after trusted proxies (PROTO-811)
    std::string user_agent;
    std::string sec_ch_ua, sec_ch_ua_mobile, sec_ch_ua_platform;
    std::string device_id;  // of a genuine device cookie; empty: none
    std::string language;
};

}  // namespace portcullis::app
