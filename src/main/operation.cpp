#include "main/operation.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "adapters/geo/geo_intelligence.h"
#include "adapters/openssl/certificate.h"
#include "jobs/key_rotation.h"

namespace portcullis::program {
namespace {

/// Any public address: every list is asked about it.
constexpr std::string_view kSomewhere = "9.9.9.9";

std::optional<Instant> certificate_ends(const std::string& path) {
    if (path.empty()) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(file), {}};
    const auto ends = openssl::certificate_end(pem);
    return ends ? std::optional(*ends) : std::nullopt;
}

/// A key from the environment does not say how old it is.
std::optional<Instant> master_key_since(const Config::Secrets& secrets) {
    struct stat status {};
    if (!secrets.master_key_env.empty() || stat(secrets.master_key_file().c_str(), &status) != 0) return std::nullopt;
    return from_unix_seconds(status.st_mtim.tv_sec);
}

std::vector<notices::StaleSet> stale_sets(const geo::GeoIntelligence& networks, Instant now) {
    std::vector<notices::StaleSet> sets;
    const auto add = [&](const std::string& name, std::optional<Instant> as_of) {
        if (std::ranges::find(sets, name, &notices::StaleSet::name) == sets.end()) sets.push_back({name, as_of});
    };
    for (const auto& from : networks.look_up(*parse_ip(kSomewhere), now).provenance) {
        if (from.is_stale) add(from.data_set, from.as_of);
    }
    for (const auto& status : networks.status()) {
        if (!status.is_loaded && !status.problems.empty()) add(status.name, std::nullopt);
    }
    return sets;
}

}  // namespace

notices::Operation operation_of(Installation& installation, std::vector<notices::ClosedWay> closed_ways, Instant now) {
    const auto& config = installation.config();
    return {.certificate_ends = certificate_ends(config.server.certificate),
            .master_key_since = master_key_since(config.secrets),
            .closed_ways      = std::move(closed_ways),
            .stale_sets       = stale_sets(installation.networks(), now),
            .signing_algs     = {std::begin(jobs::kSigningAlgs), std::end(jobs::kSigningAlgs)}};
}

}  // namespace portcullis::program
