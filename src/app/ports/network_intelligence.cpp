#include "app/ports/network_intelligence.h"

namespace portcullis::app {

std::string_view to_string(Anonymizer kind) {
    switch (kind) {
        case Anonymizer::unknown: return "unknown";
        case Anonymizer::none:    return "none";
        case Anonymizer::tor:     return "tor";
        case Anonymizer::vpn:     return "vpn";
        case Anonymizer::proxy:   return "proxy";
        case Anonymizer::relay:   return "relay";
    }
    return "unknown";
}

std::string_view to_string(ThreatCategory category) {
    switch (category) {
        case ThreatCategory::actor:   return "actor";
        case ThreatCategory::botnet:  return "botnet";
        case ThreatCategory::c2:      return "c2";
        case ThreatCategory::scanner: return "scanner";
    }
    return "unknown";
}

std::string_view to_string(ListConfidence confidence) {
    switch (confidence) {
        case ListConfidence::low:    return "low";
        case ListConfidence::medium: return "medium";
        case ListConfidence::high:   return "high";
    }
    return "low";
}

std::string_view to_string(NetworkFact fact) {
    switch (fact) {
        case NetworkFact::asn:        return "asn";
        case NetworkFact::country:    return "country";
        case NetworkFact::place:      return "place";
        case NetworkFact::anonymizer: return "anonymizer";
        case NetworkFact::threat:     return "threat";
    }
    return "unknown";
}

}  // namespace portcullis::app
