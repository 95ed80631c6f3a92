#include "main/passkey_metadata.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <fstream>

#include "adapters/fido2/metadata_document.h"
#include "adapters/outgoing/client.h"
#include "wire/passkey_metadata_json.h"

namespace portcullis::program {
namespace {

using namespace std::chrono_literals;
using fido2::TakeRevocationList;

/// "download at most once a day" in the service's words; an hour less, so that a daily look is never just too early.
constexpr Duration kFetchEvery   = 23h;
constexpr Duration kTimeout      = 2min;  // some 8 MiB
constexpr Duration kListTimeout  = 30s;
constexpr std::size_t kLookupMax = 8;  // of lists for one document, whatever its certificates say: other jobs wait

/// The one outgoing client, as this section allows it.
outgoing::Client client_for(const Config::PasskeyMetadata& from, outgoing::ClientOptions options) {
    options.ca_file = from.ca_file;
    for (const auto& text : from.allowed_networks) {
        if (const auto network = parse_cidr(text)) options.allowed.push_back(*network);
    }
    return outgoing::Client(std::move(options));
}

Result<std::string> fetched(const Config::PasskeyMetadata& from) {
    const auto target = outgoing::parse_target(from.url);
    if (!target) return Error{ErrorCode::invalidRequest, "`passkey_metadata.url` is not an https URL"};
    const auto client = client_for(from, {.allowed = {}, .ca_file = {}, .timeout = kTimeout, .answer_bytes_max = wire::kMetadataBytesMax});
    auto answer       = client.get(*target, {});
    if (!answer) return Error{answer.error().code, "the FIDO metadata cannot be fetched: " + answer.error().message};
    if (answer->status != 200) return Error{ErrorCode::unavailable, fmt::format("the FIDO metadata cannot be fetched: its server answered {}", answer->status)};
    return std::move(answer).value().body;
}

/// Fetches the lists of one document, one by one and each place once. Lists are signed by themselves, so their servers need no TLS.
class ListFetcher {
public:
    ListFetcher(const Config::PasskeyMetadata& from, const TakeRevocationList& take)
        : from_(from), take_(take), client_(client_for(from, {.allowed = {}, .ca_file = {}, .timeout = kListTimeout, .answer_bytes_max = fido2::kRevocationListBytesMax, .least = outgoing::Scheme::http})) {}

    Result<void> operator()(const std::vector<fido2::Watched>& chain) {
        for (const auto& place : from_.revocation_lists) {
            const auto list = got(place);
            if (!list) return Error{list.error().code, fmt::format("a revocation list of `passkey_metadata.revocation_lists` cannot be fetched: {}", list.error().message)};
            TRY(take_(*list));
        }
        if (!from_.revocation_lists.empty()) return {};
        for (const auto& certificate : chain) TRY(take_one_for(certificate));
        return {};
    }

private:
    /// From the first of its places that answers.
    Result<void> take_one_for(const fido2::Watched& certificate) {
        const auto unknown = [&](ErrorCode code, std::string_view why) { return Error{code, fmt::format("nobody says whether the certificate `{}` is revoked: {}", certificate.name, why)}; };
        if (certificate.places.empty()) return unknown(ErrorCode::unavailable, "it does not say where its revocation list is");
        Error last{};
        for (const auto& place : certificate.places) {
            if (std::ranges::find(had_, place) != had_.end()) return {};
            const auto list = got(place);
            if (list) return take_(*list);
            last = list.error();
        }
        return unknown(last.code, "its revocation list cannot be fetched: " + last.message);
    }

    Result<std::string> got(const std::string& place) {
        if (++asked_ > kLookupMax) return Error{ErrorCode::unavailable, "there are too many places to ask"};
        const auto target = outgoing::parse_open_target(place);
        if (!target) return Error{ErrorCode::unavailable, "its place is neither an http nor an https URL"};
        auto answer = TRY(client_.get(*target, {}));
        if (answer.status != 200) return Error{ErrorCode::unavailable, fmt::format("its server answered {}", answer.status)};
        had_.push_back(place);
        return std::move(answer.body);
    }

    const Config::PasskeyMetadata& from_;
    const TakeRevocationList& take_;
    const outgoing::Client client_;
    std::size_t asked_ = 0;
    std::vector<std::string> had_;
};

Result<app::ImportedMetadata> import(Installation& installation, std::string_view document, fido2::Revocation revocation) {
    const fido2::MetadataDocumentVerifier verifier(installation.config().passkey_metadata.root, std::move(revocation));
    return app::ImportPasskeyMetadata(verifier, installation.passkey_metadata())(document, installation.now());
}

Result<app::ImportedMetadata> fetch(Installation& installation) {
    const auto& from    = installation.config().passkey_metadata;
    const auto document = TRY(fetched(from));
    return import(installation, document, {.lists = [&from](const auto& chain, const auto& take) { return ListFetcher(from, take)(chain); }});
}

/// One byte more than there may be shows that there is too much.
Result<std::string> bytes_of(const std::string& path, std::size_t bytes_max) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Error{ErrorCode::notFound, fmt::format("cannot read `{}`", path)};
    std::string bytes(bytes_max + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > bytes_max) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is larger than {} MiB", path, bytes_max >> 20)};
    return bytes;
}

std::string overdue(std::int64_t number, Instant next_update) {
    return fmt::format("number {} is stale: the next one was due on {}", number, to_rfc3339(next_update).substr(0, 10));
}

}  // namespace

Result<app::ImportedMetadata> import_metadata_files(Installation& installation, const MetadataFiles& files) {
    if (files.revocation_lists.size() > fido2::kRevocationListsMax) return Error{ErrorCode::invalidRequest, fmt::format("there are more than {} revocation lists", fido2::kRevocationListsMax)};
    const auto document = TRY(bytes_of(files.document, wire::kMetadataBytesMax));
    const auto lists    = [&files](const auto&, const TakeRevocationList& take) -> Result<void> {
        for (const auto& path : files.revocation_lists) {
            const auto list = TRY(bytes_of(path, fido2::kRevocationListBytesMax));
            TRY(take(list));
        }
        return {};
    };
    return import(installation, document, {.lists = lists, .unknown = files.unknown});
}

Result<std::string> MetadataKeeper::look(Instant now) {
    const auto held   = TRY(installation_.passkey_metadata().held());
    const bool is_due = !installation_.config().passkey_metadata.url.empty() && (!held || now - held->checked_at >= kFetchEvery);
    const auto late   = held && credentials::is_stale(held->next_update, now) ? overdue(held->number, held->next_update) : std::string();
    if (!is_due) {
        const std::lock_guard lock(mutex_);
        untaken_.reset();
        return late;
    }
    const auto got = fetch(installation_);
    malloc_trim(0);  // the document was some megabytes, and as much again while it was read
    note(got, held, now);
    if (!got) return Error{got.error().code, got.error().message + (late.empty() ? "" : "; " + late)};
    if (got->is_stale) return overdue(got->number, got->next_update);
    return got->is_new ? fmt::format("number {} with {} models", got->number, got->models) : std::string();
}

void MetadataKeeper::note(const Result<app::ImportedMetadata>& got, const std::optional<app::HeldMetadata>& held, Instant now) {
    const std::lock_guard lock(mutex_);
    const auto since = held ? held->checked_at : untaken_ ? untaken_->since : now;
    untaken_.reset();
    // What is not known, or out of reach, may be known tomorrow; everything else came and was wrong.
    if (!got) untaken_ = notices::UntakenMetadata{.because = got.error().message, .since = since, .is_refused = got.error().code != ErrorCode::unavailable};
}

std::optional<notices::UntakenMetadata> MetadataKeeper::untaken() const {
    const std::lock_guard lock(mutex_);
    return untaken_;
}

}  // namespace portcullis::program
