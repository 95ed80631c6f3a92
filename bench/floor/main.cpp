// bench_floor SECONDS   What no sign-in with a passkey can go without, and nothing else: its rows, stored durably in its three transactions,
// and its cryptography. No request, no page, no read, no decision. Prints one JSON object: sign-ins a second, {"rate": 1234.5}
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "adapters/fido2/passkey_verifier.h"
#include "adapters/openssl/signer.h"
#include "adapters/sodium/system_random.h"
#include "adapters/sql/flow_store.h"
#include "adapters/sql/journal.h"
#include "adapters/sql/migrations.h"
#include "adapters/sqlite/sqlite.h"
#include "tests/support/soft_authenticator.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace portcullis;
using namespace std::chrono_literals;
using app::FlowKind;

constexpr TenantId kTenant{1, 1};
constexpr int kPeople = 32, kWorkers = 16;  // as in scripts/bench passkey, and as the server has by default
const Instant kNow    = from_unix_seconds(1'800'000'000);

// As long as in a sign-in to the demo.
const std::string kFlow(850, 'f'), kCode(800, 'c'), kRecord(5'900, 'r'), kClaims(600, 'j');
const std::string kUserAgent(110, 'u');

template <class T>
T must(Result<T> result) {
    if (!result) fmt::print(stderr, "{}\n", result.error().message);
    return std::move(result).value();
}
void must(const Result<void>& result) {
    if (!result) fmt::print(stderr, "{}\n", result.error().message);
    if (!result) std::exit(1);
}

struct Person {
    UserId user;
    MethodId method;
    identity::Device device;
    tests::SoftAuthenticator key;
    std::int64_t profile_version = 1;
};

class Floor {
public:
    Floor();
    /// One sign-in of this person.
    void sign_in(Person& person);

    std::vector<Person> people;

private:
    app::Act act(std::string name, std::vector<app::Change> changes, std::vector<app::FlowWrite> flows) {
        return {.tenant = kTenant, .id = random_.new_id<ActId>(kNow), .name = std::move(name), .by = {}, .at = kNow, .correlation = random_.new_id<CorrelationId>(kNow),
                .changes = std::move(changes), .flows = std::move(flows)};
    }
    void add(int number);

    tests::TemporaryFolder folder_;
    std::unique_ptr<sqlite::Sqlite> db_ = must(sqlite::open({.path = folder_ / "store.db"}));
    sql::SqlJournal journal_{*db_};
    sql::SqlFlowStore flows_{*db_};
    sodium::SystemRandom random_;
    fido2::PasskeyVerifier verifier_;
    app::SigningKey signing_key_;
    openssl::Signer signer_{[this](TenantId) -> Result<std::vector<app::SigningKey>> {
        std::vector<app::SigningKey> keys;
        keys.push_back(signing_key_.copy());
        return keys;
    }};
};

Floor::Floor() {
    signing_key_                 = must(signer_.generate("ES256"));
    signing_key_.retires_at      = kNow + 24h;
    signing_key_.published_until = kNow + 24h;
    signing_key_.activates_at    = kNow - 1h;
    must(sql::migrate(*db_, must(sql::migrations_for(db_->engine(), embedded::migrations())), kNow));
    must(journal_.commit(act("Set up", {app::TenantCreated{{.id = kTenant, .domain = "contoso.example"}}}, {})));
    for (int number = 0; number < kPeople; ++number) add(number);
}

void Floor::add(int number) {
    auto& person  = people.emplace_back(Person{.user = random_.new_id<UserId>(kNow), .method = random_.new_id<MethodId>(kNow), .device = {}, .key = tests::SoftAuthenticator("handle")});
    const auto upn = fmt::format("bench{}@contoso.example", number);
    person.device = {.id = random_.new_id<DeviceId>(kNow), .user = person.user, .recognition_digest = fmt::format("digest {}", number), .display_name = "Chrome, Linux",
                     .created_at = kNow, .last_seen_at = kNow, .ip_address = "192.0.2.10", .country = "NL"};
    identity::AuthenticationMethod method{.id = person.method, .user = person.user, .kind = AuthMethod::passkeySynced, .display_name = "Key", .created_at = kNow};
    method.passkey = identity::Passkey{.credential_id = person.key.credential_id, .public_key = person.key.cose_key(), .user_handle = "handle"};
    must(journal_.commit(act("Set up",
                             {app::UserCreated{{.id = person.user, .user_principal_name = upn, .display_name = "Bench", .created_at = kNow, .sign_in_sessions_valid_from = kNow}, upn},
                              app::MethodRegistered{method}, app::DeviceRegistered{person.device}, app::ProfileTrained{person.user, {}, 0}},
                             {})));
}

void Floor::sign_in(Person& person) {
    const auto flow = to_string(random_.new_id<FlowId>(kNow)), code = random_.token();
    must(flows_.put(kTenant, FlowKind::interaction, flow, kFlow, kNow + 10min));

    const std::string data(37, 'd'), hash(32, 'h');
    if (!verifier_.is_signed(person.key.cose_key(), {data, hash, person.key.sign(data + hash)})) std::exit(1);  // signing: the browser's part
    const auto session = random_.new_id<SessionId>(kNow);
    const auto sign_in = random_.new_id<SignInId>(kNow);
    must(journal_.commit(act("SignIn",
                             {app::PasskeyUsed{.user = person.user, .method = person.method, .at = kNow},
                              app::SessionOpened{{.id = session, .user = person.user, .reference_digest = random_.token(), .cross_site_reference_digest = random_.token(),
                                                  .created_at = kNow, .expires_at = kNow + 24h, .sign_in = sign_in, .ip_address = "192.0.2.10", .country = "NL",
                                                  .user_agent = kUserAgent, .device = person.device.id}},
                              app::DeviceSeen{person.device}, app::ProfileTrained{person.user, {}, person.profile_version++},
                              app::SignInRecorded{{.id = sign_in, .user = person.user, .created_at = kNow, .ip_address = "192.0.2.10", .conditional_access_status = "success", .document = kRecord}}},
                             {{.kind = FlowKind::interaction, .key = flow, .version = 1, .value = {}, .expires_at = {}},
                              {.kind = FlowKind::code, .key = code, .version = {}, .value = kCode, .expires_at = kNow + 10min}})));

    must(journal_.commit(act("RedeemCode",
                             {app::GrantOpened{{.id = random_.new_id<GrantId>(kNow), .user = person.user, .session = session, .device = person.device.id, .scope = "openid profile",
                                                .acr = "phr", .nonce = "n", .created_at = kNow, .expires_at = kNow + 24h},
                                               {}}},
                             {{.kind = FlowKind::code, .key = code, .version = 1, .value = kCode, .expires_at = kNow + 10min}})));
    for (const auto* typ : {"at+jwt", "JWT"}) must(signer_.sign({.tenant = kTenant, .alg = "ES256", .typ = typ, .claims = kClaims, .now = kNow}));
}

}  // namespace

int main(int argc, char** argv) {
    const auto seconds = std::chrono::duration<double>(argc > 1 ? std::stod(argv[1]) : 5);
    Floor floor;
    std::atomic<bool> stop = false;
    std::atomic<int> done  = 0;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([&, worker] {
            // Each has people of its own: nobody signs in twice at once.
            for (int turn = 0; !stop; ++turn, ++done) floor.sign_in(floor.people[static_cast<std::size_t>(worker + turn % 2 * kWorkers)]);
        });
    }
    std::this_thread::sleep_for(seconds);
    stop = true;
    for (auto& worker : workers) worker.join();
    fmt::print("{{\"rate\": {:.1f}}}\n", done / seconds.count());
}
