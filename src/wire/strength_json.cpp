#include "wire/strength_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/document_reader.h"

namespace portcullis::wire {
namespace {

using namespace policy;  // this file spells the type out member by member

constexpr std::size_t kCombinationsMax = 64, kModelsMax = 1000;
constexpr std::string_view kFido2Type  = "#microsoft.graph.fido2CombinationConfiguration";
constexpr std::string_view kX509Type   = "#microsoft.graph.x509CertificateCombinationConfiguration";
constexpr auto kOneTime = MethodMode::temporaryAccessPassOneTime, kMultiUse = MethodMode::temporaryAccessPassMultiUse;

/// What no sign-in here can prove. Known, so named as what it is.
constexpr MethodModes kNotHere{MethodMode::windowsHelloForBusiness, MethodMode::x509CertificateMultiFactor, MethodMode::deviceBasedPush,
                               MethodMode::x509CertificateSingleFactor, MethodMode::federatedMultiFactor, MethodMode::federatedSingleFactor,
                               MethodMode::microsoftAuthenticatorPush, MethodMode::sms, MethodMode::voice};

bool is_type(std::string_view written, std::string_view type) { return written == type || written == type.substr(1); }

/// `password,softwareOath`: its methods, in any order. Flags what is none.
std::optional<MethodModes> read_combination(const DocumentReader& in, std::string_view text, const std::string& place) {
    MethodModes combination;
    std::string_view rest = text;
    while (true) {
        const auto comma = rest.find(',');
        const auto mode  = parse_method_mode(rest.substr(0, comma));
        if (!mode) {
            in.refuse(kSchemaRule, place, fmt::format("`{}` is not a combination of methods", text));
            return std::nullopt;
        }
        combination.insert(*mode);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    if (!is_known_combination(combination)) {
        in.refuse(kSchemaRule, place, fmt::format("`{}` is no combination that can be asked for", text));
        return std::nullopt;
    }
    return combination;
}

bool names_any_of(MethodModes combination, MethodModes modes) {
    for (std::size_t i = 0; i < kMethodModeCount; ++i) {
        if (combination.contains(static_cast<MethodMode>(i)) && modes.contains(static_cast<MethodMode>(i))) return true;
    }
    return false;
}

bool takes(const std::vector<MethodModes>& combinations, MethodMode mode) {
    return std::ranges::any_of(combinations, [&](MethodModes c) { return c.contains(mode); });
}

std::vector<MethodModes> read_combinations(const DocumentReader& in) {
    std::vector<MethodModes> combinations;
    in.each_text("allowedCombinations", [&](auto text, const auto& place) {
        const auto combination = read_combination(in, text, place);
        if (!combination) return;
        if (names_any_of(*combination, kNotHere)) in.refuse(kUnsupportedRule, place, fmt::format("nobody here can give `{}`", text));
        else if (std::ranges::find(combinations, *combination) == combinations.end()) combinations.push_back(*combination);
    });
    const auto* array = json::array_at(in.object(), "allowedCombinations");
    if (array == nullptr || array->empty() || array->size() > kCombinationsMax)
        in.refuse(kSchemaRule, "allowedCombinations", fmt::format("from 1 to {} combinations", kCombinationsMax));
    if (takes(combinations, kOneTime) != takes(combinations, kMultiUse))
        in.refuse(kUnsupportedRule, "allowedCombinations", "passes for one use and for several are not told apart: name both or neither");
    return combinations;
}

bool is_aaguid(std::string_view text) {
    const auto id = parse_id<StrengthId>(text);  // of the same shape
    return id && to_string(*id) == text;
}

void read_models(const DocumentReader& in, std::vector<std::string>& aaguids) {
    in.allow_only({"id", "appliesToCombinations", "allowedAAGUIDs"});
    const auto type = in.required_text("@odata.type");
    if (!type) return;
    if (is_type(*type, kX509Type)) return in.refuse(kUnsupportedRule, "@odata.type", "certificates are not a method here");
    if (!is_type(*type, kFido2Type)) return in.refuse(kSchemaRule, "@odata.type", fmt::format("`{}` is not a kind of option", *type));
    in.each_text("appliesToCombinations", [&](auto text, const auto& place) {
        if (text != "fido2") in.refuse(kSchemaRule, place, "models are of the combination `fido2`");
    });
    in.each_text("allowedAAGUIDs", [&](auto text, const auto& place) {
        if (!is_aaguid(text)) in.refuse(kSchemaRule, place, fmt::format("`{}` is not an AAGUID in lower case with hyphens", text));
        else if (std::ranges::find(aaguids, text) == aaguids.end()) aaguids.emplace_back(text);
    });
    if (aaguids.empty() || aaguids.size() > kModelsMax)
        in.refuse(kSchemaRule, "allowedAAGUIDs", fmt::format("from 1 to {} models; leave the option out for any", kModelsMax));
}

void read_names(const DocumentReader& in, AuthenticationStrength& strength) {
    strength.id = in.id<StrengthId>("id").value_or(StrengthId{});
    strength.display_name = in.required_text("displayName").value_or("");
    strength.description  = in.text("description").value_or("");
    if (in.has("displayName") && (strength.display_name.empty() || strength.display_name.size() > kDisplayNameMax))
        in.refuse(kSchemaRule, "displayName", fmt::format("from 1 to {} bytes", kDisplayNameMax));
    if (in.text("policyType").value_or("custom") != "custom") in.refuse(kSchemaRule, "policyType", "only custom strengths are saved");
    strength.created_at  = in.instant("createdDateTime").value_or(Instant{});
    strength.modified_at = in.instant("modifiedDateTime");
}

Requirements requirements_of(const std::vector<MethodModes>& combinations) {
    const bool all = !combinations.empty() && std::ranges::all_of(combinations, is_multifactor);
    return all ? Requirements::mfa : Requirements::none;
}

AuthenticationStrength read_strength(const DocumentReader& in) {
    in.allow_only({"id", "displayName", "description", "policyType", "requirementsSatisfied", "allowedCombinations", "combinationConfigurations",
                   "createdDateTime", "modifiedDateTime"});
    AuthenticationStrength strength;
    read_names(in, strength);
    strength.combinations = read_combinations(in);
    strength.requirements = requirements_of(strength.combinations);
    const auto said       = in.text("requirementsSatisfied");
    if (said && *said != to_string(strength.requirements))
        in.refuse(kSchemaRule, "requirementsSatisfied", fmt::format("by its combinations this is `{}`", to_string(strength.requirements)));
    in.each_object("combinationConfigurations", [&](const DocumentReader& option) { read_models(option, strength.aaguids); });
    if (!strength.aaguids.empty() && !takes(strength.combinations, MethodMode::fido2))
        in.refuse(kSchemaRule, "combinationConfigurations", "models are named, but passkeys are not allowed");
    return strength;
}

std::string text_of(MethodModes combination) {
    std::string text;
    for (std::size_t i = 0; i < kMethodModeCount; ++i) {
        const auto mode = static_cast<MethodMode>(i);
        if (combination.contains(mode)) text += (text.empty() ? "" : ",") + std::string(to_string(mode));
    }
    return text;
}

}  // namespace

ParsedStrength parse_strength(const json::object& document) {
    ParsedStrength parsed;
    auto strength = read_strength(DocumentReader(document, "", parsed.findings));
    if (!is_rejected(parsed.findings)) parsed.strength = std::move(strength);
    return parsed;
}

ParsedStrength parse_strength(std::string_view text) {
    return parse_document<ParsedStrength>(text, kStrengthBytesMax, parse_strength);
}

json::object to_json(const policy::AuthenticationStrength& strength) {
    json::array combinations, options, models;
    for (const auto combination : strength.combinations) combinations.emplace_back(text_of(combination));
    for (const auto& aaguid : strength.aaguids) models.emplace_back(aaguid);
    if (!models.empty()) {
        options.push_back(json::object{{"@odata.type", kFido2Type}, {"appliesToCombinations", json::array{"fido2"}}, {"allowedAAGUIDs", std::move(models)}});
    }
    return {{"id", strength.id.is_nil() ? json::value(nullptr) : json::value(to_string(strength.id))},
            {"displayName", strength.display_name},
            {"description", strength.description},
            {"policyType", strength.is_built_in ? "builtIn" : "custom"},
            {"requirementsSatisfied", to_string(strength.requirements)},
            {"allowedCombinations", std::move(combinations)},
            {"combinationConfigurations", std::move(options)},
            {"createdDateTime", created_or_null(strength.created_at)},
            {"modifiedDateTime", time_or_null(strength.modified_at)}};
}

}  // namespace portcullis::wire
