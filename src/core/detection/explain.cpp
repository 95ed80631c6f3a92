#include <fmt/format.h>

#include "base/ip.h"
#include "core/detection/detector.h"

namespace portcullis::detection {
namespace {

using signals::Signal;
using signals::Term;

/// Enough of a user agent to recognise it.
constexpr std::size_t kUserAgentShown = 80;

std::string named(std::string_view family, std::string_view major) {
    if (family.empty()) return "not stated";
    return major.empty() ? std::string(family) : fmt::format("{} {}", family, major);
}

/// What was seen, in words.
std::string observed(Term term, const SignInSignals& sign_in) {
    const auto& network = sign_in.network;
    const auto& client  = sign_in.client;
    switch (term) {
        case Term::address:   return network.address ? to_string(prefix_of(*network.address, kSubscriber)) : "";
        case Term::prefix:    return network.address ? to_string(prefix_of(*network.address, kNeighbours)) : "";
        case Term::asn:       return network.asn ? fmt::format("AS{} {}", *network.asn, network.as_name) : "";
        case Term::country:   return network.country.value_or("");
        case Term::userAgent: return client.user_agent.empty() ? "not sent" : client.user_agent.substr(0, kUserAgentShown);
        case Term::browser:   return named(client.browser, client.browser_major);
        case Term::os:        return named(client.os, client.os_major);
        case Term::deviceType:    return std::string(to_string(client.device));
        case Term::activity:      return "how often the user signs in";
        case Term::nonInteractive: return "no person was asked";
        case Term::hintDisagrees: return "header and client hint name different platforms";
    }
    return {};
}

Signal signal_of(Term term) {
    switch (term) {
        case Term::address:
        case Term::prefix:         return Signal::address;
        case Term::asn:            return Signal::asn;
        case Term::country:        return Signal::country;
        case Term::userAgent:      return Signal::userAgent;
        case Term::browser:
        case Term::os:
        case Term::deviceType:
        case Term::hintDisagrees:  return Signal::client;
        case Term::activity:
        case Term::nonInteractive: return Signal::history;
    }
    return Signal::history;
}

bool is_level(Term term) { return static_cast<std::size_t>(term) < signals::kChainLevelCount; }

std::string unknown_because(Term term, const SignInSignals& sign_in, const signals::Score& score) {
    if (score.is_legacy && term >= Term::userAgent) return "not carried by this protocol";
    if (term == Term::prefix && sign_in.network.as_class == signals::AsClass::mobile) return "of a carrier: says nothing";
    return fmt::format("unknown: {}", sign_in.why_missing(signal_of(term)));
}

}  // namespace

Evidence explain(const signals::Score& score, const SignInSignals& sign_in) {
    Evidence evidence;
    evidence.reserve(signals::kTermCount + 2);
    for (std::size_t i = 0; i < signals::kTermCount; ++i) {
        const auto term  = static_cast<Term>(i);
        const auto& part = score[term];
        const auto name  = std::string(to_string(term));
        if (!part.is_known && !is_level(term)) continue;
        if (!part.is_known) {
            evidence.push_back({name, unknown_because(term, sign_in, score)});
        } else if (!is_level(term)) {
            evidence.push_back({name, fmt::format("{}: {:+.1f} bits", observed(term, sign_in), part.bits)});
        } else {
            evidence.push_back({name, fmt::format("{} (user: {:.0f} of {:.0f} sign-ins; everyone: {:.1f} %): {:+.1f} bits",
                                                  observed(term, sign_in), part.user_count, score.user_sign_ins,
                                                  part.everyone * 100, part.bits)});
        }
    }
    return evidence;
}

}  // namespace portcullis::detection
