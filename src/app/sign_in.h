#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <variant>

#include "app/approvals.h"
#include "app/external_mfa.h"
#include "app/guest_codes.h"
#include "app/own_methods.h"
#include "app/password_setter.h"
#include "app/population.h"
#include "app/ports/all.h"
#include "app/register_passkey.h"
#include "app/risk_changes.h"
#include "app/request_facts.h"
#include "app/sign_in_document.h"
#include "app/sign_in_flow.h"
#include "app/verify_access_pass.h"
#include "app/verify_passkey.h"
#include "app/verify_password.h"
#include "app/verify_totp.h"
#include "core/credentials/password_protection.h"
#include "core/detection/detector.h"
#include "core/remediation/remedies.h"

namespace portcullis::app {

/// A flow and the secret that ties it to the browser, for the `tx` cookie (PROTO-118).
struct StartedFlow {
    SignInFlow flow;
    std::string browser_secret;
};

/// What begins a flow.
struct FlowStart {
    Purpose purpose = Purpose::authorize;
    std::string request;             // the authorization request's parameters as received
    ApplicationId client;            // who asks; nil for our own pages
    std::vector<ApplicationId> targets;  // what policies are asked about
    policy::ClientAppType client_app = policy::ClientAppType::browser;
    std::string typed_name;          // prefills the name (login_hint)
    bool choose_account = false;     // show the account picker first, with the name of `session`
    std::optional<SessionId> session;  // whose account can be chosen without a password
    Instant factor_since;            // a first factor older than this is asked for again (`prompt=login`, `max_age`)
    bool demands_mfa = false;        // for a page of the account, beside what policies ask
    std::vector<Acr> levels;         // of `acr`, demanded or wished: the first that the person can reach is asked for
    Instant mfa_since;               // MFA older than this does not answer `demands_mfa`
    std::vector<std::string> rights;  // that the person may be asked about (PROTO-119)
    bool insists_on_consent = false;
    std::string browser_secret;      // of the tx cookie when the browser has one; empty: a new one is made
};

/// What a person sent with one form. `action` is the button.
struct Submission {
    std::string action;
    std::string username;
    Secret password, current_password, new_password, confirm_password;
    std::string otp;
    std::string method;       // what to register: `softwareOath`, `hardwareOath` or, of several tokens, the id of one, else `passkey`; what to prove: `temporaryAccessPass`, `password`, `push`, the id of an external method
    std::string passkey;      // AuthenticationResponseJSON or RegistrationResponseJSON of the browser, with the action `passkey`
    std::string method_name;  // what the person calls a method that they add
    std::string email;        // the recovery address to add
    std::string external_ticket;  // what the browser that brought an external provider's answer was given; of no form
};

/// What was wrong with a submission; the person stays where they are.
enum class Problem {
    none,
    nameMissing,
    passwordMissing,
    credentials,      // 50126
    locked,           // 50053
    stopped,          // 50053: guessing across accounts comes from this address or network
    code,             // 500121: the code did not match
    codePaused,       // too many codes; this factor rests
    passkey,          // the passkey was not accepted; the record tells why
    passkeyModel,     // nor will another of this model be
    passkeyHidden,    // it, or the browser, did not show its model
    passMissing,
    pass,             // 50126 as a first factor, 500121 as a second one: the access pass was not accepted
    passPaused,       // too many; said only to whom is proven
    guestCode,        // 50126: the mailed code was not accepted, for whatever reason
    approval,         // 500121: denied, wrong number, or nobody answered in time
    approvalWaiting,  // not answered yet
    approvalPaused,   // too many were not approved: none was sent
    external,            // 500121, 50161: the provider's answer proves nothing; the record tells why
    externalDenied,      // 500121: the provider said no
    externalUnavailable, // it cannot be reached
    externalPaused,      // too many were not confirmed: it was not asked
    externalWaiting,     // no answer yet
    currentWrong,     // 120000
    confirmationDiffers,
    passwordRefused,  // see `reasons`
    mailMalformed,
    mailTooMany,      // codes to addresses, within an hour
    wrongPage,        // a form of an earlier step came back (PROTO-524)
};

/// The flow after a submission.
struct Turn {
    SignInFlow flow;
    Problem problem = Problem::none;
    std::vector<credentials::PasswordFinding> reasons;
    bool is_abandoned = false;  // the person cancelled: nothing is issued
    bool goes_to_recovery = false;  // the person resets their password next (UX-36)
};

/// The session a granted sign-in ends in, with the references for its cookies; its device is the one the browser is known by from then on.
struct OpenedSession {
    identity::Session session;
    std::string reference, cross_site_reference;
};

/// New references for its cookies; those it had are dead with this (PROTO-180). The session has its id.
void renew_references(const Ports& ports, OpenedSession& opened);

/// What is stored in the act that opens a session, made of the session and its owner: the code of an application. It may be asked again
/// when the act is decided again.
using AlongWithSession = std::function<Result<std::vector<FlowWrite>>(const OpenedSession&, const Account&)>;

/// A person's way through one sign-in: name, password, signals, detections, risk, policy, controls, remediation, session.
/// Decisions are core's; this reads the world before them and commits after them.
class SignIn {
public:
    SignIn(Ports& ports, Population& population);

    /// The one that counts guesses at passwords, for every other door that asks for one.
    VerifyPassword& verify_password() { return verify_password_; }

    /// A new interaction at its first question. Not stored as a rule, so that whoever only opens the page leaves nothing behind.
    /// Errors: unavailable.
    Result<StartedFlow> start(const TenantSnapshot& tenant, const FlowStart& start, const RequestFacts& facts);
    /// A new interaction that a live session answers, assessed like any other sign-in (conditional-access.md §3.1). Its
    /// stage is `granted`, or what policy asks for. A stage of `password` means: prove the first factor again.
    /// Stored unless granted. Errors: unavailable.
    Result<StartedFlow> resume(const TenantSnapshot& tenant, const FlowStart& start, const identity::Session& session,
                               const RequestFacts& facts);
    /// Puts the password question to the session's own user (`prompt=login`, `max_age`).
    Result<StartedFlow> reauthenticate(const TenantSnapshot& tenant, const FlowStart& start, const identity::Session& session,
                                       const RequestFacts& facts);
    /// Asks the person of a granted flow for what reaches this level although no policy does (`acr` demands). Granted as it was
    /// when none of their methods does.
    Result<SignInFlow> step_up(const TenantSnapshot& tenant, SignInFlow flow, Acr level, const RequestFacts& facts);

    /// The flow of this browser by `reference_to` it; nothing when it is unknown, over, or another browser's. Errors: unavailable.
    Result<std::optional<SignInFlow>> find(const TenantSnapshot& tenant, std::string_view reference, std::string_view browser_secret, Instant now);
    /// One step. The new state is stored, but for a `granted` one: `open_session` takes the flow out, so that it is answered once.
    /// Errors: unavailable, tooManyRequests, conflict when the same form came twice at once.
    Result<Turn> submit(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);

    /// What the browser's `navigator.credentials.get()` is called with at this step: any passkey before a name is known, the
    /// named person's at the password, the proven person's as a second factor. Nothing where no passkey is asked for. The
    /// answer comes with the action `passkey`. Errors: unavailable.
    Result<std::optional<credentials::RequestOptions>> passkey_options(const TenantSnapshot& tenant, const SignInFlow& flow,
                                                                       const RequestFacts& facts);
    /// What `navigator.credentials.create()` is called with where a passkey is being registered. Nothing elsewhere, and when none
    /// may be registered now: the next form tells. The answer comes with the action `passkey`. Errors: unavailable.
    Result<std::optional<credentials::CreationOptions>> passkey_creation(const TenantSnapshot& tenant, const SignInFlow& flow,
                                                                         const RequestFacts& facts);

    /// What a review (UX-171) shows. Errors: unavailable; forbidden and notFound when the person is gone meanwhile.
    Result<std::vector<identity::AuthenticationMethod>> methods_to_review(const TenantSnapshot& tenant, const SignInFlow& flow);

    /// What the browser carries to the provider of an external method at that step; nothing elsewhere, when the request is over, and when
    /// the provider cannot be reached. Errors: unavailable; forbidden and notFound when the person is gone meanwhile.
    Result<std::optional<ExternalForm>> external_form(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts& facts);

    /// How often, since the start, approvals were paused because nobody approved (MFA fatigue).
    [[nodiscard]] std::uint64_t approval_pauses() const { return approval_pauses_; }

    /// Ends a granted sign-in in one act: the session is opened or renewed under new references (PROTO-180), the record is written,
    /// the profile learns, the flow is over, and what `along` adds is stored. Errors: unavailable; conflict when the flow was answered
    /// by another form; forbidden and notFound when the person, or what the sign-in rests on, is gone meanwhile.
    Result<OpenedSession> open_session(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts& facts, const AlongWithSession& along = {});

private:
    // The way of one sign-in (sign_in.cpp).
    std::optional<SignInFlow> unsealed(const TenantSnapshot& tenant, std::string_view reference, Instant now);
    Result<SignInFlow> begin(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts,
                             std::optional<signals::PasswordWatch> watch = std::nullopt);
    Result<SignInFlow> proceed(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts);
    /// From the account as it is in the store now: something was found to have changed since the request read it, or by it.
    Result<SignInFlow> proceed_anew(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts);
    Result<SignInFlow> complete(const TenantSnapshot& tenant, SignInFlow flow, const remediation::Completed& done,
                                const std::vector<Change>& proof, const RequestFacts& facts);
    Result<void> raise(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account,
                       std::span<const risk::RiskDetection> detections, const RequestFacts& facts);
    Result<void> move_risk(const TenantSnapshot& tenant, SignInFlow& flow, const remediation::Completed& done,
                           const std::vector<Change>& proof, const RequestFacts& facts);
    void offer_registration(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const controls::Register& due,
                            std::vector<Change>& changes, Instant now);
    static bool asks_for_level(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, Instant now);
    Result<void> ask_what_policies_do_not(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    controls::Step what_next(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now);
    void await(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const controls::Interrupt& asked, Instant now);
    Result<SignInFlow> refuse_device(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts);
    Result<SignInFlow> deny_mfa(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts);
    Result<SignInFlow> refuse_flagged(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts);
    Result<void> repin_branch(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account);
    Result<void> end_sessions(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, std::vector<Change>& changes,
                              const RequestFacts& facts);
    Result<void> remove_flagged(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, std::vector<Change>& changes,
                                const RequestFacts& facts);
    Result<void> close_by_second_sign_in(const TenantSnapshot& tenant, SignInFlow& flow, const DecisionView& view, const RequestFacts& facts);
    Result<void> close_by_claim(const TenantSnapshot& tenant, SignInFlow& flow, const controls::Grant& grant, const RequestFacts& facts);
    Result<void> earn(SignInFlow& flow, RiskChanges& book, const remediation::Completed& done, Instant now);
    Result<std::vector<risk::RiskDetection>> without_closed(const TenantSnapshot& tenant, std::vector<risk::RiskDetection> detections,
                                                            const SignInFlow& flow);
    std::optional<controls::Step> before_registration(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account,
                                                      const RequestFacts& facts);
    Result<controls::Step> next_of(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const DecisionView& view, Instant now);
    void take(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const controls::Step& step,
              std::vector<Change>& changes, Instant now);
    Result<bool> session_holds(const TenantSnapshot& tenant, const SignInFlow& flow, UserId user, Instant now);

    // Its end.
    Result<OpenedSession> try_open_session(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts, const AlongWithSession& along);
    Result<void> require_unanswered(const TenantSnapshot& tenant, const SignInFlow& flow, Instant now);
    Result<std::vector<Change>> learn(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, RiskChanges& book, const RequestFacts& facts);
    Result<void> explain_blocks(const TenantSnapshot& tenant, const SignInFlow& flow, RiskChanges& book, Instant now);
    Result<OpenedSession> session_of(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account,
                                     const RequestFacts& facts, std::vector<Change>& changes);
    static std::string country_of(const SignInFlow& flow);

    // The answers of a person, one a stage (sign_in_steps.cpp).
    Result<Turn> answer(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_consent(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts);
    Result<Turn> answer_name(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_password(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_code(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<void> tell_of_guessed_codes(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<Turn> answer_access_pass(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<std::optional<Turn>> passed_access_pass(const TenantSnapshot& tenant, const SignInFlow& flow, const PassAccepted& accepted, const RequestFacts& facts);
    Result<Turn> refused_access_pass(const TenantSnapshot& tenant, SignInFlow flow, const PassRefused& refused, const RequestFacts& facts);
    Result<Turn> send_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts);
    Result<Turn> answer_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> passed_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const GuestAccepted& accepted, const RequestFacts& facts);
    Result<Turn> refused_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const GuestRefused& refused, const RequestFacts& facts);
    Result<Turn> ask_approval(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts);
    Result<void> tell_of_pause(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<Turn> answer_approval(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<bool> is_approved(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const Approval& approved, Instant now);
    Result<Turn> passed_approval(const TenantSnapshot& tenant, SignInFlow flow, const Approval& approved, const RequestFacts& facts);
    static std::vector<MethodId> asked_external(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account);
    Result<Turn> ask_external(const TenantSnapshot& tenant, SignInFlow flow, MethodId method, const RequestFacts& facts);
    Result<Turn> answer_external(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> passed_external(const TenantSnapshot& tenant, SignInFlow flow, const ExternalProof& proof, const RequestFacts& facts);
    Result<void> drop_unreachable(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<Turn> answer_passkey(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> passed_passkey(const TenantSnapshot& tenant, SignInFlow flow, const PasskeyAccepted& accepted, const RequestFacts& facts);
    Result<Turn> refused_passkey(const TenantSnapshot& tenant, SignInFlow flow, const PasskeyRefused& refused, const RequestFacts& facts);
    Result<void> note_use(const TenantSnapshot& tenant, SignInFlow& flow, const std::optional<FlowWrite>& asked, const PasskeyAccepted& accepted, const RequestFacts& facts);
    Result<void> suspect_clone(const TenantSnapshot& tenant, SignInFlow& flow, const PasskeyUsed& used, const RequestFacts& facts);
    Result<Turn> answer_notice(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts);
    Result<Turn> answer_recovery_entry(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts);
    bool is_change_still_asked(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<Turn> answer_offer(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_registration(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_new_passkey(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> choose_token(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, std::string_view method, const RequestFacts& facts);
    Result<Turn> answer_token(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> refused_token(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, MethodRefusal because, const RequestFacts& facts);
    Result<void> become(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, Instant now);
    bool may_register(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<Turn> answer_password_change(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> refused_password(const TenantSnapshot& tenant, SignInFlow flow, const PasswordRefused& refused, const RequestFacts& facts);
    Result<Turn> went_on(Result<SignInFlow> flow);
    Result<Account> account_of(const TenantSnapshot& tenant, const SignInFlow& flow);
    static Result<Account> still_entitled(const SignInFlow& flow, std::optional<Account> account);
    Result<void> close_by_password(SignInFlow& flow, RiskChanges& book, bool by_policy, Instant now);
    Result<void> record_failure(const TenantSnapshot& tenant, const SignInFlow& flow, const Account* account, const RequestFacts& facts);
    Result<void> record_failed_mfa(const TenantSnapshot& tenant, SignInFlow failed, const Account& account, std::string_view why, const RequestFacts& facts);

    // What is asked about the person's methods once everything else is met (sign_in_prompts.cpp).
    Result<void> ask_about_methods(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<void> ask_for_reset_methods(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<void> ask_for_review(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<void> ask_for_passkey(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    Result<void> begin_reset_method(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts);
    static Result<void> give_up_reset_methods(SignInFlow& flow, Instant now);
    static std::optional<Stage> stage_before(const SignInFlow& flow);
    Result<Turn> answer_prompt(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_reset_registration(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_reset_app(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_reset_mail(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_reset_mail_code(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> registered_for_reset(SignInFlow flow, AuthMethod method, Instant now);
    Result<Turn> answer_review(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> answer_nudge(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts);
    Result<Turn> password_refused(const TenantSnapshot& tenant, SignInFlow flow, PasswordRejected why, const RequestFacts& facts);

    // Storing.
    SignInFlow fresh(const TenantSnapshot& tenant, const FlowStart& start, const std::string& browser_secret, const RequestFacts& facts);
    static void continue_session(const TenantSnapshot& tenant, SignInFlow& flow, const identity::Session& session, const Account& account);
    Result<void> store(const TenantSnapshot& tenant, SignInFlow& flow, Instant now);
    static FlowWrite write_of(const TenantSnapshot& tenant, const SignInFlow& flow, Instant now);
    Result<void> commit(const TenantSnapshot& tenant, const SignInFlow& flow, Actor by, std::vector<Change> changes, Instant now,
                        std::vector<FlowWrite> flows = {});
    static Actor as_user(const Account& account);
    static Actor as_user(UserId user);

    Ports& ports_;
    Population& population_;
    PasswordSetter passwords_;
    VerifyPassword verify_password_;
    VerifyTotp verify_totp_;
    VerifyPasskey verify_passkey_;
    VerifyAccessPass verify_access_pass_;
    GuestCodes guest_codes_;
    RegisterPasskey register_passkey_;
    Approvals approvals_;
    std::atomic<std::uint64_t> approval_pauses_{0};
    ExternalMfa external_mfa_;
};

}  // namespace portcullis::app
