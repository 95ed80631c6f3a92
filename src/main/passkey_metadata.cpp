#include "main/passkey_metadata.h"

#include <fmt/format.h>
#include <malloc.h>

#include <fstream>

#include "adapters/fido2/metadata_document.h"
#include "adapters/outgoing/client.h"
#include "wire/passkey_metadata_json.h"

namespace portcullis::program {
namespace {

using namespace std::chrono_literals;

/// "download at most once a day" in the service's words; an hour less, so that a daily look is never just too early.
constexpr Duration kFetchEvery = 23h;
constexpr Duration kTimeout    = 2min;  // some 8 MiB

Result<std::string> fetched(const Config::PasskeyMetadata& from) {
    const auto target = outgoing::parse_target(from.url);
    if (!target) return Error{ErrorCode::invalidRequest, "`passkey_metadata.url` is not an https URL"};
    outgoing::ClientOptions options{.allowed = {}, .ca_file = from.ca_file, .timeout = kTimeout, .answer_bytes_max = wire::kMetadataBytesMax};
    for (const auto& text : from.allowed_networks) {
        if (const auto network = parse_cidr(text)) options.allowed.push_back(*network);
    }
    auto answer = outgoing::Client(std::move(options)).get(*target, {});
    if (!answer) return Error{answer.error().code, "the FIDO metadata cannot be fetched: " + answer.error().message};
    if (answer->status != 200) return Error{ErrorCode::unavailable, fmt::format("the FIDO metadata cannot be fetched: its server answered {}", answer->status)};
    return std::move(answer->body);
}

Result<app::ImportedMetadata> fetch(Installation& installation) {
    const auto document = TRY(fetched(installation.config().passkey_metadata));
    return import_metadata(installation, document);
}

std::string overdue(std::int64_t number, Instant next_update) {
    return fmt::format("number {} is stale: the next one was due on {}", number, to_rfc3339(next_update).substr(0, 10));
}

}  // namespace

Result<app::ImportedMetadata> import_metadata(Installation& installation, std::string_view document) {
    const fido2::MetadataDocumentVerifier verifier(installation.config().passkey_metadata.root);
    return app::ImportPasskeyMetadata(verifier, installation.passkey_metadata())(document, installation.now());
}

Result<app::ImportedMetadata> import_metadata_file(Installation& installation, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{ErrorCode::notFound, fmt::format("cannot read `{}`", path)};
    std::string document(wire::kMetadataBytesMax + 1, '\0');
    file.read(document.data(), static_cast<std::streamsize>(document.size()));
    document.resize(static_cast<std::size_t>(file.gcount()));
    return import_metadata(installation, document);
}

Result<std::string> keep_metadata(Installation& installation, Instant now) {
    const auto held = TRY(installation.passkey_metadata().held());
    const bool is_due = !installation.config().passkey_metadata.url.empty() && (!held || now - held->checked_at >= kFetchEvery);
    if (!is_due) return held && credentials::is_stale(held->next_update, now) ? overdue(held->number, held->next_update) : std::string();
    const auto got = fetch(installation);
    malloc_trim(0);  // the document was some megabytes, and as much again while it was read
    if (!got) {
        const auto because = held && credentials::is_stale(held->next_update, now) ? "; " + overdue(held->number, held->next_update) : std::string();
        return Error{got.error().code, got.error().message + because};
    }
    if (got->is_stale) return overdue(got->number, got->next_update);
    return got->is_new ? fmt::format("number {} with {} models", got->number, got->models) : std::string();
}

}  // namespace portcullis::program
