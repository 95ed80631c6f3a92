#include <catch2/catch.hpp>

#include "core/terms/risk_event_type.h"

namespace portcullis {

TEST_CASE("every riskEventType reads back, in any case (IDP-101)") {
    CHECK(risk_event_types().size() == 27);
    for (const auto& entry : risk_event_types()) {
        CAPTURE(entry.name);
        CHECK(to_string(entry.type) == entry.name);
        CHECK(parse_risk_event_type(entry.name) == entry.type);
        std::string shouted;
        for (const char c : entry.name) shouted += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        CHECK(parse_risk_event_type(shouted) == entry.type);
    }
    CHECK(parse_risk_event_type("impossibleTravel") == RiskEventType::mcasImpossibleTravel);
    CHECK(parse_risk_event_type("attemptedPRTAccess") == RiskEventType::attemptedPrtAccess);
    CHECK_FALSE(parse_risk_event_type("unfamiliar"));
    CHECK_FALSE(parse_risk_event_type(""));
}

TEST_CASE("exactly the five types of §2.4, the post-sign-in ones and a suspected clone (PROTO-504) survive MFA among those of a sign-in (IDP-082)") {
    std::string never;
    for (const auto& entry : risk_event_types()) {
        if (entry.mfa_closes == MfaCloses::never && entry.link != Link::user) never += std::string(entry.name) + " ";
    }
    CHECK(never ==
          "nationStateIP anomalousToken tokenIssuerAnomaly investigationsThreatIntelligence suspiciousInboxForwarding "
          "mcasSuspiciousInboxManipulationRules mcasFinSuspiciousFileAccess generic authenticatorCloneSuspected ");
    CHECK(mfa_closes(RiskEventType::attackerinTheMiddle) == MfaCloses::never);
}

TEST_CASE("techniques are mapped as §2.8 says") {
    CHECK(mitre_technique(RiskEventType::nationStateIP) == "T1078");
    CHECK(mitre_technique(RiskEventType::generic).empty());
}

}  // namespace portcullis
