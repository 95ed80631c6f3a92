#include "wire/passkey_metadata_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/encoding.h"
#include "base/json.h"

namespace portcullis::wire {
namespace {

using credentials::PasskeyModel;

constexpr json::Limits kLimits{.bytes_max = kMetadataBytesMax, .depth_max = 16};
constexpr std::size_t kDescriptionMax = 200;        // MDS: at most 200 characters
constexpr std::size_t kRootsMax       = 64;         // a model has one to some twenty
constexpr std::size_t kRootBytesMax   = 16 * 1024;  // of base64
constexpr std::size_t kReportsMax     = 256;
constexpr std::size_t kWaysMax        = 64;

Error refused(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

/// `2026-12-31`, at its beginning in UTC.
std::optional<Instant> day_at(const json::object& o, std::string_view name) {
    const auto text = json::string_at(o, name);
    return text && text->size() == 10 ? parse_rfc3339(*text + "T00:00:00Z") : std::nullopt;
}

/// As it is compared: lower case with hyphens; nothing when it is no AAGUID, or the one that names no model.
std::optional<std::string> aaguid_of(const json::object& entry) {
    const auto given = json::string_at(entry, "aaguid");
    if (!given || given->size() != 36) return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < given->size(); ++i) {
        const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (((*given)[i] == '-') != is_hyphen) return std::nullopt;
        if (!is_hyphen) digits += (*given)[i];
    }
    const auto bytes = parse_hex(digits);
    if (!bytes || *bytes == std::string(16, '\0')) return std::nullopt;
    return credentials::aaguid_text(*bytes);
}

/// One line of at most 200 bytes, without control characters.
std::string description_of(const json::object& statement) {
    auto text = json::string_at(statement, "description").value_or("").substr(0, kDescriptionMax);
    while (!text.empty() && !is_utf8(text)) text.pop_back();  // cut inside a character
    std::erase_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    return text;
}

/// Some makers break their base64 into lines.
std::vector<std::string> roots_of(const json::object& statement) {
    std::vector<std::string> roots;
    const auto* list = json::array_at(statement, "attestationRootCertificates");
    if (!list || list->size() > kRootsMax) return roots;
    for (const auto& one : *list) {
        if (!one.is_string() || one.get_string().size() > kRootBytesMax) continue;
        std::string root(one.get_string().data(), one.get_string().size());
        std::erase_if(root, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
        if (!root.empty() && parse_base64(root)) roots.push_back(std::move(root));
    }
    return roots;
}

const json::object* options_of(const json::object& statement) {
    const auto* own_words = json::object_at(statement, "authenticatorGetInfo");
    return own_words ? json::object_at(*own_words, "options") : nullptr;
}

/// `userVerificationDetails` has alternatives, each of things done together; or it is in the authenticator's own words, where a
/// `clientPin` that is false is one that can be set.
bool verifies_user(const json::object& statement) {
    const auto* own_words = options_of(statement);
    if (own_words && (json::bool_at(*own_words, "uv") || json::bool_at(*own_words, "clientPin"))) return true;
    const auto* alternatives = json::array_at(statement, "userVerificationDetails");
    if (!alternatives || alternatives->size() > kWaysMax) return false;
    return std::ranges::any_of(*alternatives, [](const json::value& alternative) {
        const auto* together = alternative.if_array();
        return together && together->size() <= kWaysMax && std::ranges::any_of(*together, [](const json::value& way) {
                   const auto* named = way.if_object();
                   return named && credentials::is_user_verification(json::string_at(*named, "userVerificationMethod").value_or(""));
               });
    });
}

bool keeps_passkeys(const json::object& statement) {
    const auto* own_words = options_of(statement);
    return own_words && json::bool_at(*own_words, "rk") == true;
}

/// `keyProtection` says hardware, and not that some keys are kept in software.
bool is_hardware(const json::object& statement) {
    const auto* ways = json::array_at(statement, "keyProtection");
    if (!ways || ways->size() > kWaysMax) return false;
    const auto says = [&](std::string_view word) { return std::ranges::find(*ways, json::value(word)) != ways->end(); };
    return says("hardware") && !says("software");
}

/// All reports of an entry count: a compromise stays one whatever came after it, and the highest certification holds.
/// False when they cannot be read.
bool read_reports(const json::object& entry, Instant now, PasskeyModel& model) {
    const auto* reports = json::array_at(entry, "statusReports");
    if (!reports || reports->size() > kReportsMax) return false;
    for (const auto& report : *reports) {
        const auto* read  = report.if_object();
        const auto status = read ? json::string_at(*read, "status") : std::nullopt;
        if (!status) return false;
        if (credentials::is_compromise(*status)) model.compromised = *status;
        const auto level  = credentials::certification_of(*status);
        const auto is_now = !read->contains("effectiveDate") || day_at(*read, "effectiveDate").value_or(now + Duration{1}) <= now;
        if (level && is_now) model.certification = std::max(model.certification, *level);
    }
    return true;
}

/// Nothing when the entry is not one of a FIDO2 authenticator, or cannot be read.
std::optional<PasskeyModel> model_of(const json::value& value, Instant now) {
    const auto* entry = value.if_object();
    auto aaguid       = entry ? aaguid_of(*entry) : std::nullopt;
    if (!aaguid) return std::nullopt;
    PasskeyModel model{.aaguid = std::move(*aaguid)};
    if (!read_reports(*entry, now, model)) return std::nullopt;
    // An entry may leave its statement out; then its statuses are all that is known.
    const auto* statement = json::object_at(*entry, "metadataStatement");
    if (!statement) return model;
    model.description    = description_of(*statement);
    model.is_fido2       = json::string_at(*statement, "protocolFamily") == "fido2";
    model.verifies_user  = verifies_user(*statement);
    model.keeps_passkeys = keeps_passkeys(*statement);
    model.is_hardware    = is_hardware(*statement);
    model.roots          = roots_of(*statement);
    return model;
}

}  // namespace

Result<credentials::PasskeyMetadata> parse_passkey_metadata(std::string_view payload, Instant now) {
    const auto document = TRY(json::parse_object(payload, kLimits));
    const auto number   = json::integer_at(document, "no");
    const auto next     = day_at(document, "nextUpdate");
    const auto* entries = json::array_at(document, "entries");
    if (!number || *number < 0) return refused("`no` is not a number");
    if (!next) return refused("`nextUpdate` is not a day like 2026-12-31");
    if (!entries) return refused("`entries` is not a list");
    if (entries->size() > kMetadataEntriesMax) return refused(fmt::format("`entries` has {}, more than {}", entries->size(), kMetadataEntriesMax));

    credentials::PasskeyMetadata metadata{.number = *number, .next_update = *next, .models = {}};
    std::set<std::string> seen;
    for (const auto& entry : *entries) {
        auto model = model_of(entry, now);
        if (!model) {
            ++metadata.left_out;
            continue;
        }
        if (!seen.insert(model->aaguid).second) return refused(fmt::format("the model {} stands there twice", model->aaguid));
        metadata.models.push_back(std::move(*model));
    }
    if (metadata.models.empty()) return refused("it names no model that keeps passkeys");
    return metadata;
}

}  // namespace portcullis::wire
