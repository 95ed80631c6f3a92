#include "wire/signals_json.h"

#include <utility>

namespace portcullis::wire {
namespace {

using namespace signals;

Error bad(std::string_view member) {
    return {ErrorCode::invalidRequest, "signals: `" + std::string(member) + "` is missing or malformed"};
}

json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::value place_value(const std::optional<Place>& place) {
    if (!place) return nullptr;
    json::object o{{"city", place->city}, {"state", place->state}, {"country", place->country}};
    if (place->has_coordinates()) {
        o["latitude"] = place->latitude, o["longitude"] = place->longitude;
        o["accuracyKm"] = place->accuracy_km;
    }
    return o;
}

Place place_from(const json::object& o) {
    Place place;
    place.city        = json::string_at(o, "city").value_or("");
    place.state       = json::string_at(o, "state").value_or("");
    place.country     = json::string_at(o, "country").value_or("");
    place.latitude    = json::number_at(o, "latitude").value_or(0);
    place.longitude   = json::number_at(o, "longitude").value_or(0);
    place.accuracy_km = json::number_at(o, "accuracyKm").value_or(0);
    return place;
}

json::value threat_value(const std::optional<ThreatEntry>& threat) {
    if (!threat) return nullptr;
    json::object o{{"list", threat->list},
                   {"category", to_string(threat->category)},
                   {"confidence", to_string(threat->confidence)}};
    if (threat->expires_at) o["expiresDateTime"] = to_rfc3339(*threat->expires_at);
    return o;
}

json::object network_object(const NetworkSignals& network) {
    json::object o;
    o["ipAddress"] = network.address ? json::value(to_string(*network.address)) : json::value(nullptr);
    o["autonomousSystemNumber"] = network.asn ? json::value(*network.asn) : json::value(nullptr);
    o["autonomousSystemName"]   = text_or_null(network.as_name);
    o["asClass"]                = to_string(network.as_class);
    o["country"]                = text_or_null(network.country.value_or(""));
    o["place"]                  = place_value(network.place);
    o["anonymizer"]             = to_string(network.anonymizer);
    o["anonymizerList"]         = text_or_null(network.anonymizer_list);
    o["anonymizerAgeMs"] = network.anonymizer_age ? json::value(network.anonymizer_age->count()) : json::value(nullptr);
    o["threat"]          = threat_value(network.threat);
    o["isSatellite"]     = network.is_satellite;
    o["isAnycast"]       = network.is_anycast;
    o["namedTrust"]      = to_string(network.named_trust);
    return o;
}

json::object client_object(const ClientSignals& client) {
    return {{"userAgent", text_or_null(client.user_agent)},
            {"browser", text_or_null(client.browser)},
            {"browserMajor", text_or_null(client.browser_major)},
            {"operatingSystem", text_or_null(client.os)},
            {"operatingSystemMajor", text_or_null(client.os_major)},
            {"deviceType", to_string(client.device)},
            {"hintDisagrees", client.hint_disagrees},
            {"isAutomated", client.is_automated},
            {"deviceId", text_or_null(client.device_id)}};
}

template <class IdType>
json::value id_or_null(const std::optional<IdType>& id) {
    return id ? json::value(to_string(*id)) : json::value(nullptr);
}

/// Reads what `network_object` wrote; each step names the member that did not fit.
Result<NetworkSignals> network_from(const json::object& o) {
    NetworkSignals network;
    if (const auto text = json::string_at(o, "ipAddress")) {
        network.address = parse_ip(*text);
        if (!network.address) return bad("ipAddress");
    }
    if (const auto asn = json::integer_at(o, "autonomousSystemNumber")) {
        if (!std::in_range<std::uint32_t>(*asn)) return bad("autonomousSystemNumber");
        network.asn = static_cast<std::uint32_t>(*asn);
    }
    network.as_name = json::string_at(o, "autonomousSystemName").value_or("");
    network.country = json::string_at(o, "country");
    if (const auto* place = json::object_at(o, "place")) network.place = place_from(*place);
    network.anonymizer_list = json::string_at(o, "anonymizerList").value_or("");
    if (const auto age = json::integer_at(o, "anonymizerAgeMs")) network.anonymizer_age = Duration{*age};
    network.is_satellite = json::bool_at(o, "isSatellite").value_or(false);
    network.is_anycast   = json::bool_at(o, "isAnycast").value_or(false);

    const auto as_class   = parse_as_class(json::string_at(o, "asClass").value_or(""));
    const auto anonymizer = parse_anonymizer(json::string_at(o, "anonymizer").value_or(""));
    const auto trust      = parse_named_trust(json::string_at(o, "namedTrust").value_or(""));
    if (!as_class) return bad("asClass");
    if (!anonymizer) return bad("anonymizer");
    if (!trust) return bad("namedTrust");
    network.as_class    = *as_class;
    network.anonymizer  = *anonymizer;
    network.named_trust = *trust;
    return network;
}

Result<std::optional<ThreatEntry>> threat_from(const json::object& network) {
    const auto* o = json::object_at(network, "threat");
    if (!o) return std::optional<ThreatEntry>{};
    const auto category   = parse_threat_category(json::string_at(*o, "category").value_or(""));
    const auto confidence = parse_list_confidence(json::string_at(*o, "confidence").value_or(""));
    if (!category) return bad("threat.category");
    if (!confidence) return bad("threat.confidence");

    ThreatEntry threat{json::string_at(*o, "list").value_or(""), *category, *confidence, std::nullopt};
    if (const auto expires = json::string_at(*o, "expiresDateTime")) {
        threat.expires_at = parse_rfc3339(*expires);
        if (!threat.expires_at) return bad("threat.expiresDateTime");
    }
    return std::optional(std::move(threat));
}

Result<ClientSignals> client_from(const json::object& o) {
    const auto text   = [&](std::string_view name) { return json::string_at(o, name).value_or(""); };
    const auto device = parse_device_type(text("deviceType"));
    if (!device) return bad("deviceType");

    ClientSignals client;
    client.user_agent     = text("userAgent");
    client.browser        = text("browser");
    client.browser_major  = text("browserMajor");
    client.os             = text("operatingSystem");
    client.os_major       = text("operatingSystemMajor");
    client.device         = *device;
    client.hint_disagrees = json::bool_at(o, "hintDisagrees").value_or(false);
    client.is_automated   = json::bool_at(o, "isAutomated").value_or(false);
    client.device_id      = text("deviceId");
    return client;
}

Result<std::vector<Missing>> missing_from(const json::object& document) {
    std::vector<Missing> missing;
    const auto* array = json::array_at(document, "missing");
    if (!array) return missing;
    for (const auto& element : *array) {
        const auto* o     = element.if_object();
        const auto signal = o ? parse_signal(json::string_at(*o, "signal").value_or("")) : std::nullopt;
        if (!signal) return bad("missing");
        missing.push_back({*signal, json::string_at(*o, "because").value_or("")});
    }
    return missing;
}

json::value watch_value(const std::optional<PasswordWatch>& watch) {
    if (!watch) return nullptr;
    return json::object{{"campaign", watch->campaign ? json::value(credentials::to_string(*watch->campaign)) : json::value(nullptr)},
                        {"accounts", watch->accounts}};
}

Result<std::optional<PasswordWatch>> watch_from(const json::object& document) {
    const auto* o = json::object_at(document, "passwordWatch");
    if (!o) return std::optional<PasswordWatch>{};
    PasswordWatch watch;
    if (const auto text = json::string_at(*o, "campaign")) {
        watch.campaign = credentials::parse_guess_source(*text);
        if (!watch.campaign) return bad("passwordWatch.campaign");
    }
    const auto accounts = json::integer_at(*o, "accounts").value_or(0);
    if (accounts < 0) return bad("passwordWatch.accounts");
    watch.accounts = static_cast<std::size_t>(accounts);
    return std::optional(watch);
}

/// An id that must be there, or may be null.
template <class IdType>
Result<IdType> id_from(const json::object& o, std::string_view name) {
    const auto id = parse_id<IdType>(json::string_at(o, name).value_or(""));
    if (!id) return bad(name);
    return *id;
}
template <class IdType>
Result<std::optional<IdType>> id_if_any(const json::object& o, std::string_view name) {
    if (!json::string_at(o, name)) return std::optional<IdType>{};
    return std::optional(TRY(id_from<IdType>(o, name)));
}

}  // namespace

json::object to_json(const SignInSignals& sign_in) {
    json::array missing;
    for (const auto& m : sign_in.missing) missing.push_back(json::object{{"signal", to_string(m.signal)}, {"because", m.because}});
    return {{"signInId", to_string(sign_in.sign_in)},
            {"userId", to_string(sign_in.user)},
            {"createdDateTime", to_rfc3339(sign_in.when)},
            {"correlationId", to_string(sign_in.correlation)},
            {"sessionId", id_or_null(sign_in.session)},
            {"appId", id_or_null(sign_in.application)},
            {"interactivity", to_string(sign_in.interactivity)},
            {"clientAppType", policy::to_string(sign_in.client_app)},
            {"authenticationProtocol", to_string(sign_in.protocol)},
            {"network", network_object(sign_in.network)},
            {"client", client_object(sign_in.client)},
            {"passwordWatch", watch_value(sign_in.password_watch)},
            {"missing", std::move(missing)}};
}

Result<SignInSignals> signals_from_json(const json::object& document) {
    const auto when          = parse_rfc3339(json::string_at(document, "createdDateTime").value_or(""));
    const auto interactivity = parse_interactivity(json::string_at(document, "interactivity").value_or(""));
    const auto client_app    = policy::parse_client_app_type(json::string_at(document, "clientAppType").value_or(""));
    const auto protocol      = parse_protocol(json::string_at(document, "authenticationProtocol").value_or(""));
    const auto* network      = json::object_at(document, "network");
    const auto* client       = json::object_at(document, "client");
    if (!when) return bad("createdDateTime");
    if (!interactivity) return bad("interactivity");
    if (!client_app) return bad("clientAppType");
    if (!protocol) return bad("authenticationProtocol");
    if (!network) return bad("network");
    if (!client) return bad("client");

    SignInSignals sign_in;
    sign_in.sign_in        = TRY(id_from<SignInId>(document, "signInId"));
    sign_in.user           = TRY(id_from<UserId>(document, "userId"));
    sign_in.correlation    = TRY(id_from<CorrelationId>(document, "correlationId"));
    sign_in.session        = TRY(id_if_any<SessionId>(document, "sessionId"));
    sign_in.application    = TRY(id_if_any<ApplicationId>(document, "appId"));
    sign_in.when           = *when;
    sign_in.interactivity  = *interactivity;
    sign_in.client_app     = *client_app;
    sign_in.protocol       = *protocol;
    sign_in.network        = TRY(network_from(*network));
    sign_in.network.threat = TRY(threat_from(*network));
    sign_in.client         = TRY(client_from(*client));
    sign_in.password_watch = TRY(watch_from(document));
    sign_in.missing        = TRY(missing_from(document));
    return sign_in;
}

json::object location_to_json(const std::optional<Place>& place) {
    if (!place) return {{"city", nullptr}, {"state", nullptr}, {"countryOrRegion", nullptr}, {"geoCoordinates", nullptr}};
    json::value coordinates = nullptr;
    if (place->has_coordinates())
        coordinates = json::object{{"altitude", nullptr}, {"latitude", place->latitude}, {"longitude", place->longitude}};
    return {{"city", text_or_null(place->city)},
            {"state", text_or_null(place->state)},
            {"countryOrRegion", text_or_null(place->country)},
            {"geoCoordinates", std::move(coordinates)}};
}

json::object place_to_json(const Place& place) { return place_value(place).as_object(); }
Place place_from_json(const json::object& document) { return place_from(document); }

}  // namespace portcullis::wire
