// Whatever arrives, cut wherever: no crash, the same requests for every cut, and none that the head check would refuse.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "http/server/framing.h"
#include "http/server/request_reader.h"

namespace {

using namespace portcullis::http;
using Step = RequestReader::Step;

/// All requests in `bytes`, as text, read in pieces of `piece`.
std::string read_all(std::string_view bytes, std::size_t piece) {
    std::string seen;
    RequestReader reader({});
    reader.start();
    std::size_t begin = 0, end = 0, message = 0;
    for (bool may_feed = false;;) {
        if (may_feed || begin != end) {
            const auto progress = reader.feed(bytes.substr(begin, end - begin));
            PORTCULLIS_ASSERT(progress.consumed <= end - begin);
            begin += progress.consumed;
            if (progress.step == Step::refused) return seen + "refused";
            if (progress.step == Step::headDone) {
                PORTCULLIS_ASSERT(framing::check_header_block(bytes.substr(message, begin - message)));
                if (!reader.limit_body(4096)) return seen + "too large";
                may_feed = true;
                continue;
            }
            if (progress.step == Step::complete) {
                PORTCULLIS_ASSERT(reader.request().body.size() <= 4096);
                seen += reader.request().path + "?" + reader.request().query + "\n" + reader.request().body + "\n";
                if (!reader.keeps_alive()) return seen + "closed";
                reader.start();
                message  = begin;
                may_feed = false;
                continue;
            }
        }
        if (end == bytes.size()) return seen + "incomplete";
        end = std::min(end + piece, bytes.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static_cast<void>(framing::check_header_block(bytes).has_value());
    PORTCULLIS_ASSERT(read_all(bytes, bytes.size() + 1) == read_all(bytes, 3));
    return 0;
}
