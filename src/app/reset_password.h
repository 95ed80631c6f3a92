#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/approvals.h"
#include "app/own_prompts.h"
#include "app/password_setter.h"
#include "app/phone_codes.h"
#include "app/recovery_codes.h"
#include "app/request_facts.h"
#include "app/reset_flow.h"
#include "app/reset_limits.h"
#include "app/verify_password.h"
#include "app/verify_totp.h"
#include "core/credentials/self_service_reset.h"

namespace portcullis::app {

/// What one page of a reset was answered with.
struct ResetAnswer {
    std::string action, method, phone, otp;
    Secret new_password, confirm_password;
};

enum class ResetProblem {
    none,
    code,
    numberMalformed,
    approvalWaiting,      // nobody has answered yet
    notApproved,          // refused, a wrong number, or too late
    approvalPaused,       // too many were not approved
    approvalUnreachable,  // no device that approves is signed in and proven now
    confirmationDiffers,
    passwordRefused,
};

/// A reset after one step.
struct ResetTurn {
    ResetFlow flow;
    std::string browser_secret;  // the browser's new cookie; empty: it keeps the one it has
    ResetProblem problem = ResetProblem::none;
    std::vector<credentials::PasswordFinding> reasons;
    std::vector<AuthMethod> offered;  // at ResetStage::method
    int length_min = 0;                  // at ResetStage::password: of the new one
    std::vector<std::string> approvers;  // at ResetStage::approval: the names of their devices that approve
    bool is_abandoned = false;
    bool is_over      = false;  // what was proven counts no more: the password was set, or everything was ended, meanwhile
};

/// Whether the person, as they stand, may replace their password by themselves.
bool may_reset(const TenantSnapshot& tenant, const Account& account, Instant now);

/// A person replaces a forgotten password by proving who they are with methods registered before (credentials.md §9).
///
/// INVARIANT: until a proof was right, every answer is the same for names nobody has, accounts that may not reset, methods they do
/// not have, and wrong proofs: same pages, same counters, same kind of work (CRED-041, PROTO-803, PROTO-804).
/// INVARIANT: nobody's device is asked to approve before another proof was right, and what is approved lets this flow on, once
/// (CRED-017).
/// INVARIANT: a code is good for the flow that asked for it, in the browser that began that flow, once. After every right proof the
/// flow goes on under another id and another cookie, so nobody who planted or saw the old ones can follow.
class ResetPassword {
public:
    ResetPassword(Ports& ports, VerifyPassword& verify_password)
        : ports_(ports), verify_password_(verify_password), passwords_(ports), verify_totp_(ports), phone_codes_(ports), recovery_codes_(ports), prompts_(ports), approvals_(ports) {}

    /// Who says they forgot their password. Nobody is asked anything before. Errors: tooManyRequests, unavailable.
    Result<ResetTurn> begin(const TenantSnapshot& tenant, std::string_view typed_name, std::string sign_in_flow, const RequestFacts& facts);
    /// The flow of this id that this browser began; nothing when there is none. Errors: unavailable.
    Result<std::optional<ResetFlow>> find(const TenantSnapshot& tenant, FlowId id, std::string_view browser_secret, Instant now);
    /// One answer. Errors: conflict when the flow went on elsewhere at the same moment; unavailable.
    Result<ResetTurn> submit(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts);

    /// How often approvals were paused because nobody approved, since the start.
    [[nodiscard]] std::uint64_t approval_pauses() const { return approval_pauses_; }

private:
    /// How the account stands now; everything empty for a name nobody has.
    struct Standing {
        std::optional<Account> account;
        std::optional<credentials::ResetOffer> offer;
        std::string refusal;  // code and word, for the audit log
        bool is_ended = false;
    };
    /// What the audit log calls it, and whose act it is.
    struct ResetAct {
        std::string_view name;
        Actor by;
    };
    /// What a right proof spends.
    using Proof = std::optional<std::vector<Change>>;

    Result<Standing> standing(const TenantSnapshot& tenant, const ResetFlow& flow, Instant at);
    Result<std::vector<AuthMethod>> offered(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now, const RequestFacts& facts);
    Result<ResetTurn> at_method(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts, ResetProblem problem = ResetProblem::none);
    Result<ResetTurn> turn_back(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts);
    Result<ResetTurn> choose_method(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts);
    static ApprovalWanted approval_for(const ResetFlow& flow);
    Result<ResetTurn> ask_approval(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts);
    Result<ResetTurn> answer_approval(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts);
    Result<bool> is_approved(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now, const Approval& approved, Instant at);
    Result<ResetTurn> passed_approval(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts);
    Result<void> tell_of_pause(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now, int unapproved, const RequestFacts& facts);
    Result<ResetTurn> send_mail(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts);
    Result<ResetTurn> answer_number(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts);
    Result<std::optional<Change>> phone_message(const TenantSnapshot& tenant, const Standing& now, const PhoneCode& code);
    Result<ResetTurn> answer_code(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts);
    Result<Proof> prove(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now, const ResetAnswer& answer, const RequestFacts& facts);
    Result<Proof> prove_by_recovery_code(const TenantSnapshot& tenant, const std::optional<Account>& whose, std::string_view typed, const RequestFacts& facts);
    Result<ResetTurn> wrong_code(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts);
    Result<ResetTurn> proven(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts);
    Result<ResetTurn> answer_password(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts);
    Result<void> set_password(const TenantSnapshot& tenant, const Account& account, const Secret& chosen,
                              std::vector<std::string> would_be_refused, const RequestFacts& facts);
    Result<ResetTurn> unlock(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts);
    Result<ResetTurn> ask_help_desk(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts);
    Result<ResetTurn> stop(const TenantSnapshot& tenant, ResetFlow flow, std::string_view because, const RequestFacts& facts);
    Result<ResetTurn> no_longer(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now);
    Result<ResetTurn> end(const TenantSnapshot& tenant, ResetFlow flow, ResetStage stage);

    Result<void> save(const TenantSnapshot& tenant, ResetFlow& flow, Instant now);
    Result<void> renew(const TenantSnapshot& tenant, ResetTurn& turn, Instant now);
    Result<void> commit(const TenantSnapshot& tenant, ResetAct what, std::vector<Change> changes, const RequestFacts& facts);
    Result<void> note(const TenantSnapshot& tenant, const Standing& now, ResetProgressed step, std::vector<Change> with, const RequestFacts& facts);
    Result<void> note_prompt(const TenantSnapshot& tenant, const ResetFlow& flow, MfaPrompts::Sent sent, const RequestFacts& facts);
    ResetLimits limits(const TenantSnapshot& tenant, const ResetFlow& flow) { return {ports_, tenant.tenant.id, flow.subject}; }
    std::string code_digest(const ResetFlow& flow, std::string_view code) const;

    Ports& ports_;
    VerifyPassword& verify_password_;
    PasswordSetter passwords_;
    VerifyTotp verify_totp_;
    PhoneCodes phone_codes_;
    RecoveryCodes recovery_codes_;
    MfaPrompts prompts_;
    Approvals approvals_;
    std::atomic<std::uint64_t> approval_pauses_{0};
};

}  // namespace portcullis::app
