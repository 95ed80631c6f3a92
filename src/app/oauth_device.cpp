#include "app/collect_signals.h"
#include "app/decide_again.h"
#include "app/devices.h"
#include "app/external_methods.h"
#include "app/oauth.h"
#include "app/oauth_issue.h"
#include "core/oidc/consent.h"
#include "wire/enum_names.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

using oidc::AuthenticatedClient;
using oidc::DeviceAuthorization;
using oidc::DeviceState;
using oidc::Refusal;
using wire::EnumName;

constexpr std::array<EnumName<DeviceState>, 4> kStates{{{DeviceState::pending, "pending"},
                                                        {DeviceState::approved, "approved"},
                                                        {DeviceState::denied, "denied"},
                                                        {DeviceState::redeemed, "redeemed"}}};

/// One device authorization as the store keeps it.
struct StoredDevice {
    DeviceAuthorization authorization;
    std::string user_code, scope, resource, address, place;
    bool client_info = false;
    std::string issued;  // IssuedCode, once allowed
    Workstation machine;
};

std::string text_of(const StoredDevice& d) {
    const auto& a = d.authorization;
    return json::to_text(json::object{{"client", to_string(a.client)},
                                      {"state", wire::name_in(kStates, a.state)},
                                      {"expiresAt", unix_ms(a.expires_at)},
                                      {"interval", a.interval.count()},
                                      {"lastPoll", a.last_poll ? json::value(unix_ms(*a.last_poll)) : json::value(nullptr)},
                                      {"userCode", d.user_code},
                                      {"scope", d.scope},
                                      {"resource", d.resource},
                                      {"address", d.address},
                                      {"place", d.place},
                                      {"clientInfo", d.client_info},
                                      {"issued", d.issued},
                                      {"machineDigest", d.machine.digest},
                                      {"machineName", d.machine.name}});
}

Result<StoredDevice> device_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text));
    StoredDevice d;
    auto& a = d.authorization;
    std::int64_t expires = 0, interval = 0, last = -1;
    wire::Reader reader(document, "");
    reader.read("client", a.client);
    reader.read_enum("state", a.state, [](std::string_view t) { return wire::value_in(kStates, t); }, "a state");
    reader.read("expiresAt", expires);
    reader.read("interval", interval);
    reader.read("lastPoll", last);
    reader.read("userCode", d.user_code);
    reader.read("scope", d.scope);
    reader.read("resource", d.resource);
    reader.read("address", d.address);
    reader.read("place", d.place);
    reader.read("clientInfo", d.client_info);
    reader.read("issued", d.issued);
    reader.read("machineDigest", d.machine.digest);
    reader.read("machineName", d.machine.name);
    TRY(reader.finish());
    a.expires_at = from_unix_ms(expires);
    a.interval   = Duration{interval};
    if (last >= 0) a.last_poll = from_unix_ms(last);
    return d;
}

std::string place_of(const signals::NetworkSignals& network) {
    if (network.place && !network.place->city.empty()) return network.place->city + ", " + network.place->country;
    return network.country.value_or("");
}

/// A workstation says which one it is by a key that it keeps (`device_key`), so that its tokens are bound to it. Nothing when it does not;
/// a key that anybody could guess is refused.
std::variant<Workstation, Refusal> workstation_of(const Ports& ports, const oidc::Parameters& body) {
    const auto key = body.get("device_key");
    if (key.empty()) return Workstation{};
    if (!is_workstation_key(key)) return oidc::refuse_at_token(StsError::InvalidRequest, "`device_key` must be 43 to 128 characters of base64url.");
    return Workstation{workstation_digest(ports, key), workstation_name(body.get("device_name"))};
}

/// What the device asked for, as far as the application may have it now: between the code, the question and the answer minutes pass, and what was
/// granted to the application may be withdrawn. Nothing: not any more.
std::optional<oidc::Scopes> scopes_now(const TenantSnapshot& tenant, const identity::Application& client, const StoredDevice& device) {
    std::vector<std::string_view> resources;
    if (!device.resource.empty()) resources.push_back(device.resource);
    auto parsed  = oidc::parse_scopes(client, device.scope, resources, resource_finder(tenant));
    auto* scopes = std::get_if<oidc::Scopes>(&parsed);
    return scopes ? std::optional(std::move(*scopes)) : std::nullopt;
}

/// What the device gets, once its person has allowed it; nothing when one of them, or what was asked for, is not there any more.
Result<std::optional<IssuedCode>> code_for(Ports& ports, const TenantSnapshot& tenant, const StoredDevice& device, const SignInFlow& flow, const identity::Session& session,
                                           Instant now) {
    const auto* client = tenant.application(device.authorization.client);
    const auto scopes  = client ? scopes_now(tenant, *client, device) : std::nullopt;
    if (!scopes) return std::optional<IssuedCode>{};
    const auto account = TRY(ports.directory.account(tenant.tenant.id, session.user));
    if (!account) return std::optional<IssuedCode>{};
    auto code           = issue_for(ports.random, *scopes, flow, session, counting_acr(tenant, *account, session.factors), client->id, now);
    code.is_device_flow = true;
    code.machine        = device.machine;
    return std::optional(std::move(code));
}

struct FoundDevice {
    std::string digest;
    StoredDevice device;
    std::int64_t version = 0;
};

Result<std::optional<FoundDevice>> find_by_digest(const Ports& ports, TenantId tenant, std::string digest, Instant now) {
    const auto entry = TRY(ports.flows.find(tenant, FlowKind::deviceCode, digest, now));
    if (!entry) return std::optional<FoundDevice>{};
    auto device = TRY(device_from(entry->value));
    return std::optional(FoundDevice{std::move(digest), std::move(device), entry->version});
}

/// The pending authorization that a typed code names.
Result<std::optional<FoundDevice>> find_pending(const Ports& ports, TenantId tenant, std::string_view typed, Instant now) {
    const auto user_code = oidc::normalise_user_code(typed);
    if (!user_code) return std::optional<FoundDevice>{};
    const auto entry = TRY(ports.flows.find(tenant, FlowKind::userCode, *user_code, now));
    if (!entry) return std::optional<FoundDevice>{};
    auto found = TRY(find_by_digest(ports, tenant, entry->value, now));
    if (!found || found->device.authorization.state != DeviceState::pending || now >= found->device.authorization.expires_at) {
        return std::optional<FoundDevice>{};
    }
    return found;
}

}  // namespace

Result<OAuthOutcome<wire::DeviceResponse>> OAuth::device_authorization(const TenantSnapshot& tenant, const ClientRequest& request,
                                                                       const RequestFacts& facts) {
    using Outcome            = OAuthOutcome<wire::DeviceResponse>;
    const auto authenticated = TRY(client_of(tenant, request, facts));
    if (const auto* refusal = std::get_if<Refusal>(&authenticated)) return Outcome{*refusal};
    const auto& client = std::get<AuthenticatedClient>(authenticated);
    const auto& application = *tenant.application(client.client);
    if (!oidc::may_use(application, identity::GrantType::device_code)) {
        return Outcome{oidc::refuse_at_token(StsError::UnauthorizedClient)};
    }
    const auto scopes = oidc::parse_scopes(application, request.body.get("scope"), request.body.all("resource"), resource_finder(tenant));
    if (const auto* refusal = std::get_if<Refusal>(&scopes)) return Outcome{*refusal};
    const auto& wanted = std::get<oidc::Scopes>(scopes);
    const auto machine = workstation_of(ports_, request.body);
    if (const auto* refusal = std::get_if<Refusal>(&machine)) return Outcome{*refusal};

    const auto life        = tenant.tenant.settings.lifetimes.device_code;
    const auto expires_at  = facts.now + life;
    const auto device_code = ports_.random.token();
    std::optional<std::string> user_code;
    while (!user_code) {
        const auto bytes = ports_.random.bytes(oidc::kUserCodeEntropyBytes);
        user_code        = oidc::make_user_code({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    }
    std::vector<signals::Missing> missing;
    StoredDevice device{.authorization = {.client = client.client, .expires_at = expires_at},
                        .user_code     = *user_code,
                        .scope         = std::string(request.body.get("scope")),
                        .resource      = wanted.resource,
                        .address       = to_string(facts.address),
                        .place         = place_of(network_signals(ports_, tenant, facts.address, facts.now, missing)),
                        .client_info   = request.body.get("client_info") == "1",
                        .issued        = {},
                        .machine       = std::get<Workstation>(machine)};
    const auto digest = reference_digest(ports_, device_code);
    TRY(ports_.flows.put(tenant.tenant.id, FlowKind::deviceCode, digest, text_of(device), expires_at + std::chrono::minutes{5}));
    // Version 0: a code that somebody else is using right now is a conflict, not a mix-up.
    TRY(ports_.flows.replace(tenant.tenant.id, FlowKind::userCode, *user_code, 0, digest, expires_at, facts.now));
    return Outcome{wire::DeviceResponse{.device_code      = device_code,
                                        .user_code        = oidc::show_user_code(*user_code),
                                        .verification_uri = base_url_ + "/" + to_string(tenant.tenant.id) + "/device",
                                        .expires_in       = life,
                                        .interval         = oidc::kPollInterval}};
}

Result<std::optional<PendingDevice>> OAuth::pending_device(const TenantSnapshot& tenant, std::string_view typed, SessionId session,
                                                           const RequestFacts& facts) {
    // Five wrong codes a session, ten an address in ten minutes; then right ones are not looked at either (PROTO-128).
    const auto id = tenant.tenant.id;
    for (const auto& who : {to_string(session), to_string(facts.address)}) {
        if (TRY(ports_.flows.find(id, FlowKind::throttle, "devicePaused|" + who, facts.now))) {
            return Error{ErrorCode::tooManyRequests, "too many wrong device codes"};
        }
    }
    const auto found = TRY(find_pending(ports_, id, typed, facts.now));
    if (!found) {
        const auto window = facts.now + std::chrono::minutes{10};
        for (const auto& [who, most] : {std::pair{to_string(session), 5}, std::pair{to_string(facts.address), 10}}) {
            const auto wrong = TRY(ports_.flows.count(id, FlowKind::throttle, "device|" + who, window, facts.now));
            if (wrong >= most) TRY(ports_.flows.put(id, FlowKind::throttle, "devicePaused|" + who, "1", window));
        }
        return std::optional<PendingDevice>{};
    }
    const auto* application = tenant.application(found->device.authorization.client);
    if (!application) return std::optional<PendingDevice>{};
    return std::optional(PendingDevice{.application_name = application->display_name,
                                       .user_code        = oidc::show_user_code(found->device.user_code),
                                       .address          = found->device.address,
                                       .place            = found->device.place});
}

Result<std::optional<FlowStart>> OAuth::device_flow(const TenantSnapshot& tenant, std::string_view typed, Instant now) {
    const auto found = TRY(find_pending(ports_, tenant.tenant.id, typed, now));
    if (!found) return std::optional<FlowStart>{};
    FlowStart start{.purpose    = Purpose::device,
                    .request    = found->device.user_code,
                    .client     = found->device.authorization.client,
                    .client_app = policy::ClientAppType::mobileAppsAndDesktopClients};
    const auto* client = tenant.application(start.client);
    if (!client) return std::optional<FlowStart>{};
    const auto find      = resource_finder(tenant);
    const auto* resource = found->device.resource.empty() ? nullptr : find(found->device.resource);
    if (resource) start.targets.push_back(resource->id);
    // Scopes that no longer hold are refused when the device is decided on.
    if (const auto scopes = scopes_now(tenant, *client, found->device)) start.rights = oidc::rights_to_ask_for(*client, *scopes, false);
    return std::optional(std::move(start));
}

Result<OAuth::Decided> OAuth::decide_device(const TenantSnapshot& tenant, std::string_view typed, Approval approval, const SignInFlow& flow,
                                  const identity::Session& session, const RequestFacts& facts) {
    const auto id = tenant.tenant.id;
    auto found    = TRY(find_pending(ports_, id, typed, facts.now));
    if (!found) return Decided::gone;
    auto& device               = found->device;
    const bool is_barred       = approval == Approval::allowed && TRY(disabled_device(ports_, id, session.user, device.machine.digest));
    const bool is_allowed      = approval == Approval::allowed && !is_barred;
    const auto outcome         = is_barred ? Decided::deviceDisabled : Decided::done;
    device.authorization.state = is_allowed ? DeviceState::approved : DeviceState::denied;
    if (is_allowed) {
        const auto code = TRY(code_for(ports_, tenant, device, flow, session, facts.now));
        if (!code) return Decided::gone;
        device.issued = to_text(*code);
    }
    TRY(ports_.flows.erase(id, FlowKind::userCode, device.user_code));
    auto stored = ports_.flows.replace(id, FlowKind::deviceCode, found->digest, found->version, text_of(device),
                                       device.authorization.expires_at + std::chrono::minutes{5}, facts.now);
    if (stored) return outcome;
    // A poll came in between: once more with what it left.
    if (stored.error().code != ErrorCode::conflict) return std::move(stored).error();
    const auto again = TRY(find_by_digest(ports_, id, found->digest, facts.now));
    if (!again || again->device.authorization.state != DeviceState::pending) return Decided::gone;
    device.authorization.last_poll = again->device.authorization.last_poll;
    TRY(ports_.flows.replace(id, FlowKind::deviceCode, found->digest, again->version, text_of(device),
                             device.authorization.expires_at + std::chrono::minutes{5}, facts.now));
    return outcome;
}

Result<OAuthOutcome<wire::TokenResponse>> OAuth::poll_device(const TenantSnapshot& tenant, const AuthenticatedClient& client,
                                                             const oidc::DeviceCodeRequest& request, bool client_info, const RequestFacts& facts) {
    using Outcome     = OAuthOutcome<wire::TokenResponse>;
    const auto id     = tenant.tenant.id;
    const auto digest = reference_digest(ports_, request.device_code.reveal());
    auto found        = TRY(find_by_digest(ports_, id, digest, facts.now));
    const auto poll   = oidc::decide_poll({.known  = found ? &found->device.authorization : nullptr,
                                           .client = client.client,
                                           .poller = request.poller,
                                           .now    = facts.now});
    if (const auto* refusal = std::get_if<Refusal>(&poll)) return Outcome{*refusal};
    auto& device   = found->device;
    const auto end = device.authorization.expires_at + std::chrono::minutes{5};
    if (const auto* wait = std::get_if<oidc::NotYet>(&poll)) {
        device.authorization.interval  = wait->interval;
        device.authorization.last_poll = facts.now;
        auto noted = ports_.flows.replace(id, FlowKind::deviceCode, digest, found->version, text_of(device), end, facts.now);
        if (!noted && noted.error().code != ErrorCode::conflict) return std::move(noted).error();
        return Outcome{wait->refusal};
    }
    // Redeemed once: of two polls one moves the state (PROTO-127).
    device.authorization.state = DeviceState::redeemed;
    auto taken = ports_.flows.replace(id, FlowKind::deviceCode, digest, found->version, text_of(device), end, facts.now);
    if (!taken && taken.error().code == ErrorCode::conflict) return Outcome{oidc::refuse_at_token(StsError::InvalidGrant)};
    if (!taken) return std::move(taken).error();
    const auto code = TRY(issued_code_from(device.issued));
    // Of two first sign-ins on one workstation at once, the second finds the device that the first has registered.
    return decide_again_on_conflict([&] { return open_grant(tenant, client, code, client_info || device.client_info, facts); });
}

}  // namespace portcullis::app
