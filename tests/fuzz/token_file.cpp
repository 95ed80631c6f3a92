// A file of hardware tokens: whatever it holds, it is bounded, every row has a problem or may be used, and no problem tells a secret.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/encoding.h"
#include "core/credentials/token_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace portcullis;
    using namespace portcullis::credentials;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = parse_token_file(text);
    PORTCULLIS_ASSERT(!file.rows.empty() || !file.problems.empty());
    PORTCULLIS_ASSERT(file.rows.size() <= kTokenRowsMax);
    std::size_t line = 0;
    for (const auto& row : file.rows) {
        PORTCULLIS_ASSERT(row.line > line);
        line = row.line;
        PORTCULLIS_ASSERT(!row.serial_number.empty() && row.serial_number.size() <= kTokenTextMax);
        PORTCULLIS_ASSERT(row.seed.size() >= kTokenSeedBytesMin && row.seed.size() * 8 / 5 <= kTokenSecretMax);
        PORTCULLIS_ASSERT(row.interval == std::chrono::seconds{30} || row.interval == std::chrono::seconds{60});
        PORTCULLIS_ASSERT(is_utf8(row.upn) && is_utf8(row.manufacturer) && is_utf8(row.model) && !row.model.empty());
        // A value stands in the file as it was read: nothing is made up. (A doubled quote is the one exception, and no serial number needs it.)
        PORTCULLIS_ASSERT(row.serial_number.find('"') != std::string::npos || text.find(row.serial_number) != std::string_view::npos);
    }
    for (const auto& problem : file.problems) PORTCULLIS_ASSERT(problem.line >= 1 && !problem.what.empty());
    return 0;
}
