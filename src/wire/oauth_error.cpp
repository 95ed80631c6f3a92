#include "wire/oauth_error.h"

#include "base/encoding.h"

namespace portcullis::wire {

json::object oauth_error(const oidc::Refusal& refusal, const Trace& trace) {
    json::object body{
        {"error", to_string(refusal.error)},
        {"error_description", oidc::error_description(refusal)},
        {"error_codes", json::array{number_of(refusal.code)}},
        {"timestamp", to_rfc3339(trace.when)},
        {"trace_id", trace.trace_id},
        {"correlation_id", trace.correlation_id},
    };
    if (refusal.suberror != Suberror::none) body["suberror"] = to_string(refusal.suberror);
    if (!refusal.claims.empty()) body["claims"] = refusal.claims;
    return body;
}

ResponseParameters error_response(const oidc::Refusal& refusal, std::string_view state, std::string_view issuer) {
    ResponseParameters parameters;
    parameters.emplace_back("error", to_string(refusal.error));
    parameters.emplace_back("error_description", oidc::error_description(refusal));
    if (!state.empty()) parameters.emplace_back("state", state);
    parameters.emplace_back("iss", issuer);
    if (refusal.suberror != Suberror::none) parameters.emplace_back("suberror", to_string(refusal.suberror));
    if (!refusal.claims.empty()) parameters.emplace_back("claims", refusal.claims);
    return parameters;
}

ResponseParameters code_response(std::string_view code, std::string_view state, std::string_view issuer,
                                 std::string_view client_info) {
    ResponseParameters parameters;
    parameters.emplace_back("code", code);
    if (!state.empty()) parameters.emplace_back("state", state);
    parameters.emplace_back("iss", issuer);
    if (!client_info.empty()) parameters.emplace_back("client_info", client_info);
    return parameters;
}

std::string redirect_location(std::string_view redirect_uri, const ResponseParameters& parameters) {
    std::string location(redirect_uri);
    const bool has_query = redirect_uri.find('?') != std::string_view::npos;
    bool needs_joint     = !has_query || (redirect_uri.back() != '?' && redirect_uri.back() != '&');
    char joint           = has_query ? '&' : '?';
    for (const auto& [name, value] : parameters) {
        if (needs_joint) location.push_back(joint);
        location += percent_encode(name) + "=" + percent_encode(value);
        needs_joint = true;
        joint       = '&';
    }
    return location;
}

}  // namespace portcullis::wire
