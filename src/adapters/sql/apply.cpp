#include "adapters/sql/apply.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>

#include "adapters/sql/retention.h"
#include "adapters/sql/sealed_values.h"
#include "app/ports/change_kinds.h"
#include "base/encoding.h"
#include "base/overloaded.h"
#include "wire/detection_json.h"
#include "wire/external_method_json.h"
#include "wire/device_json.h"
#include "wire/identity_json.h"
#include "wire/named_location_json.h"
#include "wire/policy_json.h"
#include "wire/strength_json.h"
#include "wire/profile_codec.h"

namespace portcullis::sql {
namespace {

using namespace app;

// Level and state of the row are those of the user's active detections (core/risk/assess.h).
constexpr std::string_view kProjectionHolds =
    "UPDATE risky_users SET is_processing = is_processing WHERE tenant_id = $1 AND user_id = $2 "
    "AND CASE level WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END = "
    "(SELECT COALESCE(MAX(CASE WHEN d.state = 'confirmedCompromised' OR d.level = 'high' THEN 3 WHEN d.level = 'medium' THEN 2 "
    "WHEN d.level = 'low' THEN 1 ELSE 0 END), 0) FROM risk_detections d "
    "WHERE d.tenant_id = $1 AND d.user_id = $2 AND d.state IN ('atRisk', 'confirmedCompromised')) "
    "AND CASE WHEN state IN ('atRisk', 'confirmedCompromised') THEN state ELSE '' END = "
    "(SELECT COALESCE(MAX(d.state), '') FROM risk_detections d "
    "WHERE d.tenant_id = $1 AND d.user_id = $2 AND d.state IN ('atRisk', 'confirmedCompromised'))";
// No other key of the algorithm signs while this one does.
constexpr std::string_view kSignsAlone =
    "UPDATE tenants SET version = version WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM signing_keys k WHERE k.tenant_id = $1 "
    "AND k.alg = $2 AND k.kid <> $3 AND k.activates_at < $5 AND k.retires_at > $4)";

json::array array_of(const std::vector<std::string>& texts) {
    json::array array;
    for (const auto& text : texts) array.emplace_back(text);
    return array;
}

/// Turns the changes of one act into statements, one overload a change. What it adds to the audit log names things and
/// never holds a secret.
class Batch {
public:
    explicit Batch(const Act& act) : tenant_(act.tenant), at_(act.at), act_(act) {}
    Applied take() { return std::move(applied_); }

    // --- Configuration ---

    void operator()(const TenantCreated& c) {
        run("INSERT INTO tenants (id, domain, settings, version) VALUES ($1, $2, $3, 1)",
            {c.tenant.id, c.tenant.domain, json::to_text(wire::to_json(c.tenant.settings))});
        say("TenantCreated", {{"domain", c.tenant.domain}});
    }
    void operator()(const TenantChanged& c) {
        configure("UPDATE tenants SET settings = $2 WHERE id = $1", {tenant_, json::to_text(wire::to_json(c.settings))});
        say("TenantChanged", {{"changed", array_of(c.changed)}}, activities_of(c));
    }
    void operator()(const ApplicationSaved& c) {
        const auto document = json::to_text(wire::to_json(c.application));
        if (c.application.version == 0) {
            configure("INSERT INTO applications (tenant_id, id, document, version) VALUES ($1, $2, $3, 1)",
                      {tenant_, c.application.id, document});
        } else {
            configure("UPDATE applications SET document = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $4",
                      {tenant_, c.application.id, document, c.application.version});
        }
        say("ApplicationSaved", {{"application", to_string(c.application.id)}, {"displayName", c.application.display_name}});
    }
    void operator()(const ApplicationDeleted& c) {
        configure("DELETE FROM applications WHERE tenant_id = $1 AND id = $2", {tenant_, c.application});
        say("ApplicationDeleted", {{"application", to_string(c.application)}});
    }
    void operator()(const PolicySaved& c) {
        const auto document = json::to_text(wire::to_json(c.policy));
        if (c.version == 0) {
            configure("INSERT INTO policies (tenant_id, id, document, version) VALUES ($1, $2, $3, 1)",
                      {tenant_, c.policy.id, document});
        } else {
            configure("UPDATE policies SET document = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $4",
                      {tenant_, c.policy.id, document, c.version});
        }
        json::object facts{{"policy", to_string(c.policy.id)},
                           {"displayName", c.policy.display_name},
                           {"state", policy::to_string(c.policy.state)}};
        if (!c.acknowledged.empty()) facts["acknowledged"] = json::array(c.acknowledged.begin(), c.acknowledged.end());
        say("PolicySaved", std::move(facts));
    }
    void operator()(const PolicyDeleted& c) {
        configure("DELETE FROM policies WHERE tenant_id = $1 AND id = $2", {tenant_, c.policy});
        say("PolicyDeleted", {{"policy", to_string(c.policy)}});
    }
    void operator()(const NamedLocationSaved& c) {
        configure("INSERT INTO named_locations (tenant_id, id, document) VALUES ($1, $2, $3) "
                  "ON CONFLICT (tenant_id, id) DO UPDATE SET document = excluded.document",
                  {tenant_, c.location.id, json::to_text(wire::to_json(c.location))});
        say("NamedLocationSaved", {{"namedLocation", to_string(c.location.id)}, {"displayName", c.location.display_name}});
    }
    void operator()(const NamedLocationDeleted& c) {
        configure("DELETE FROM named_locations WHERE tenant_id = $1 AND id = $2", {tenant_, c.location});
        say("NamedLocationDeleted", {{"namedLocation", to_string(c.location)}});
    }
    void operator()(const StrengthSaved& c) {
        configure("INSERT INTO authentication_strengths (tenant_id, id, document) VALUES ($1, $2, $3) "
                  "ON CONFLICT (tenant_id, id) DO UPDATE SET document = excluded.document",
                  {tenant_, c.strength.id, json::to_text(wire::to_json(c.strength))});
        say("StrengthSaved", {{"authenticationStrength", to_string(c.strength.id)}, {"displayName", c.strength.display_name}}, {"strength.saved"});
    }
    void operator()(const StrengthDeleted& c) {
        configure("DELETE FROM authentication_strengths WHERE tenant_id = $1 AND id = $2", {tenant_, c.strength});
        say("StrengthDeleted", {{"authenticationStrength", to_string(c.strength)}}, {"strength.deleted"});
    }
    void operator()(const ExternalMethodSaved& c) {
        configure("INSERT INTO external_methods (tenant_id, id, document) VALUES ($1, $2, $3) "
                  "ON CONFLICT (tenant_id, id) DO UPDATE SET document = excluded.document",
                  {tenant_, c.method.id, json::to_text(wire::to_json(c.method))});
        say("ExternalMethodSaved", {{"externalMethod", to_string(c.method.id)},
                                    {"displayName", c.method.display_name},
                                    {"state", c.method.is_enabled ? "enabled" : "disabled"},
                                    {"federatedIdpMfaBehavior", identity::to_string(c.method.behavior)},
                                    {"discoveryUrl", c.method.discovery_url}});
    }
    void operator()(const ExternalMethodDeleted& c) {
        configure("DELETE FROM external_methods WHERE tenant_id = $1 AND id = $2", {tenant_, c.method});
        say("ExternalMethodDeleted", {{"externalMethod", to_string(c.method)}, {"displayName", c.display_name}});
    }
    void operator()(const SigningKeySaved& c) {
        // INVARIANT: of one algorithm one key signs at a time (PROTO-010). The tenant is locked first: of two nodes that make the
        // next key the second sees the first's here, and decides again.
        run("UPDATE tenants SET version = version WHERE id = $1", {tenant_});
        configure("INSERT INTO signing_keys (tenant_id, kid, alg, public_jwk, sealed_private, activates_at, retires_at, published_until) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, kid) DO UPDATE SET "
                  "sealed_private = excluded.sealed_private, activates_at = excluded.activates_at, "
                  "retires_at = excluded.retires_at, published_until = excluded.published_until",
                  {tenant_, c.key.kid, c.key.alg, c.key.public_jwk, c.key.sealed_private, c.key.activates_at, c.key.retires_at,
                   c.key.published_until});
        run(kSignsAlone, {tenant_, c.key.alg, c.key.kid, c.key.activates_at, c.key.retires_at});
        say("SigningKeySaved", {{"kid", c.key.kid}, {"alg", c.key.alg}});
    }
    void operator()(const SigningKeyDeleted& c) {
        configure("DELETE FROM signing_keys WHERE tenant_id = $1 AND kid = $2", {tenant_, c.kid});
        say("SigningKeyDeleted", {{"kid", c.kid}});
    }

    // --- Keys and upkeep ---

    void operator()(const DataKeySaved& c) {
        const auto& k = c.key;
        if (c.from_master.empty()) {
            run("INSERT INTO data_keys (tenant_id, version, master_key_id, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)",
                {k.tenant, std::int64_t{k.version}, k.master_key_id, base64url(k.bytes), at_});
            // Every node turns to the new key at its next request. A tenant's first key is made before anybody can ask.
            applied_.moves_configuration |= k.version > 1;
        } else {
            run("UPDATE data_keys SET master_key_id = $3, wrapped = $4 WHERE tenant_id = $1 AND version = $2 AND master_key_id = $5",
                {k.tenant, std::int64_t{k.version}, k.master_key_id, base64url(k.bytes), c.from_master});
        }
        say("DataKeySaved", {{"version", k.version}, {"masterKey", k.master_key_id}, {"fromMasterKey", c.from_master}});
    }
    void operator()(const SecretsResealed& c) {
        const auto& column = row_of(c.column);
        for (const auto& value : c.values) run_any(column.replace, {tenant_, value.was.owner, value.was.row, value.was.sealed, value.sealed});
        applied_.moves_configuration |= c.column == SealedColumn::signingKey;  // snapshots hold them as they are stored
        say("SecretsResealed", {{"table", column.table}, {"count", c.values.size()}, {"version", c.version}});
    }
    void operator()(const DataKeyRetired& c) {
        configure("DELETE FROM data_keys WHERE tenant_id = $1 AND version = $2", {tenant_, std::int64_t{c.version}});
        say("DataKeyRetired", {{"version", c.version}});
    }
    void operator()(const ExpiredForgotten& c) {
        run_any("DELETE FROM sessions WHERE tenant_id = $1 AND id IN (SELECT id FROM sessions WHERE tenant_id = $1 AND id < $2 "
                "ORDER BY id LIMIT $3)",
                {tenant_, c.sessions_before, c.most});
        run_any("DELETE FROM refresh_tokens WHERE tenant_id = $1 AND grant_id IN (SELECT id FROM grants WHERE tenant_id = $1 AND id < $2 "
                "ORDER BY id LIMIT $3)",
                {tenant_, c.grants_before, c.most});
        run_any("DELETE FROM grants WHERE tenant_id = $1 AND id IN (SELECT id FROM grants WHERE tenant_id = $1 AND id < $2 "
                "ORDER BY id LIMIT $3)",
                {tenant_, c.grants_before, c.most});
        say("ExpiredForgotten", {{"sessionsBefore", to_string(c.sessions_before)}, {"grantsBefore", to_string(c.grants_before)}});
    }

    void operator()(const RecordsForgotten& c) {
        const auto& l = c.limits;
        run_any("DELETE FROM sign_ins WHERE tenant_id = $1 AND id IN (SELECT id FROM sign_ins WHERE tenant_id = $1 AND " PORTCULLIS_FORGETTABLE_SIGN_IN
                " ORDER BY id LIMIT $4)",
                {tenant_, l.sign_ins_before, l.risky_sign_ins_before, c.most});
        run_any("DELETE FROM audit WHERE tenant_id = $1 AND id IN (SELECT id FROM audit WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT $3)",
                {tenant_, l.audit_before, c.most});
        run_any("DELETE FROM risk_detections WHERE tenant_id = $1 AND id IN (SELECT id FROM risk_detections WHERE tenant_id = $1 "
                "AND closed_at < $2 ORDER BY closed_at, id LIMIT $3) AND closed_at < $2",
                {tenant_, l.detections_closed_before, c.most});
        run_any("DELETE FROM risk_history WHERE tenant_id = $1 AND id IN (SELECT id FROM risk_history WHERE tenant_id = $1 AND id < $2 "
                "ORDER BY id LIMIT $3)",
                {tenant_, l.risk_history_before, c.most});
        run_any("DELETE FROM alerts WHERE tenant_id = $1 AND id IN (SELECT id FROM alerts WHERE tenant_id = $1 AND id < $2 ORDER BY id LIMIT $3)",
                {tenant_, l.alerts_before, c.most});
        run_any("DELETE FROM devices WHERE tenant_id = $1 AND id IN (SELECT d.id FROM devices d WHERE d.tenant_id = $1 AND d.last_seen_at < $2 AND "
                PORTCULLIS_FORGETTABLE_DEVICE " ORDER BY d.last_seen_at LIMIT $3)",
                {tenant_, l.devices_seen_before, c.most});
        say("RecordsForgotten", {{"signInsBefore", to_string(l.sign_ins_before)},
                                 {"riskySignInsBefore", to_string(l.risky_sign_ins_before)},
                                 {"auditBefore", to_string(l.audit_before)},
                                 {"detectionsClosedBefore", to_rfc3339(l.detections_closed_before)},
                                 {"riskHistoryBefore", to_string(l.risk_history_before)},
                                 {"alertsBefore", to_string(l.alerts_before)},
                                 {"devicesSeenBefore", to_rfc3339(l.devices_seen_before)}});
    }

    // --- People ---

    void operator()(const UserCreated& c) {
        const auto& u = c.user;
        run("INSERT INTO users (tenant_id, id, upn_key, user_principal_name, display_name, given_name, surname, mail, phone_number, "
            "preferred_language, user_type, account_enabled, created_at, deleted_at, sessions_valid_from, mfa_registration_deadline, "
            "version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, $14, $15, 1)",
            {tenant_, u.id, c.upn_key, u.user_principal_name, u.display_name, u.given_name, u.surname, u.mail, u.phone_number,
             u.preferred_language, wire::to_string(u.type), u.account_enabled, u.created_at, u.sign_in_sessions_valid_from,
             u.mfa_registration_deadline});
        say_user("UserCreated", u.id);
    }
    void operator()(const UserChanged& c) {
        const auto& u = c.user;
        run("UPDATE users SET display_name = $3, given_name = $4, surname = $5, mail = $6, phone_number = $7, preferred_language = $8, "
            "user_type = $9, account_enabled = $10, mfa_registration_deadline = $11, version = version + 1 "
            "WHERE tenant_id = $1 AND id = $2 AND version = $12",
            {tenant_, u.id, u.display_name, u.given_name, u.surname, u.mail, u.phone_number, u.preferred_language,
             wire::to_string(u.type), u.account_enabled, u.mfa_registration_deadline, u.version});
        say("UserChanged", {{"user", to_string(u.id)}, {"accountEnabled", u.account_enabled}});
    }
    void operator()(const UserDeleted& c) {
        run("UPDATE users SET deleted_at = $3, upn_key = NULL, account_enabled = 0, version = version + 1 "
            "WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
            {tenant_, c.user, at_});
        say_user("UserDeleted", c.user);
    }
    void operator()(const PasswordSet& c) {
        const auto& r = c.record;
        if (r.version == 0) {
            run("INSERT INTO passwords (tenant_id, user_id, phc, history, changed_at, generation, must_change, expires_at, version) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
                {tenant_, r.user, r.phc, json::to_text(array_of(r.history)), r.changed_at, r.generation, r.must_change, r.expires_at});
        } else {
            run("UPDATE passwords SET phc = $3, history = $4, changed_at = $5, generation = $6, must_change = $7, expires_at = $8, "
                "version = version + 1 WHERE tenant_id = $1 AND user_id = $2 AND version = $9",
                {tenant_, r.user, r.phc, json::to_text(array_of(r.history)), r.changed_at, r.generation, r.must_change,
                 r.expires_at, r.version});
        }
        json::object facts{{"user", to_string(r.user)}, {"mustChange", r.must_change}};
        if (!c.would_be_refused.empty()) facts["wouldBeRefused"] = array_of(c.would_be_refused);
        const auto activity = activity_of_password(r.version == 0);
        if (activity == kResetByAdmin) facts["OnPremisesAgent"] = "none";  // no directory holds passwords of ours
        say("PasswordSet", std::move(facts), activity.empty() ? Activities{} : Activities{activity});
    }
    void operator()(const PasswordRehashed& c) {
        run("UPDATE passwords SET phc = $3, version = version + 1 WHERE tenant_id = $1 AND user_id = $2 AND version = $4",
            {tenant_, c.user, c.phc, c.version});
        say_user("PasswordRehashed", c.user);
    }
    void operator()(const MethodRegistered& c) {
        const auto& m = c.method;
        run("INSERT INTO authentication_methods (tenant_id, user_id, id, kind, display_name, sealed_secret, last_used_step, created_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            {tenant_, m.user, m.id, to_string(m.kind), m.display_name, m.sealed_secret, m.last_used_step, m.created_at});
        if (m.passkey) add_passkey(m, *m.passkey);
        // What the registration campaign asks for is done: it begins anew should the passkey ever go.
        if (m.passkey) {
            run_any("UPDATE registration_prompts SET campaign_skips = 0, campaign_due_at = NULL WHERE tenant_id = $1 AND user_id = $2",
                    {tenant_, m.user});
        }
        say("MethodRegistered", {{"user", to_string(m.user)}, {"method", to_string(m.id)}, {"kind", to_string(m.kind)}},
            {"security info registered"});
    }
    void operator()(const MethodRemoved& c) {
        run_any("DELETE FROM passkeys WHERE tenant_id = $1 AND user_id = $2 AND method_id = $3", {tenant_, c.user, c.method});
        run_any("DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2 AND method_id = $3", {tenant_, c.user, c.method});
        // A hardware token goes back to the inventory, whichever way its method went.
        run_any("UPDATE hardware_tokens SET user_id = NULL, method_id = NULL, assigned_at = NULL, activated_at = NULL "
                "WHERE tenant_id = $1 AND user_id = $2 AND method_id = $3",
                {tenant_, c.user, c.method});
        run("DELETE FROM authentication_methods WHERE tenant_id = $1 AND user_id = $2 AND id = $3", {tenant_, c.user, c.method});
        say("MethodRemoved", {{"user", to_string(c.user)}, {"method", to_string(c.method)}}, {"security info deleted"});
    }
    void operator()(const MethodRenamed& c) {
        run("UPDATE authentication_methods SET display_name = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
            {tenant_, c.user, c.method, c.display_name});
        say("MethodRenamed", {{"user", to_string(c.user)}, {"method", to_string(c.method)}}, {"security info changed"});
    }
    void operator()(const DefaultMethodSet& c) {
        run_any("UPDATE authentication_methods SET is_default = 0 WHERE tenant_id = $1 AND user_id = $2", {tenant_, c.user});
        run("UPDATE authentication_methods SET is_default = 1 WHERE tenant_id = $1 AND user_id = $2 AND id = $3", {tenant_, c.user, c.method});
        say("DefaultMethodSet", {{"user", to_string(c.user)}, {"method", to_string(c.method)}}, {"security info changed"});
    }
    void operator()(const TotpStepUsed& c) {
        run("UPDATE authentication_methods SET last_used_step = $4 "
            "WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND last_used_step < $4",
            {tenant_, c.user, c.method, c.step});
        // What a token has shown it has shown to everybody, and its clock is known better.
        run_any("UPDATE hardware_tokens SET last_used_step = $4, drift = $5 WHERE tenant_id = $1 AND user_id = $2 AND method_id = $3 "
                "AND last_used_step < $4",
                {tenant_, c.user, c.method, c.step, std::int64_t{c.drift}});
        say("TotpStepUsed", {{"user", to_string(c.user)}, {"method", to_string(c.method)}});
    }
    void operator()(const HardwareTokenAdded& c) {
        const auto& t = c.token;
        run("INSERT INTO hardware_tokens (tenant_id, id, serial_key, serial_number, manufacturer, model, sealed_secret, hash_function, "
            "interval_seconds, drift, last_used_step, user_id, method_id, created_at, assigned_at, activated_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, -1, $10, NULL, $11, $12, NULL)",
            {tenant_, t.id, identity::serial_key(t.serial_number), t.serial_number, t.manufacturer, t.model, t.sealed_secret,
             identity::to_string(t.hash), std::int64_t{t.interval / std::chrono::seconds{1}}, t.user, t.created_at,
             t.user ? std::optional(t.assigned_at) : std::nullopt});
        json::object facts{{"token", to_string(t.id)}, {"serialNumber", t.serial_number}, {"hashFunction", identity::to_string(t.hash)}};
        if (t.user) facts["user"] = to_string(*t.user);
        say("HardwareTokenAdded", std::move(facts));
    }
    void operator()(const HardwareTokenAssigned& c) {
        run("UPDATE hardware_tokens SET user_id = $3, assigned_at = $4 WHERE tenant_id = $1 AND id = $2 AND user_id IS NULL",
            {tenant_, c.token, c.user, c.at});
        say("HardwareTokenAssigned", {{"token", to_string(c.token)}, {"user", to_string(c.user)}});
    }
    void operator()(const HardwareTokenActivated& c) {
        run("UPDATE hardware_tokens SET method_id = $4, last_used_step = $5, drift = $6, activated_at = $7 "
            "WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND method_id IS NULL AND last_used_step < $5",
            {tenant_, c.token, c.user, c.method, c.step, std::int64_t{c.drift}, c.at});
        say("HardwareTokenActivated", {{"token", to_string(c.token)}, {"user", to_string(c.user)}, {"method", to_string(c.method)}});
    }
    void operator()(const HardwareTokenDeactivated& c) {
        run("UPDATE hardware_tokens SET method_id = NULL, activated_at = NULL WHERE tenant_id = $1 AND user_id = $2 AND method_id = $3",
            {tenant_, c.user, c.method});
        say("HardwareTokenDeactivated", {{"user", to_string(c.user)}, {"method", to_string(c.method)}});
    }
    void operator()(const HardwareTokenUnassigned& c) {
        run("UPDATE hardware_tokens SET user_id = NULL, assigned_at = NULL "
            "WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND method_id IS NULL",
            {tenant_, c.token, c.user});
        say("HardwareTokenUnassigned", {{"token", to_string(c.token)}, {"user", to_string(c.user)}});
    }
    void operator()(const HardwareTokenDeleted& c) {
        run("DELETE FROM hardware_tokens WHERE tenant_id = $1 AND id = $2 AND user_id IS NULL", {tenant_, c.token});
        say("HardwareTokenDeleted", {{"token", to_string(c.token)}});
    }
    void operator()(const PasskeyUsed& c) {
        run("UPDATE passkeys SET sign_count = $5, is_backed_up = $6, is_clone_suspected = $7, last_used_at = $8 "
            "WHERE tenant_id = $1 AND user_id = $2 AND method_id = $3 AND sign_count = $4",
            {tenant_, c.user, c.method, c.sign_count_before, c.sign_count, c.is_backed_up, c.is_clone_suspected, c.at});
        say("PasskeyUsed", {{"user", to_string(c.user)}, {"method", to_string(c.method)}, {"isCloneSuspected", c.is_clone_suspected}});
    }
    void operator()(const AccessPassIssued& c) {
        const auto& p = c.pass;
        run("INSERT INTO access_passes (tenant_id, user_id, id, phc, is_one_time, created_at, starts_at, ends_at, used_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL) ON CONFLICT (tenant_id, user_id) DO UPDATE SET id = excluded.id, phc = excluded.phc, "
            "is_one_time = excluded.is_one_time, created_at = excluded.created_at, starts_at = excluded.starts_at, ends_at = excluded.ends_at, "
            "used_at = NULL",
            {tenant_, p.user, p.id, p.phc, p.is_one_time, p.created_at, p.starts_at, p.ends_at});
        say("AccessPassIssued", {{"activity", "tap.created"},
                                 {"user", to_string(p.user)},
                                 {"pass", to_string(p.id)},
                                 {"startsAt", to_rfc3339(p.starts_at)},
                                 {"endsAt", to_rfc3339(p.ends_at)},
                                 {"isUsableOnce", p.is_one_time}});
    }
    void operator()(const AccessPassUsed& c) {
        run("UPDATE access_passes SET used_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND (is_one_time = 0 OR used_at IS NULL)",
            {tenant_, c.user, c.pass, c.at});
        say("AccessPassUsed", {{"activity", "tap.used"}, {"user", to_string(c.user)}, {"pass", to_string(c.pass)}});
    }
    void operator()(const AccessPassDeleted& c) {
        run("DELETE FROM access_passes WHERE tenant_id = $1 AND user_id = $2 AND id = $3", {tenant_, c.user, c.pass});
        say("AccessPassDeleted", {{"activity", "tap.deleted"}, {"user", to_string(c.user)}, {"pass", to_string(c.pass)}});
    }
    void operator()(const RecoveryCodesMade& c) {
        int number = 0;
        for (const auto& phc : c.phcs) {
            run("INSERT INTO recovery_codes (tenant_id, user_id, number, method_id, phc) VALUES ($1, $2, $3, $4, $5)",
                {tenant_, c.user, std::int64_t{number++}, c.method, phc});
        }
        say("RecoveryCodesMade", {{"activity", "recoveryCode.created"}, {"user", to_string(c.user)}, {"method", to_string(c.method)}, {"count", number}});
    }
    void operator()(const RecoveryCodeUsed& c) {
        run("DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2 AND number = $3 AND method_id = $4",
            {tenant_, c.user, std::int64_t{c.number}, c.method});
        say("RecoveryCodeUsed", {{"activity", "recoveryCode.used"}, {"user", to_string(c.user)}, {"method", to_string(c.method)}, {"number", c.number}});
    }
    void operator()(const MfaSessionsRevoked& c) {
        run("UPDATE users SET mfa_valid_from = $3 WHERE tenant_id = $1 AND id = $2 AND mfa_valid_from <= $3", {tenant_, c.user, c.valid_from});
        say_user("MfaSessionsRevoked", c.user);
    }
    void operator()(const MfaBlocked& c) {
        run("UPDATE users SET mfa_blocked_at = $3, mfa_blocked_until = $4, mfa_blocked_by_report = $5, mfa_block_reason = $6 "
            "WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL",
            {tenant_, c.user, c.block.at, c.block.ends_at, c.block.by_report, c.block.reason});
        say("MfaBlocked", {{"user", to_string(c.user)}, {"until", to_rfc3339(c.block.ends_at)}, {"byReport", c.block.by_report}, {"reason", c.block.reason}});
    }
    void operator()(const MfaUnblocked& c) {
        run("UPDATE users SET mfa_blocked_at = NULL, mfa_blocked_until = NULL, mfa_blocked_by_report = 0, mfa_block_reason = '' "
            "WHERE tenant_id = $1 AND id = $2 AND mfa_blocked_until IS NOT NULL",
            {tenant_, c.user});
        say("MfaUnblocked", {{"user", to_string(c.user)}, {"reason", c.reason}});
    }
    void operator()(const PromptAnswered& c) {
        json::object said{{"user", to_string(c.user)}, {"prompt", to_string(c.prompt)}, {"method", to_string(c.method)}, {"answer", c.answer}};
        if (c.answer == "reported") {
            said["activity"] = "fraud reported";
            said["action"]   = c.blocks_mfa ? "user blocked for MFA" : "no action";
        }
        say("PromptAnswered", std::move(said));
    }
    void operator()(const RegistrationWindowOpened& c) {
        // The first sign-in that asks starts the clock; whoever comes later finds it running.
        run_any("UPDATE users SET mfa_registration_deadline = $3 "
                "WHERE tenant_id = $1 AND id = $2 AND mfa_registration_deadline IS NULL",
                {tenant_, c.user, c.deadline});
        say("RegistrationWindowOpened", {{"user", to_string(c.user)}, {"deadline", to_rfc3339(c.deadline)}});
    }
    void operator()(const ResetInfoConfirmed& c) {
        run("INSERT INTO registration_prompts (tenant_id, user_id, reset_confirmed_at, campaign_skips) VALUES ($1, $2, $3, 0) "
            "ON CONFLICT (tenant_id, user_id) DO UPDATE SET reset_confirmed_at = excluded.reset_confirmed_at",
            {tenant_, c.user, c.at});
        say("ResetInfoConfirmed", {{"user", to_string(c.user)}, {"isFirst", c.is_first}},
            c.is_first ? Activities{"user registered for self-service password reset"} : Activities{});
    }
    void operator()(const CampaignSkipped& c) {
        run("INSERT INTO registration_prompts (tenant_id, user_id, campaign_skips, campaign_due_at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (tenant_id, user_id) DO UPDATE SET campaign_skips = excluded.campaign_skips, campaign_due_at = excluded.campaign_due_at "
            "WHERE registration_prompts.campaign_skips = $5",
            {tenant_, c.user, c.skips_before + 1, c.due_at, c.skips_before});
        say("CampaignSkipped", {{"user", to_string(c.user)}, {"skips", c.skips_before + 1}});
    }
    void operator()(const RegistrationReminded& c) {
        run("INSERT INTO registration_reminders (tenant_id, user_id, deadline, sent) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (tenant_id, user_id) DO UPDATE SET deadline = excluded.deadline, sent = excluded.sent "
            "WHERE registration_reminders.deadline <> excluded.deadline OR registration_reminders.sent < excluded.sent",
            {tenant_, c.user, c.deadline, c.number});
        say("RegistrationReminded", {{"user", to_string(c.user)}, {"deadline", to_rfc3339(c.deadline)}, {"number", c.number}});
    }
    void operator()(const PasswordRejected& c) {
        const auto activity = activity_of_password(false);
        say("PasswordRejected", {{"user", to_string(c.user)}, {"errorCode", c.error_code}, {"failureReason", c.reason}},
            activity.empty() ? Activities{} : Activities{activity});
    }
    void operator()(const PasskeyNotRegistered& c) {
        say("PasskeyNotRegistered", {{"user", to_string(c.user)}, {"aaguid", c.aaguid}, {"failureReason", c.reason}});
    }
    void operator()(const ResetProgressed& c) {
        const auto user = c.user.is_nil() ? json::value(nullptr) : json::value(to_string(c.user));
        const std::string_view activity = c.step == "blocked"    ? "blocked from self-service password reset"
                                          : c.step == "unlocked" ? "unlock user account (self-service)"
                                                                 : "self-service password reset flow activity progress";
        say("ResetProgressed", {{"user", user}, {"step", c.step}, {"detail", c.detail}}, {activity});
    }
    void operator()(const GroupCreated& c) {
        run("INSERT INTO directory_groups (tenant_id, id, display_name, version) VALUES ($1, $2, $3, 1)",
            {tenant_, c.group.id, c.group.display_name});
        say("GroupCreated", {{"group", to_string(c.group.id)}, {"displayName", c.group.display_name}});
    }
    void operator()(const GroupMemberAdded& c) {
        run_any("INSERT INTO group_members (tenant_id, group_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                {tenant_, c.group, c.user});
        say("GroupMemberAdded", {{"group", to_string(c.group)}, {"user", to_string(c.user)}});
    }
    void operator()(const GroupMemberRemoved& c) {
        run_any("DELETE FROM group_members WHERE tenant_id = $1 AND group_id = $2 AND user_id = $3", {tenant_, c.group, c.user});
        say("GroupMemberRemoved", {{"group", to_string(c.group)}, {"user", to_string(c.user)}});
    }
    void operator()(const GroupNested& c) {
        run_any("INSERT INTO group_nesting (tenant_id, parent_id, child_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                {tenant_, c.parent, c.child});
        say("GroupNested", {{"parent", to_string(c.parent)}, {"child", to_string(c.child)}});
    }
    void operator()(const RoleAssigned& c) {
        run_any("INSERT INTO role_assignments (tenant_id, user_id, role_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                {tenant_, c.user, c.role});
        say("RoleAssigned", {{"user", to_string(c.user)}, {"role", to_string(c.role)}});
    }
    void operator()(const RoleUnassigned& c) {
        run_any("DELETE FROM role_assignments WHERE tenant_id = $1 AND user_id = $2 AND role_id = $3", {tenant_, c.user, c.role});
        say("RoleUnassigned", {{"user", to_string(c.user)}, {"role", to_string(c.role)}});
    }

    // --- Sessions, grants, tokens ---

    void operator()(const SessionOpened& c) {
        const auto& s = c.session;
        run("INSERT INTO sessions (tenant_id, id, user_id, reference_digest, cross_site_reference_digest, state, ended_because, "
            "document, version, device_id) VALUES ($1, $2, $3, $4, $5, 'active', '', $6, 1, $7)",
            {tenant_, s.id, s.user, s.reference_digest, s.cross_site_reference_digest, json::to_text(wire::to_json(s)), id_or_nothing(s.device)});
        say("SessionOpened", {{"user", to_string(s.user)}, {"session", to_string(s.id)}});
    }
    void operator()(const SessionChanged& c) {
        const auto& s = c.session;
        run("UPDATE sessions SET reference_digest = $3, cross_site_reference_digest = $4, document = $5, device_id = $7, version = version + 1 "
            "WHERE tenant_id = $1 AND id = $2 AND version = $6 AND state = 'active'",
            {tenant_, s.id, s.reference_digest, s.cross_site_reference_digest, json::to_text(wire::to_json(s)), s.version, id_or_nothing(s.device)});
        say("SessionChanged", {{"user", to_string(s.user)}, {"session", to_string(s.id)}});
    }
    void operator()(const SessionEnded& c) {
        run_any("UPDATE sessions SET state = 'ended', ended_because = $3, version = version + 1 "
                "WHERE tenant_id = $1 AND id = $2 AND state = 'active'",
                {tenant_, c.session, c.because});
        say("SessionEnded", {{"user", to_string(c.user)}, {"session", to_string(c.session)}, {"because", c.because}});
    }
    void operator()(const SessionCutOff& c) {
        run_any("UPDATE sessions SET state = 'ended', ended_because = $4, version = version + 1 "
                "WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND state = 'active'",
                {tenant_, c.session, c.user, c.because});
        run_any("UPDATE grants SET state = 'revoked', revoked_because = $4 "
                "WHERE tenant_id = $1 AND session_id = $2 AND user_id = $3 AND state = 'active'",
                {tenant_, c.session, c.user, c.because});
        say("SessionCutOff", {{"user", to_string(c.user)}, {"session", to_string(c.session)}, {"because", c.because}});
    }
    void operator()(const SessionsRevoked& c) {
        // Never backwards: who decided on an older moment has lost to a newer revocation.
        run("UPDATE users SET sessions_valid_from = $3 WHERE tenant_id = $1 AND id = $2 AND sessions_valid_from <= $3",
            {tenant_, c.user, c.valid_from});
        run_any("UPDATE sessions SET state = 'ended', ended_because = $3, version = version + 1 "
                "WHERE tenant_id = $1 AND user_id = $2 AND state = 'active'",
                {tenant_, c.user, c.because});
        run_any("UPDATE grants SET state = 'revoked', revoked_because = $3 WHERE tenant_id = $1 AND user_id = $2 AND state = 'active'",
                {tenant_, c.user, c.because});
        say("SessionsRevoked", {{"user", to_string(c.user)}, {"because", c.because}});
    }
    void operator()(const GrantOpened& c) {
        const auto& g = c.grant;
        run("INSERT INTO grants (tenant_id, id, user_id, client_id, session_id, state, revoked_because, document, expires_at, device_id) "
            "VALUES ($1, $2, $3, $4, $5, 'active', '', $6, $7, $8)",
            {tenant_, g.id, g.user, g.client, g.session, json::to_text(wire::to_json(g)), g.expires_at, id_or_nothing(g.device)});
        if (c.refresh_token) add_refresh_token(*c.refresh_token);
        say("GrantOpened", {{"user", to_string(g.user)}, {"client", to_string(g.client)}, {"grant", to_string(g.id)}, {"scope", g.scope}});
    }
    void operator()(const RefreshRotated& c) {
        run("UPDATE refresh_tokens SET state = 'used', used_at = $3, sealed_successor = $4 "
            "WHERE tenant_id = $1 AND digest = $2 AND state = 'current'",
            {tenant_, c.used_digest, c.at, c.sealed_successor});
        // The family may have been revoked since it was read.
        run("UPDATE grants SET state = state WHERE tenant_id = $1 AND id = $2 AND state = 'active'", {tenant_, c.next.grant});
        add_refresh_token(c.next);
        say("RefreshRotated", {{"grant", to_string(c.next.grant)}});
    }
    void operator()(const GrantRevoked& c) {
        run_any("UPDATE grants SET state = 'revoked', revoked_because = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'active'",
                {tenant_, c.grant, c.because});
        say("GrantRevoked", {{"grant", to_string(c.grant)}, {"because", c.because}});
    }
    void operator()(const DeviceRegistered& c) {
        const auto& d = c.device;
        run("INSERT INTO devices (tenant_id, id, user_id, kind, recognition_digest, display_name, created_at, last_seen_at, ip_address, country, "
            "disabled_at, disabled_by, disabled_because, valid_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, '', '', NULL)",
            {tenant_, d.id, d.user, wire::to_string(d.kind), d.recognition_digest, d.display_name, d.created_at, d.last_seen_at, d.ip_address, d.country});
        // A few of the oldest each time: however many somebody has, registering one more costs the same.
        run_any("DELETE FROM devices WHERE tenant_id = $1 AND id IN (SELECT d.id FROM (SELECT o.* FROM devices o WHERE o.tenant_id = $1 AND o.user_id = $2 "
                "ORDER BY o.last_seen_at + 0 DESC, o.id DESC LIMIT 5 OFFSET $3) AS d WHERE " PORTCULLIS_FORGETTABLE_DEVICE ")",
                {tenant_, d.user, kDevicesKept});
        say("DeviceRegistered", {{"user", to_string(d.user)}, {"device", to_string(d.id)}, {"kind", wire::to_string(d.kind)}});
    }
    void operator()(const DeviceSeen& c) {
        const auto& d = c.device;
        run("UPDATE devices SET display_name = $4, last_seen_at = $5, ip_address = $6, country = $7 "
            "WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND disabled_at IS NULL",
            {tenant_, d.id, d.user, d.display_name, d.last_seen_at, d.ip_address, d.country});
    }
    void operator()(const DeviceUsed& c) {
        run_any("UPDATE devices SET last_seen_at = $3 WHERE tenant_id = $1 AND id = $2 AND last_seen_at < $4", {tenant_, c.device, at_, at_ - kDeviceNoted});
    }
    void operator()(const DeviceDisabled& c) {
        run("UPDATE devices SET disabled_at = $4, disabled_by = $5, disabled_because = $6, valid_from = CASE WHEN valid_from > $4 THEN valid_from ELSE $4 END "
            "WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND disabled_at IS NULL",
            {tenant_, c.device, c.user, c.at, c.by, c.because});
        end_what_is_on(c.device, c.user, "its device was disabled");
        say("DeviceDisabled", {{"user", to_string(c.user)}, {"device", to_string(c.device)}, {"reason", c.because}}, {"Disable device"});
    }
    void operator()(const DeviceEnabled& c) {
        run("UPDATE devices SET disabled_at = NULL, disabled_by = '', disabled_because = '' "
            "WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND disabled_at IS NOT NULL",
            {tenant_, c.device, c.user});
        say("DeviceEnabled", {{"user", to_string(c.user)}, {"device", to_string(c.device)}, {"reason", c.because}}, {"Enable device"});
    }
    void operator()(const DeviceRemoved& c) {
        run("DELETE FROM devices WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND disabled_at IS NULL", {tenant_, c.device, c.user});
        end_what_is_on(c.device, c.user, c.because);
        say("DeviceRemoved", {{"user", to_string(c.user)}, {"device", to_string(c.device)}, {"because", c.because}}, {"Delete device"});
    }
    void operator()(const ConsentGiven& c) {
        const auto& given = c.consent;
        const auto rights = fmt::format("{}", fmt::join(given.rights, " "));
        run("INSERT INTO consents (tenant_id, user_id, client_id, scopes, given_at) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (tenant_id, user_id, client_id) DO UPDATE SET scopes = excluded.scopes, given_at = excluded.given_at",
            {tenant_, given.user, given.client, rights, given.given_at});
        say("ConsentGiven", {{"user", to_string(given.user)}, {"client", to_string(given.client)}, {"scopes", rights}});
    }
    void operator()(const ConsentWithdrawn& c) {
        run_any("DELETE FROM consents WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3", {tenant_, c.user, c.client});
        run_any("UPDATE grants SET state = 'revoked', revoked_because = 'consentWithdrawn' "
                "WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3 AND state = 'active'",
                {tenant_, c.user, c.client});
        say("ConsentWithdrawn", {{"user", to_string(c.user)}, {"client", to_string(c.client)}});
    }
    void operator()(const AppTokenIssued& c) {
        say("AppTokenIssued", {{"client", to_string(c.client)}, {"resource", c.resource}, {"jti", c.jti}});
    }

    // --- Risk ---

    void operator()(const DetectionRaised& c) {
        const auto& d = c.detection;
        run("INSERT INTO risk_detections (tenant_id, id, user_id, sign_in_id, type, level, state, document, detected_at, closed_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            {tenant_, d.id, d.user, d.sign_in, to_string(d.type), to_string(d.level), to_string(d.state),
             wire::encode_detection(d), d.detected_at, closed_at(d)});
        rose_[d.user] = std::max(rose_[d.user], d.activity_at);
        say("DetectionRaised", {{"user", to_string(d.user)},
                                {"detection", to_string(d.id)},
                                {"riskEventType", to_string(d.type)},
                                {"riskLevel", to_string(d.level)}});
    }
    void operator()(const RiskMoved& c) {
        const auto& d = c.after;
        run("UPDATE risk_detections SET level = $3, state = $4, document = $5, closed_at = $7 WHERE tenant_id = $1 AND id = $2 AND state = $6",
            {tenant_, d.id, to_string(d.level), to_string(d.state), wire::encode_detection(d), to_string(c.from), closed_at(d)});
        const bool is_confirmed = d.state == RiskState::confirmedCompromised && c.from != RiskState::confirmedCompromised;
        if (is_confirmed) rose_[d.user] = at_;  // to high, by what an administrator or the user said now
        say("RiskMoved", {{"user", to_string(d.user)},
                          {"detection", to_string(d.id)},
                          {"from", to_string(c.from)},
                          {"to", to_string(d.state)},
                          {"riskDetail", to_string(d.detail)}});
    }
    void operator()(const RiskyUserChanged& c) {
        const auto& u = c.user;
        run("INSERT INTO risky_users (tenant_id, user_id, level, state, detail, is_deleted, is_processing, updated_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
            "ON CONFLICT (tenant_id, user_id) DO UPDATE SET level = excluded.level, state = excluded.state, detail = excluded.detail, "
            "is_deleted = excluded.is_deleted, is_processing = excluded.is_processing, updated_at = excluded.updated_at",
            {tenant_, u.user, to_string(u.level), to_string(u.state), to_string(u.detail), u.is_deleted, u.is_processing,
             u.last_updated_at});
        // INVARIANT: the projection is what the user's active detections say, in the transaction that writes it. The row above is
        // locked by now, so of two decisions at once the second sees the first's detections here, and is made again.
        run(kProjectionHolds, {tenant_, u.user});
        run("INSERT INTO risk_history (tenant_id, id, user_id, at, document) VALUES ($1, $2, $3, $4, $5)",
            {tenant_, c.history_id, u.user, at_, wire::encode_history_item(c.history)});
        alert(u);
        say("RiskyUserChanged", {{"user", to_string(u.user)},
                                 {"riskLevel", to_string(u.level)},
                                 {"riskState", to_string(u.state)},
                                 {"riskDetail", to_string(u.detail)}});
    }
    void operator()(const SignInRiskChanged& c) {
        run_any("UPDATE sign_ins SET risk_level_aggregated = $3, risk_state = $4, risk_detail = $5 WHERE tenant_id = $1 AND id = $2",
                {tenant_, c.sign_in, to_string(c.risk.aggregated), to_string(c.risk.state), to_string(c.risk.detail)});
        say("SignInRiskChanged", {{"signIn", to_string(c.sign_in)},
                                  {"riskLevelAggregated", to_string(c.risk.aggregated)},
                                  {"riskState", to_string(c.risk.state)}});
    }
    void operator()(const ProfileTrained& c) {
        if (c.version == 0) {
            run("INSERT INTO familiarity_profiles (tenant_id, user_id, profile, version) VALUES ($1, $2, $3, 1)",
                {tenant_, c.user, Blob{wire::encode_profile(c.profile)}});
        } else {
            run("UPDATE familiarity_profiles SET profile = $3, version = version + 1 "
                "WHERE tenant_id = $1 AND user_id = $2 AND version = $4",
                {tenant_, c.user, Blob{wire::encode_profile(c.profile)}, c.version});
        }
        say_user("ProfileTrained", c.user);
    }
    void operator()(const PopulationObserved& c) {
        if (c.version == 0) {
            run("INSERT INTO population_shares (tenant_id, shares, version) VALUES ($1, $2, 1)",
                {tenant_, Blob{wire::encode_shares(c.shares)}});
        } else {
            run("UPDATE population_shares SET shares = $2, version = version + 1 WHERE tenant_id = $1 AND version = $3",
                {tenant_, Blob{wire::encode_shares(c.shares)}, c.version});
        }
        say("PopulationObserved", {});
    }
    void operator()(const SignInRecorded& c) {
        const auto& r = c.record;
        // One record a sign-in: the last answer given to it stands; what its risk was at the decision is never altered (E02).
        run("INSERT INTO sign_ins (tenant_id, id, user_id, user_principal_name, application_id, correlation_id, request_id, created_at, "
            "is_interactive, error_code, ip_address, risk_level_during_sign_in, risk_level_aggregated, risk_state, risk_detail, "
            "conditional_access_status, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
            "ON CONFLICT (tenant_id, id) DO UPDATE SET error_code = excluded.error_code, request_id = excluded.request_id, "
            "risk_level_aggregated = excluded.risk_level_aggregated, risk_state = excluded.risk_state, "
            "risk_detail = excluded.risk_detail, conditional_access_status = excluded.conditional_access_status, "
            "document = excluded.document",
            {tenant_, r.id, r.user, r.user_principal_name, r.application, r.correlation, r.request, r.created_at, r.is_interactive,
             r.error_code, r.ip_address, to_string(r.risk_level_during_sign_in), to_string(r.risk_level_aggregated),
             to_string(r.risk_state), to_string(r.risk_detail), r.conditional_access_status, r.document});
        say("SignInRecorded", {{"user", to_string(r.user)}, {"signIn", to_string(r.id)}, {"errorCode", r.error_code}});
    }

    void operator()(const SignInAnswered& c) {
        // "Mine" may be taken back by a report; nothing else is ever said twice.
        const auto over = c.says == OwnerAnswer::notMine ? OwnerAnswer::mine : OwnerAnswer::none;
        run("UPDATE sign_ins SET owner_says = $4 WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND owner_says IN ('none', $5)",
            {tenant_, c.sign_in, c.user, to_string(c.says), to_string(over)});
        say("SignInAnswered", {{"user", to_string(c.user)}, {"signIn", to_string(c.sign_in)}, {"says", to_string(c.says)}});
    }

    void operator()(const OwnerTold& c) {
        const auto& a = c.alert;
        run("INSERT INTO alerts (tenant_id, id, user_id, kind, at, document) VALUES ($1, $2, $3, $4, $5, $6)",
            {tenant_, a.id, a.user, a.kind, a.at, a.document});
        say("OwnerTold", {{"user", to_string(a.user)}, {"notice", a.kind}});
    }
    void operator()(const MessageQueued& c) {
        const auto& m = c.message;
        run("INSERT INTO outbox (tenant_id, id, channel, recipient, subject, body, html, is_sealed, expires_at, queued_at, due_at, attempts) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)",
            {tenant_, m.id, m.channel, m.to, m.subject, m.text, m.html, m.is_sealed, m.expires_at, at_, at_});
        say("MessageQueued", {{"message", to_string(m.id)}, {"channel", m.channel}});
    }
    void operator()(const NoticeMarked& c) {
        if (!c.before) run("INSERT INTO notice_marks (tenant_id, kind, told_at) VALUES ($1, $2, $3)", {tenant_, c.kind, c.at});
        else run("UPDATE notice_marks SET told_at = $3 WHERE tenant_id = $1 AND kind = $2 AND told_at = $4", {tenant_, c.kind, c.at, *c.before});
        say("NoticeMarked", {{"kind", c.kind}});
    }
    void operator()(const RiskAlertsTold& c) {
        json::array users;
        for (const auto& alert : c.alerts) {
            // One that rises meanwhile stays to be told.
            run("UPDATE risk_alerts SET told_activity_at = $3 WHERE tenant_id = $1 AND user_id = $2 AND told_activity_at = $4 AND activity_at >= $3",
                {tenant_, alert.user, alert.activity_at, alert.told_activity_at});
            users.emplace_back(to_string(alert.user));
        }
        say("RiskAlertsTold", {{"users", std::move(users)}});
    }
    void operator()(const OutboxHurried&) {
        run_any("UPDATE outbox SET due_at = $2 WHERE tenant_id = $1 AND state = 'waiting' AND is_claimed = 0 AND due_at > $3", {tenant_, at_, at_});
        say("OutboxHurried", {});
    }

private:
    void run(std::string_view sql, std::vector<Value> params) {
        applied_.statements.push_back({sql, std::move(params), Expect::one});
    }
    void run_any(std::string_view sql, std::vector<Value> params) { applied_.statements.push_back({sql, std::move(params)}); }
    void configure(std::string_view sql, std::vector<Value> params) {
        run(sql, std::move(params));
        applied_.moves_configuration = true;
    }
    void add_passkey(const identity::AuthenticationMethod& m, const identity::Passkey& p) {
        run("INSERT INTO passkeys (tenant_id, credential_id, user_id, method_id, public_key, user_handle, aaguid, attestation, is_attested, "
            "is_backup_eligible, is_backed_up, is_clone_suspected, sign_count, transports, last_used_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            {tenant_, base64url(p.credential_id), m.user, m.id, base64url(p.public_key), base64url(p.user_handle), p.aaguid, p.attestation,
             p.is_attested, p.is_backup_eligible, p.is_backed_up, p.is_clone_suspected, p.sign_count, json::to_text(array_of(p.transports)),
             p.last_used_at});
    }
    static Value id_or_nothing(DeviceId id) { return id.is_nil() ? Value("") : Value(id); }
    /// Its sessions with all that was issued from them, wherever that went, and what was issued for the device itself.
    void end_what_is_on(DeviceId device, UserId user, const std::string& because) {
        run_any("UPDATE sessions SET state = 'ended', ended_because = $4, version = version + 1 "
                "WHERE tenant_id = $1 AND device_id = $2 AND user_id = $3 AND state = 'active'",
                {tenant_, device, user, because});
        run_any("UPDATE grants SET state = 'revoked', revoked_because = $4 WHERE tenant_id = $1 AND user_id = $3 AND state = 'active' "
                "AND (device_id = $2 OR EXISTS (SELECT 1 FROM sessions s WHERE s.tenant_id = $1 AND s.id = session_id AND s.device_id = $2))",
                {tenant_, device, user, because});
    }
    void add_refresh_token(const identity::RefreshToken& t) {
        run("INSERT INTO refresh_tokens (tenant_id, digest, grant_id, state, issued_at, expires_at, used_at, sealed_successor) "
            "VALUES ($1, $2, $3, 'current', $4, $5, NULL, '')",
            {tenant_, t.digest, t.grant, t.issued_at, t.expires_at});
    }
    std::optional<Instant> closed_at(const risk::RiskDetection& d) const { return is_active(d.state) ? std::nullopt : std::optional(at_); }
    void say(std::string_view change, json::object facts) {
        facts["change"] = change;
        applied_.audit.push_back(std::move(facts));
    }
    /// With the names that credentials.md §18 has for what happened, by which auditors look for it.
    using Activities = std::vector<std::string_view>;
    void say(std::string_view change, json::object facts, const Activities& activities) {
        if (!activities.empty()) facts["activity"] = activities.front();
        say(change, facts);
        for (std::size_t i = 1; i < activities.size(); ++i) {
            facts["activity"] = activities[i];
            say(change, facts);
        }
    }
    static constexpr std::string_view kResetByAdmin = "reset password (by admin)";
    /// Whose doing a password is. One's first, which comes with the account, is no change of anything.
    std::string_view activity_of_password(bool is_first) const {
        if (act_.name == "ResetPassword") return "reset password (self-service)";
        if (act_.by.kind == risk::ActorKind::user) return "change password (self-service)";
        return is_first ? "" : kResetByAdmin;
    }
    static Activities activities_of(const TenantChanged& c) {
        Activities activities;
        const auto has = [&](std::string_view part) { return std::ranges::find(c.changed, part) != c.changed.end(); };
        if (has("reset")) activities.emplace_back("self-service password reset policy changes");
        if (has("passwords.customBanned")) activities.emplace_back("passwordProtection.listChanged");
        return activities;
    }
    void say_user(std::string_view change, UserId user) { say(change, {{"user", to_string(user)}}); }
    /// What administrators are to be told of the user, in the transaction that raises the risk, so that it is neither lost nor told twice.
    void alert(const risk::RiskyUser& user) {
        const auto rose = rose_.find(user.user);
        if (!is_active(user.state) || user.is_deleted) {
            // The next rise is news again, whatever was told before; what waits to be told still is.
            run_any("UPDATE risk_alerts SET activity_at = 0, told_activity_at = 0 WHERE tenant_id = $1 AND user_id = $2 AND activity_at <= told_activity_at",
                    {tenant_, user.user});
        } else if (rose != rose_.end() && user.level != RiskLevel::none) {
            // An activity that is no newer than the one behind the last mail is no news (IDP-125).
            run_any("INSERT INTO risk_alerts (tenant_id, user_id, level, activity_at, raised_at, told_activity_at) VALUES ($1, $2, $3, $4, $5, 0) "
                    "ON CONFLICT (tenant_id, user_id) DO UPDATE SET raised_at = excluded.raised_at, "
                    "level = CASE WHEN risk_alerts.activity_at > risk_alerts.told_activity_at AND risk_alerts.level > excluded.level "
                    "THEN risk_alerts.level ELSE excluded.level END, "
                    "activity_at = CASE WHEN risk_alerts.activity_at > excluded.activity_at THEN risk_alerts.activity_at ELSE excluded.activity_at END",
                    {tenant_, user.user, static_cast<int>(user.level), rose->second, at_});
        }
    }

    TenantId tenant_;
    Instant at_;
    const Act& act_;
    Applied applied_;
    std::map<UserId, Instant> rose_;  // whose risk this act raises, and the newest activity behind it
};

}  // namespace

Applied apply(const Act& act) {
    Batch batch(act);
    for (const auto& change : act.changes) std::visit(batch, change.any().kind);
    return batch.take();
}

}  // namespace portcullis::sql
