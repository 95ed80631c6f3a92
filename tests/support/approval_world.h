#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "app/approvals.h"
#include "tests/support/admin_world.h"

/// What tests of approvals on another device have in common, whatever is approved.
namespace portcullis::tests {

class ApprovalWorld : public AdminWorld {
public:
    app::Approvals approvals{ports};

    ApprovalWorld() {
        settings([](auto& s) {
            s.methods.push.is_enabled = true;
            s.reports.state           = identity::FeatureState::enabled;
        });
    }
    template <class Edit>
    void settings(Edit edit) {
        auto now_so = snapshot()->tenant.settings;
        edit(now_so);
        commit({app::TenantChanged{now_so}});
    }
    [[nodiscard]] app::RequestFacts from(std::string device) const {
        app::RequestFacts facts{.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("198.51.100.7"), .user_agent = "Mozilla/5.0"};
        facts.device_id = std::move(device);
        return facts;
    }
    /// Signed in there with password and app just now; without `sign_in` by one that raised nothing.
    app::LiveSession session(UserId who, const std::string& device, SignInId sign_in = {}) {
        const auto id = ports.random.new_id<SessionId>(now);
        identity::Session made{.id = id, .user = who, .reference_digest = "r" + to_string(id), .cross_site_reference_digest = "x" + to_string(id)};
        made.sign_in   = sign_in.is_nil() ? this->sign_in(who, {}) : sign_in;
        made.auth_time = made.created_at = made.last_seen_at = now;
        made.mfa_time            = now;
        made.factors             = {{AuthMethod::password, now}, {AuthMethod::softwareOath, now}};
        made.expires_at          = now + std::chrono::hours{24};
        made.device_id           = device;
        made.used_password       = true;
        made.password_generation = account(who).password->generation;
        commit({app::SessionOpened{made}});
        return {.session = *value_of(ports.sessions.session(tenant, id)), .account = account(who)};
    }
    /// A phone that approves, signed in.
    app::LiveSession approver(UserId who, const std::string& device = "phone", SignInId sign_in = {}) {
        auto live = session(who, device, sign_in);
        if (value_of(approvals.add_device(*snapshot(), registrant_of(live), from(device)))) std::abort();
        live.account = account(who);
        return live;
    }
    /// A sign-in that waits for MFA.
    app::SignInFlow flow(UserId who) {
        app::SignInFlow begun;
        begun.id         = ports.random.new_id<FlowId>(now);
        begun.user       = who;
        begun.sign_in    = ports.random.new_id<SignInId>(now);
        begun.stage      = app::Stage::mfa;
        begun.factors    = {{AuthMethod::password, now}};
        begun.created_at = now;
        value_of(ports.flows.put(tenant, app::FlowKind::interaction, to_string(begun.id), to_text(begun), now + std::chrono::minutes{15}));
        return begun;
    }
    [[nodiscard]] static std::string wrong(const std::string& number) { return number == "10" ? "11" : "10"; }
};

}  // namespace portcullis::tests
