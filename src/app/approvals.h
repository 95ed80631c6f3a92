#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/mfa_prompts.h"
#include "app/own_methods.h"
#include "app/sign_in_flow.h"
#include "core/credentials/approval.h"

namespace portcullis::app {

/// What is to be approved.
struct ApprovalWanted {
    std::string_view purpose = kPromptOfSignIn;  // or kPromptOfReset
    FlowId flow;                                 // of that kind; it alone goes on with what is approved
    std::optional<SignInId> sign_in;
    std::string application;       // of a sign-in; empty: the pages of the account
    bool is_passwordless = false;  // it takes the place of the password
    std::optional<SessionId> session;  // that a sign-in continues
};
ApprovalWanted wanted_by(const TenantSnapshot& tenant, const SignInFlow& flow);

/// One sign-in or reset that waits for its person to approve it on another device. A person has one at a time.
struct Approval {
    FlowId id;
    MfaPrompt prompt;  // what its person is shown, and can report
    credentials::PendingApproval pending;
    MethodId approver;  // the device that approved; nil before
    SessionId approver_session;  // its session; nil before
};
/// One that was sent.
struct AskedApproval {
    Approval approval;
    int unapproved = 0;  // so many of the person's were not approved that none is sent for a while; 0: it is not that many
};
std::string to_text(const Approval& approval);
Result<Approval> approval_from(std::string_view text);

/// How a device stands to its person's approvals.
enum class ApproverStanding { off, notRegistered, registered };

/// What became of an answer.
enum class ApprovalAnswer {
    approved,
    wrongNumber,   // ended
    denied,
    over,          // too late, answered before, or another one took its place
    sameDevice,    // it was begun in this very browser
    notApprover,   // this device does not approve
};

/// Approval with number matching on another signed-in device, through the account page (credentials.md §6.1, CRED-017, CRED-018). It
/// stands beside a method that works without a session, never alone.
class Approvals {
public:
    explicit Approvals(Ports& ports) : ports_(ports), prompts_(ports) {}

    // --- where the sign-in or the reset is ---

    /// Whether a device that approves is signed in with MFA now, other than the one that asks. Errors of all: unavailable.
    Result<bool> is_reachable(const TenantSnapshot& tenant, const Account& account, const ApprovalWanted& wanted, const RequestFacts& facts);
    Result<bool> is_reachable(const TenantSnapshot& tenant, const Account& account, const SignInFlow& flow, const RequestFacts& facts);
    /// Asks; the one before, if any, is over. Nothing when too many were not approved: none is sent for half an hour.
    Result<std::optional<AskedApproval>> ask(const TenantSnapshot& tenant, const Account& account, const ApprovalWanted& wanted, const RequestFacts& facts);
    Result<std::optional<AskedApproval>> ask(const TenantSnapshot& tenant, const Account& account, const SignInFlow& flow, const RequestFacts& facts);
    /// The request as it stands; nothing when it is over or another took its place.
    Result<std::optional<Approval>> find(TenantId tenant, UserId user, FlowId id, Instant now);
    /// Takes what was approved, once; nothing when somebody else did.
    Result<std::optional<Approval>> take_approved(TenantId tenant, UserId user, FlowId id, Instant now);
    /// Whether somebody else took this one just now, and is going on with it.
    Result<bool> is_taken(TenantId tenant, UserId user, FlowId id, Instant now);
    /// Whether the session that approved still could: it has not ended, kept its proof, and its device still approves. What is left out of
    /// the account's methods counts for nothing.
    Result<bool> still_stands(const TenantSnapshot& tenant, const Account& account, const Approval& approval, Instant now);
    /// What was approved gives back those that were not.
    Result<void> forgive(TenantId tenant, UserId user);
    /// Nobody waits any more.
    Result<void> withdraw(TenantId tenant, UserId user, FlowId id, Instant now);

    // --- where its person is ---

    Result<ApproverStanding> standing(const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts);
    /// What waits for this person, if this session may answer it.
    Result<std::optional<Approval>> waiting(const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts);
    /// The number approves; a wrong one ends the request.
    Result<ApprovalAnswer> approve(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, std::string_view typed, const RequestFacts& facts);
    Result<ApprovalAnswer> deny(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, const RequestFacts& facts);

    // --- devices ---

    /// Lets this browser approve: with MFA of at most five minutes ago, no risk above low, and a method beside it. Errors: also conflict.
    Result<std::optional<MethodRefusal>> add_device(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    /// Whether it could be added, but for freshness.
    Result<bool> may_add_device(const TenantSnapshot& tenant, const Account& account, const RequestFacts& facts);

private:
    Result<const identity::AuthenticationMethod*> approver_of(const TenantSnapshot& tenant, const Account& account, std::string_view device);
    Result<ApprovalAnswer> answer(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, std::optional<std::string_view> typed, const RequestFacts& facts);
    Result<bool> may_answer_here(const TenantSnapshot& tenant, const identity::Session& session, std::string_view purpose, const RequestFacts& facts);
    Result<bool> may_answer(const TenantSnapshot& tenant, const identity::Session& session, std::string_view purpose);
    Result<std::optional<int>> charge(TenantId tenant, UserId user, Instant now);
    Result<void> note_refusal(TenantId tenant, UserId user, Instant now);
    Result<void> record(const TenantSnapshot& tenant, const LiveSession& live, const Approval& approval, const RequestFacts& facts);
    Result<void> store(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    Ports& ports_;
    MfaPrompts prompts_;
};

/// The request of whoever caused the prompt, as far as it was kept: what a record about it says.
RequestFacts facts_behind(Ports& ports, const MfaPrompt& prompt, const RequestFacts& now);

}  // namespace portcullis::app
