#include <catch2/catch.hpp>

#include "core/notices/troubles.h"

using namespace portcullis;
using namespace portcullis::notices;
using namespace std::chrono_literals;

namespace {

const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");
using std::chrono::days;

std::vector<std::string> marks(const Operation& operation, std::vector<KeyLife> keys = {}, Instant now = kNow) {
    std::vector<std::string> all;
    for (const auto& trouble : troubles_of(operation, keys, now)) all.push_back(trouble.mark.substr(0, trouble.mark.find('|', trouble.mark.find('|') + 1)));
    return all;
}
using Marks = std::vector<std::string>;

}  // namespace

TEST_CASE("CRED-089 the end of a certificate is told 30, 7 and 1 days before, once each, and daily when it is over", "[notices]") {
    const auto stage = [](Duration left) { return marks({.certificate_ends = kNow + left}); };
    CHECK(stage(days{30} + 1ms).empty());
    CHECK(stage(days{30}) == Marks{"certificate|30"});
    CHECK(stage(days{7} + 1ms) == Marks{"certificate|30"});
    CHECK(stage(days{7}) == Marks{"certificate|7"});
    CHECK(stage(days{1}) == Marks{"certificate|1"});
    CHECK(stage(1ms) == Marks{"certificate|1"});
    CHECK(stage(0ms) == Marks{"certificate|0"});
    CHECK(troubles_of({.certificate_ends = kNow + 1h}, {}, kNow).front().again == Duration::max());
    CHECK(troubles_of({.certificate_ends = kNow - 1h}, {}, kNow).front().again == 24h);
    // A renewed certificate has days of its own.
    CHECK(troubles_of({.certificate_ends = kNow + 1h}, {}, kNow).front().mark != troubles_of({.certificate_ends = kNow + 2h}, {}, kNow).front().mark);
    CHECK(marks({}).empty());  // behind a proxy there is none
}

TEST_CASE("CRED-089 a signing key that has done its time without a successor is told, and so is none at all", "[notices]") {
    const Operation operation{.signing_algs = {"RS256", "ES256"}};
    CHECK(marks(operation, {{"RS256", kNow + 1h}, {"ES256", kNow - 2h + 1ms}}).empty());
    CHECK(marks(operation, {{"RS256", kNow + 1h}, {"ES256", kNow - 2h}}) == Marks{"signingKey|ES256"});
    CHECK(marks(operation, {{"RS256", kNow - 90 * 24h}, {"RS256", kNow + 1h}, {"ES256", kNow + 1h}}).empty());
    CHECK(marks(operation, {{"RS256", kNow + 1h}}) == Marks{"signingKey|ES256"});
    CHECK(troubles_of(operation, {}, kNow).front().text == "trouble.signing_key_none");
}

TEST_CASE("CRED-089 a master key of a year, ways out that are down, lists that are stale", "[notices]") {
    CHECK(marks({.master_key_since = kNow - days{365} + 1ms}).empty());
    CHECK(marks({.master_key_since = kNow - days{365}}) == Marks{"masterKey"});
    CHECK(marks({.closed_ways = {{"sms", kNow - 10min + 1ms}}}).empty());
    CHECK(marks({.closed_ways = {{"sms", kNow - 10min}, {"voice", kNow - 1h}}}) == Marks{"messenger|sms", "messenger|voice"});
    CHECK(marks({.closed_ways = {{"email", kNow - days{3}}}}).empty());  // no mail tells that mail is down
    const auto untaken = [](Duration ago, bool is_refused) { return marks({.metadata = UntakenMetadata{"the list of revoked certificates is too old", kNow - ago, is_refused}}); };
    CHECK(untaken(48h - 1ms, false).empty());  // tomorrow is early enough
    CHECK(untaken(48h, false) == Marks{"passkeyMetadata|missed"});
    CHECK(untaken(0ms, true) == Marks{"passkeyMetadata|refused"});
    CHECK(marks({.stale_sets = {{"tor-exits", kNow - days{3}}, {"libloc", std::nullopt}}}) == Marks{"dataSet|tor-exits", "dataSet|libloc"});
}
