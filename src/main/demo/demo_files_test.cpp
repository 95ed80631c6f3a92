#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <regex>

#include "adapters/sodium/system_random.h"
#include "http/server/tls.h"
#include "main/demo/cast.h"
#include "main/demo/keepsakes.h"
#include "main/demo/outbox.h"
#include "main/demo/private_ca.h"
#include "main/demo/private_files.h"
#include "tests/support/temporary_folder.h"

namespace portcullis::demo {
namespace {

const Instant kNow = *parse_rfc3339("2026-11-21T09:00:00Z");

unsigned mode_of(const std::string& path) {
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777U;
}

}  // namespace

TEST_CASE("the demo's secrets are made up once and are the same at every start") {
    const tests::TemporaryFolder folder;
    sodium::SystemRandom random;
    auto first = load_keepsakes(folder.path(), random, kNow);
    REQUIRE(first);
    REQUIRE(store_keepsakes(folder.path(), *first));
    CHECK(mode_of(folder / "demo.json") == 0600);
    const auto second = load_keepsakes(folder.path(), random, kNow + std::chrono::days{1});
    REQUIRE(second);
    CHECK(second->tenant_id == first->tenant_id);
    for (const auto& person : people()) {
        const auto key = std::string(person.key);
        CHECK(second->people.at(key).password == first->people.at(key).password);
        CHECK(second->people.at(key).totp_secret == first->people.at(key).totp_secret);
        CHECK(first->people.at(key).totp_secret.size() == (person.has_totp ? 32 : 0));
    }
    for (const auto& client : clients()) {
        const auto key = std::string(client.key);
        CHECK(second->clients.at(key).client_secret == first->clients.at(key).client_secret);
        CHECK(first->clients.at(key).client_secret.empty() == !client.has_secret());
    }
}

TEST_CASE("a damaged file of the demo's secrets is an error, not a new demo") {
    const tests::TemporaryFolder folder;
    sodium::SystemRandom random;
    REQUIRE(write_file(folder / "demo.json", "{\"people\":", 0600));
    CHECK_FALSE(load_keepsakes(folder.path(), random, kNow));
}

TEST_CASE("invented passwords are four different words and a number") {
    sodium::SystemRandom random;
    const std::regex form("[a-z]{4,7}-[a-z]{4,7}-[a-z]{4,7}-[a-z]{4,7}-[0-9]{4}");
    for (int i = 0; i < 100; ++i) CHECK(std::regex_match(invented_password(random), form));
}

TEST_CASE("the private authority is made once, and its key is not kept") {
    const tests::TemporaryFolder folder;
    REQUIRE(::mkdir((folder / "secrets").c_str(), 0700) == 0);
    const auto paths = ensure_private_ca(folder.path(), kNow);
    REQUIRE(paths);
    CHECK(mode_of(paths->private_key) == 0400);
    const auto before = read_file(paths->certificate);
    SECTION("a second start keeps it") {
        REQUIRE(ensure_private_ca(folder.path(), kNow + std::chrono::days{30}));
        CHECK(*read_file(paths->certificate) == *before);
    }
    SECTION("shortly before its end it is made again") {
        REQUIRE(ensure_private_ca(folder.path(), kNow + std::chrono::days{780}));
        CHECK(*read_file(paths->certificate) != *before);
    }
    SECTION("a lost key makes it again") {
        REQUIRE(::unlink(paths->private_key.c_str()) == 0);
        REQUIRE(ensure_private_ca(folder.path(), kNow));
        CHECK(*read_file(paths->certificate) != *before);
    }
}

TEST_CASE("the outbox shows the newest first and passes over what is no message") {
    const tests::TemporaryFolder folder;
    CHECK(read_outbox(folder / "not there")->empty());
    REQUIRE(write_file(folder / "01.json", R"({"to":"a@x","channel":"email","subject":"s","text":"one","at":"2026-11-21T09:00:00Z"})", 0600));
    REQUIRE(write_file(folder / "02.json", R"({"to":"b@x","channel":"email","subject":"s","text":"two","at":"2026-11-21T10:00:00Z"})", 0600));
    REQUIRE(write_file(folder / "03.json", "{", 0600));
    REQUIRE(write_file(folder / "04.txt", "no message", 0600));
    const auto mails = read_outbox(folder.path());
    REQUIRE(mails);
    REQUIRE(mails->size() == 2);
    CHECK(mails->front().text == "two");
    CHECK(read_outbox(folder.path(), 1)->size() == 1);
}

}  // namespace portcullis::demo
