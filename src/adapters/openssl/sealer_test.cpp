#include "adapters/openssl/sealer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "adapters/sodium/system_random.h"
#include "base/encoding.h"

namespace portcullis::openssl {
namespace {

using app::SealContext;
using app::WrappedDataKey;

const TenantId kContoso{1, 2}, kFabrikam{1, 3};

MasterKey master(char fill) { return MasterKey::from_text(Secret(hex(std::string(32, fill)))).value(); }

std::vector<MasterKey> masters(std::initializer_list<char> fills) {
    std::vector<MasterKey> keys;
    for (const auto fill : fills) keys.push_back(master(fill));
    return keys;
}

/// A store of wrapped keys, a key ring over it, and a sealer.
struct Safe {
    std::vector<WrappedDataKey> stored;
    sodium::SystemRandom random;
    Keyring keyring;
    Sealer sealer{keyring, random};
    int reads = 0;

    explicit Safe(std::initializer_list<char> fills = {'m'}, std::vector<WrappedDataKey> keys = {})
        : stored(std::move(keys)), keyring(random, masters(fills), [this](TenantId tenant) { return read(tenant); }) {}

    Result<std::vector<WrappedDataKey>> read(TenantId tenant) {
        ++reads;
        std::vector<WrappedDataKey> mine;
        for (const auto& key : stored) {
            if (key.tenant == tenant) mine.push_back(key);
        }
        return mine;
    }
    void add_key(TenantId tenant, std::uint32_t version) {
        stored.push_back(keyring.new_data_key(tenant, version).value());
        keyring.forget(tenant);
    }
};

SealContext totp_of(std::string_view row, TenantId tenant = kContoso) {
    return {.tenant = tenant, .table = "methods", .row = row, .column = "seed"};
}

TEST_CASE("a sealed value opens in its place only (PROTO-830)") {
    Safe safe;
    safe.add_key(kContoso, 1);
    safe.add_key(kFabrikam, 1);
    const auto sealed = safe.sealer.seal(Secret("JBSWY3DP"), totp_of("7")).value();
    CHECK(sealed.starts_with("v1.1."));
    CHECK(sealed.find("JBSWY3DP") == std::string::npos);
    CHECK(safe.sealer.seal(Secret("JBSWY3DP"), totp_of("7")).value() != sealed);
    CHECK(safe.sealer.open(sealed, totp_of("7")).value() == Secret("JBSWY3DP"));

    const auto elsewhere = GENERATE_REF(
        values<SealContext>({{kFabrikam, "methods", "7", "seed"}, {kContoso, "secrets", "7", "seed"}, {kContoso, "methods", "8", "seed"},
                             {kContoso, "methods", "7", "name"}, {kContoso, "methods7", "", "seed"}, {kContoso, "", "methods7", "seed"}}));
    CAPTURE(elsewhere.table, elsewhere.row, elsewhere.column);
    CHECK(safe.sealer.open(sealed, elsewhere).error().code == ErrorCode::invalidRequest);
}

TEST_CASE("a changed value does not open (PROTO-830)") {
    Safe safe;
    safe.add_key(kContoso, 1);
    const auto sealed = safe.sealer.seal(Secret("secret"), totp_of("7")).value();
    for (std::size_t at = 5; at < sealed.size(); ++at) {
        auto changed = sealed;
        changed[at]  = changed[at] == 'A' ? 'B' : 'A';
        CAPTURE(at);
        CHECK_FALSE(safe.sealer.open(changed, totp_of("7")));
    }
    for (const auto* bad : {"", "v1.1.", "v1.1.AAAA", "secret", "v1.1.!!!!"}) {
        CAPTURE(bad);
        CHECK(safe.sealer.open(bad, totp_of("7")).error().code == ErrorCode::invalidRequest);
    }
    CHECK(safe.sealer.open("v1.2" + sealed.substr(4), totp_of("7")).error().code == ErrorCode::unavailable);
}

TEST_CASE("empty and large values seal; too large ones are refused") {
    Safe safe;
    safe.add_key(kContoso, 1);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1024 * 1024}}) {
        const auto sealed = safe.sealer.seal(Secret(std::string(size, 'x')), totp_of("7")).value();
        CHECK(safe.sealer.open(sealed, totp_of("7")).value() == Secret(std::string(size, 'x')));
    }
    CHECK_FALSE(safe.sealer.seal(Secret(std::string(1024 * 1024 + 1, 'x')), totp_of("7")));
}

TEST_CASE("new values take the newest data key, old ones keep theirs (PROTO-831)") {
    Safe safe;
    safe.add_key(kContoso, 1);
    const auto old = safe.sealer.seal(Secret("old"), totp_of("7")).value();
    safe.add_key(kContoso, 2);
    CHECK(safe.sealer.key_version(kContoso).value() == 2);
    CHECK(app::sealed_key_version(old) == 1);
    CHECK(app::sealed_key_version(safe.sealer.seal(Secret("new"), totp_of("7")).value()) == 2);
    CHECK(safe.sealer.open(old, totp_of("7")).value() == Secret("old"));
}

TEST_CASE("data keys are read from the store once") {
    Safe safe;
    safe.add_key(kContoso, 1);
    for (int i = 0; i < 3; ++i) CHECK(safe.sealer.seal(Secret("x"), totp_of("7")));
    CHECK(safe.reads == 1);
}

TEST_CASE("a tenant without data key seals nothing") {
    Safe safe;
    CHECK(safe.sealer.seal(Secret("x"), totp_of("7")).error().code == ErrorCode::unavailable);
    CHECK_FALSE(safe.keyring.new_data_key(kContoso, 0));
}

TEST_CASE("the master key rotates with two versions at once (PROTO-831)") {
    Safe before({'a'});
    before.add_key(kContoso, 1);
    const auto sealed = before.sealer.seal(Secret("kept"), totp_of("7")).value();

    Safe during({'b', 'a'}, before.stored);
    CHECK(during.sealer.open(sealed, totp_of("7")).value() == Secret("kept"));
    CHECK(during.keyring.needs_rewrap(during.stored[0]));
    const auto rewrapped = during.keyring.rewrap(during.stored[0]).value();
    CHECK_FALSE(during.keyring.needs_rewrap(rewrapped));
    CHECK(rewrapped.master_key_id == master('b').id());

    Safe after({'b'}, {rewrapped});
    CHECK(after.sealer.open(sealed, totp_of("7")).value() == Secret("kept"));
    Safe lost({'c'}, {rewrapped});
    CHECK(lost.sealer.open(sealed, totp_of("7")).error().code == ErrorCode::unavailable);
}

TEST_CASE("a wrapped data key is bound to its tenant and version (PROTO-830)") {
    Safe safe;
    const auto key = safe.keyring.new_data_key(kContoso, 1).value();
    auto stolen    = key;
    stolen.tenant  = kFabrikam;
    CHECK(safe.keyring.rewrap(stolen).error().code == ErrorCode::invalidRequest);
    auto renumbered    = key;
    renumbered.version = 2;
    CHECK(safe.keyring.rewrap(renumbered).error().code == ErrorCode::invalidRequest);
    CHECK(safe.keyring.rewrap(key));
}

TEST_CASE("a master key is 32 bytes of base64 or hexadecimal (PROTO-831)") {
    const std::string bytes(32, 'k');
    const auto key = MasterKey::from_text(Secret(base64(bytes) + "\n")).value();
    CHECK(key.id() == MasterKey::from_text(Secret(hex(bytes))).value().id());
    CHECK(key.id().size() == 16);
    CHECK(key.id() != master('m').id());
    for (const auto& bad : {std::string(), std::string("password"), base64(std::string(31, 'k')), base64(std::string(33, 'k'))}) {
        CHECK_FALSE(MasterKey::from_text(Secret(bad)));
    }
    sodium::SystemRandom random;
    CHECK(MasterKey::from_text(new_master_key_text(random)));
}

TEST_CASE("a master key file that others can read is refused (PROTO-831)") {
    const auto path = std::filesystem::temp_directory_path() / ("portcullis-master-key-" + std::to_string(getpid()));
    std::ofstream(path) << base64(std::string(32, 'k')) << "\n";
    chmod(path.c_str(), 0400);
    CHECK(MasterKey::from_file(path));
    for (const mode_t mode : {0440u, 0404u, 0420u, 0644u}) {
        chmod(path.c_str(), mode);
        CHECK_FALSE(MasterKey::from_file(path));
    }
    std::filesystem::remove(path);
    CHECK_FALSE(MasterKey::from_file(path));
    CHECK_FALSE(MasterKey::from_file("/"));
    CHECK_FALSE(MasterKey::from_file("/dev/null"));
}

TEST_CASE("a master key in the environment is taken out of it (PROTO-831)") {
    setenv("PORTCULLIS_TEST_KEY", base64(std::string(32, 'k')).c_str(), 1);
    CHECK(MasterKey::from_environment("PORTCULLIS_TEST_KEY"));
    CHECK(std::getenv("PORTCULLIS_TEST_KEY") == nullptr);
    CHECK_FALSE(MasterKey::from_environment("PORTCULLIS_TEST_KEY"));
}

}  // namespace
}  // namespace portcullis::openssl
