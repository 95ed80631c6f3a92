#include "main/demo/keepsakes.h"

#include <fmt/format.h>

#include <array>

#include "base/encoding.h"
#include "base/json.h"
#include "core/credentials/totp.h"
#include "main/demo/cast.h"
#include "main/demo/private_files.h"

namespace portcullis::demo {
namespace {

constexpr auto kWords = std::to_array<std::string_view>({
    "amber",  "anvil",  "apron",  "birch",  "bison",  "canoe",  "cedar",  "chalk",  "cider",  "clove",  "cobalt",
    "comet",  "coral",  "crane",  "delta",  "ember",  "fable",  "falcon", "fern",   "flint",  "garnet", "glade",
    "harbor", "hazel",  "heron",  "indigo", "ivory",  "jasper", "juniper", "kelp",  "lagoon", "larch",  "lilac",
    "linen",  "lupin",  "maple",  "marble", "meadow", "mica",   "mosaic", "nectar", "nutmeg", "oasis",  "onyx",
    "opal",   "orchid", "otter",  "pebble", "pepper", "plover", "quartz", "quill",  "raven",  "russet", "saffron",
    "sorrel", "spruce", "teal",   "thistle", "timber", "tundra", "velvet", "willow", "zephyr",
});
static_assert(kWords.size() == 64);

std::string path_of(const std::string& directory) { return directory + "/demo.json"; }

json::object to_json(const Keepsakes& kept) {
    json::object people, clients;
    for (const auto& [key, person] : kept.people) {
        people[key] = json::object{{"password", person.password}, {"totp_secret", person.totp_secret}};
    }
    for (const auto& [key, client] : kept.clients) {
        clients[key] = json::object{{"client_id", client.client_id}, {"client_secret", client.client_secret}};
    }
    return {{"tenant_id", kept.tenant_id},
            {"people", std::move(people)},
            {"clients", std::move(clients)},
            {"opened_at", kept.opened_at ? json::value(to_rfc3339(*kept.opened_at)) : json::value(nullptr)}};
}

Keepsakes from_json(const json::object& document) {
    Keepsakes kept;
    kept.tenant_id = json::string_at(document, "tenant_id").value_or("");
    if (const auto opened = json::string_at(document, "opened_at")) kept.opened_at = parse_rfc3339(*opened);
    const auto each = [&](std::string_view member, auto take) {
        const auto* members = json::object_at(document, member);
        if (!members) return;
        for (const auto& [key, value] : *members) {
            if (const auto* o = value.if_object()) take(std::string(key), *o);
        }
    };
    each("people", [&](const std::string& key, const json::object& o) {
        kept.people[key] = {json::string_at(o, "password").value_or(""), json::string_at(o, "totp_secret").value_or("")};
    });
    each("clients", [&](const std::string& key, const json::object& o) {
        kept.clients[key] = {json::string_at(o, "client_id").value_or(""), json::string_at(o, "client_secret").value_or("")};
    });
    return kept;
}

void make_up(Keepsakes& kept, app::Random& random, Instant now) {
    if (kept.tenant_id.empty()) kept.tenant_id = to_string(random.new_id<TenantId>(now));
    for (const auto& person : people()) {
        auto& secrets = kept.people[std::string(person.key)];
        if (secrets.password.empty()) secrets.password = invented_password(random);
        if (person.has_totp && secrets.totp_secret.empty()) {
            secrets.totp_secret = base32(random.bytes(credentials::kTotpSeedBytes));
        }
    }
    for (const auto& client : clients()) {
        auto& secrets = kept.clients[std::string(client.key)];
        if (secrets.client_id.empty()) secrets.client_id = to_string(random.new_id<ApplicationId>(now));
        if (client.has_secret() && secrets.client_secret.empty()) secrets.client_secret = random.token();
    }
}

}  // namespace

std::string invented_password(app::Random& random) {
    const auto bytes = random.bytes(6);
    const auto at    = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const auto word  = [&](std::size_t i) { return kWords[16 * i + at(i) % 16]; };  // a quarter of the list each: never twice
    return fmt::format("{}-{}-{}-{}-{:04}", word(0), word(1), word(2), word(3), (at(4) * 256U + at(5)) % 10000U);
}

Result<Keepsakes> load_keepsakes(const std::string& directory, app::Random& random, Instant now) {
    Keepsakes kept;
    if (const auto text = TRY(read_file(path_of(directory)))) {
        const auto document = json::parse_object(*text);
        if (!document) {
            return Error{ErrorCode::unavailable, fmt::format("`{}` is damaged: {}", path_of(directory), document.error().message)};
        }
        kept = from_json(*document);
    }
    make_up(kept, random, now);
    return kept;
}

Result<void> store_keepsakes(const std::string& directory, const Keepsakes& keepsakes) {
    return write_file(path_of(directory), json::to_text(to_json(keepsakes)) + "\n", 0600);
}

}  // namespace portcullis::demo
