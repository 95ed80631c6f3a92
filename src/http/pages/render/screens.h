#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"

/// The screens a person can be shown, one plain struct each. A handler fills one in and gives it to Pages::render; no
/// handler writes HTML or text. What each screen is for, its number and its codes: docs/screens.md.
///
/// Strings are text, as they are known to the product: the renderer escapes them. They are UTF-8.
namespace portcullis::pages {

/// What is wrong with what was typed into a code field. The sentence never says which detail was wrong, nor how many
/// tries are left.
enum class CodeProblem { none, didNotMatch, waitBeforeNext };

/// UX-101. First page of a sign-in: who are you.
struct UserName {
    enum class Problem { none, missing, passkey };

    std::string prefill;   ///< `login_hint`, or what was typed
    std::string app_name;  ///< empty: the line "to continue to ..." is left out
    Problem problem       = Problem::none;
    bool offers_passkey   = false;  ///< the same for every name: whether this tenant has passkeys at all
    std::string passkey_request{};  ///< what the browser is asked for first (PublicKeyCredentialRequestOptionsJSON); empty: it asks us
};

/// UX-102. The person is in the pill (PageFrame::user).
struct Password {
    /// PROTO-803: one sentence and one code (50126) for unknown, disabled, locked and wrong.
    enum class Problem { none, missing, accountOrPassword, passkey };

    Problem problem = Problem::none;
    std::string reset_path;  ///< where "Forgot your password?" leads; the same for every name
    bool offers_passkey = false;  ///< as on the page before: it tells nothing of the name
    bool offers_pass = false;     ///< likewise: whether this tenant has access passes
    bool offers_guest_code = false;  ///< likewise: whether guests get codes by mail; posts `method=email`, `action=next`
};

/// UX-103. `prompt=select_account`, or several sessions. Choosing posts `username` and `action=next`; another account
/// posts `action=other`.
struct AccountPicker {
    struct Account {
        std::string upn;
        std::string display_name;
        bool is_signed_in = true;
    };
    std::vector<Account> accounts;
    std::string app_name;
};

/// UX-20; with a problem UX-23 (500121). Posts `otp`, `action=verify`; a passkey's answer as `passkey`, `action=passkey`.
/// INVARIANT: nothing here can say why the code is asked for, so the page is the same when risk asked (IDP-029).
/// A provider of MFA outside: its button posts `method={id}`, `action=verify` and leads to UX-176.
struct ExternalWay {
    std::string id, name;
};
enum class ExternalProblem { none, denied, refused, unavailable, paused };

struct MfaCode {
    /// Whether the person has a passkey: beside the code, before it, or instead of it.
    enum class Passkey { none, second, first, only };

    /// Whether another device of theirs can approve: beside the code and the passkey, or before them.
    enum class Push { none, second, first };
    enum class PushProblem { none, notApproved, paused };

    CodeProblem problem = CodeProblem::none;
    Passkey passkey     = Passkey::none;
    bool passkey_failed = false;  ///< it was tried and not accepted
    Push push = Push::none;       ///< posts `method=push`, `action=verify`
    PushProblem push_problem = PushProblem::none;
    bool has_code = true;         ///< beside `Push::first`: whether there is a code, too
    std::vector<ExternalWay> externals = {};
    bool external_first = false;  ///< before the others
    ExternalProblem external_problem = ExternalProblem::none;
};

/// UX-176. On the way to a provider of MFA outside: the form posts `fields` to it; `action=next` goes back to the other ways.
struct ExternalLeave {
    std::string provider;
    std::string action;  ///< its authorization endpoint; empty: it cannot be asked now
    std::vector<std::pair<std::string, std::string>> fields;
    bool is_waiting = false;  ///< they came back, and it had not answered
};

/// UX-163. Shows the number and waits: `action=verify` once it was approved, `action=next` for another way, `action=cancel`.
struct ApprovalWait {
    std::string number;
    std::vector<std::string> devices;  ///< names of those that approve
    std::string approvals_path;        ///< where their person opens it
    bool is_waiting = false;           ///< "I have approved" was pressed, and nobody had
};

/// UX-130 instead of the password, the same for every name (50126 after a failure); as a second factor UX-20, with a problem UX-23
/// (500121). Posts `otp`, `method=temporaryAccessPass`, `action=next` or `verify`; `method=password`, `action=next` goes back to the
/// password. The other ways of a proven person post what MfaCode does.
struct AccessPass {
    enum class Problem { none, missing, didNotMatch, wait };
    enum class Asked { instead, second };

    Asked asked     = Asked::instead;
    Problem problem = Problem::none;
    bool by_code    = false;  ///< of a second factor: it can be a code from an app
    bool by_passkey = false;  ///< or a passkey
    CodeProblem code_problem = CodeProblem::none;
    bool passkey_failed      = false;
    std::vector<ExternalWay> externals = {};
    ExternalProblem external_problem = ExternalProblem::none;
};

/// UX-175, the same for every name (50126 after a code that was not accepted, for whatever reason). Posts `otp`, `action=verify`;
/// `method=email`, `action=next` has another code sent; `method=password`, `action=next` goes back to the password.
struct GuestCode {
    enum class Problem { none, refused };

    Problem problem = Problem::none;
};

/// A hardware token that waits for its owner: what `method` says, and what tells it from another.
struct TokenWay {
    std::string method;
    std::string name;
};

/// UX-10 (50072) with `skip_until`, UX-11 (50079) without; UX-15 with either code while a device is set up. Posts `method`, `action=register`; `action=skip`;
/// `action=signout` when it cannot be skipped.
struct RegistrationOffer {
    std::optional<Instant> skip_until;  ///< end of the registration period; absent: it is over
    bool offers_passkey = false;        ///< beside the authenticator app or instead of it, where the browser can
    bool offers_app     = true;
    bool for_device     = false;        ///< the sign-in is that of a device, which goes on when this is done (IDP-023)
    std::vector<TokenWay> tokens = {};  ///< before all else: what the organisation handed out
};

/// UX-12 for a passkey, within a sign-in or on the security-info page. The script posts `passkey`, `methodName`,
/// `action=passkey`; without one nothing can be made and the page says so. `action=cancel`.
struct RegistrationPasskey {
    enum class Problem { none, refused, alreadyThere, modelRefused, modelHidden };

    Problem problem         = Problem::none;
    bool is_on_account_page = false;
};

/// UX-12. The secret is shown this once (PROTO-525). Posts `otp`, `action=register`; `methodName` when it is asked for.
struct RegistrationTotp {
    std::string secret;       ///< base32, as the app would have it typed; shown in groups of four
    std::string otpauth_uri;  ///< `otpauth://totp/...`, drawn as the QR code
    CodeProblem problem = CodeProblem::none;
    bool asks_name      = false;  ///< on the security-info page
    std::string name = {};  ///< as typed before
};

/// UX-104. The method is stored; `action=next` goes on with the sign-in.
struct RegistrationDone {
    std::string app_name;
    bool is_passkey = false;
    bool is_mail    = false;  ///< a recovery address, which proves nothing at a sign-in
    bool is_token   = false;
};

/// UX-170 (50125). What a reset of the password would ask for: `method`, `action=register`; `action=skip` as often as one likes, or,
/// instead of what UX-171 showed, `action=cancel`.
struct ResetRegistration {
    bool offers_app  = false;
    bool offers_mail = false;
    bool is_change   = false;
};

/// Kinds of methods a person sees by name.
enum class MethodKind { approvingDevice, authenticatorApp, passkeySynced, passkeyOfDevice, email, guestMail, telephone, recoveryCodes, hardwareToken, other };

/// A method as its owner knows it.
struct MethodLine {
    std::string name;
    MethodKind kind = MethodKind::other;
    std::string model;  ///< of a passkey, where it is known
    Instant added;
    std::optional<Instant> last_used;
    bool is_default = false;
    bool is_usable  = true;   ///< the tenant allows it now
    bool is_suspect = false;  ///< its counter fell: there may be a second one
    std::string path;         ///< its own page
};

/// UX-171 (50125). What a reset would ask for: `action=next`, it is right; `action=change`.
struct ResetReview {
    std::vector<MethodLine> methods;
    bool may_change = true;  ///< something can be added by oneself
};

/// UX-172 (50125). Right after MFA by something weaker: `action=register`, `action=skip`.
struct PasskeyNudge {
    bool may_skip = true;
    std::optional<int> skips_left;  ///< this one included; absent: no end to it
};

/// A hardware token that waits to be activated.
struct WaitingToken {
    std::string name;
    std::string path;
};

/// UX-83. How the signed-in person signs in. `action=signout` ends every session.
struct SecurityInfo {
    enum class Notice { none, added, removed, renamed, defaultSet };
    enum class Bar { none, atRisk };

    std::vector<MethodLine> methods;
    std::optional<Instant> password_changed;  ///< absent: there is no password
    Notice notice        = Notice::none;
    Bar bar              = Bar::none;  ///< nothing can be changed now
    bool may_add_app     = false;
    bool may_add_passkey = false;
    std::string password_path, add_app_path, add_passkey_path;
    std::string add_mail_path;  ///< empty: no recovery address can be added
    std::string codes_path = {};  ///< empty: no recovery codes can be made
    std::string approver_path = {};  ///< empty: this device cannot be added
    std::string add_phone_path = {};  ///< empty: no recovery telephone can be added
    std::vector<WaitingToken> tokens = {};
    std::string home_path = {};
};

/// UX-131. `action=register` makes ten new codes, `action=cancel` goes back.
struct RecoveryCodesOffer {
    bool replaces = false;  ///< there are some, and they end
};

/// UX-132. The codes, this once.
struct RecoveryCodesShown {
    std::vector<std::string> codes;
    std::string back_path;
};

/// UX-140, with UX-82 and UX-84. A person's own account: what is asked of them, where everything is. Posts `language`, `action=change`.
struct AccountHome {
    enum class Action { approveSignIn, approveReset, changePassword, reviewSignIns, registerMethod, signInAgain };
    struct Pending {
        Action what = Action::reviewSignIns;
        std::optional<Instant> until;  ///< of registerMethod; absent: it cannot be put off
        int count = 0;                 ///< of reviewSignIns
        std::string path;
    };
    std::vector<Pending> pending;
    std::optional<Instant> secured;  ///< when the account was made safe again, lately
    std::vector<std::string> languages;
    std::string language;  ///< chosen; empty: as the browser asks
    bool is_saved = false;
    std::string security_path, sessions_path, sign_ins_path, alerts_path, applications_path, sign_out_path;
    std::string password_path;  ///< empty: there is none to change
    std::string prompts_path = {};    ///< empty: prompts cannot be reported
    std::string approvals_path = {};  ///< empty: no device of theirs approves
    std::string devices_path = {};
};

/// A place where the person is signed in. Empty texts are not known.
struct SessionLine {
    std::string browser, os, place, address;
    std::vector<std::string> applications;
    Instant signed_in, last_used;
    bool is_this_one = false;
    std::string path;  ///< where it is ended
};

/// UX-141. `action=signout` ends every session.
struct AccountSessions {
    std::vector<SessionLine> sessions;
    bool has_ended_one = false;
    std::string home_path;
};

/// UX-142. One session: `action=signout` ends it, `action=cancel` goes back.
struct SessionEnd {
    SessionLine session;
};

/// A device of the person. Empty texts are not known.
struct DeviceLine {
    std::string name, place, address;
    Instant since, last_used;
    bool is_workstation = false, is_signed_in = false, is_this_one = false;
    bool is_disabled    = false;
    std::string path = {};  ///< where it is signed out or disabled
};

/// UX-180.
struct AccountDevices {
    enum class Notice { none, signedOut, disabled };

    std::vector<DeviceLine> devices;
    Notice notice = Notice::none;
    std::string home_path;
};

/// UX-181. One device, and two ways to part with it: `action=signout` signs out there and forgets it, `action=report` disables it too,
/// `action=cancel` goes back.
struct DeviceEnd {
    DeviceLine device;
};

/// One sign-in as its owner knows it. Empty texts are not known.
struct SignInLine {
    enum class Result { signedIn, wrongPassword, notFinished, stopped };
    enum class Said { nothing, mine, notMine };

    std::string id;
    Instant at;
    std::string application;  ///< empty: the pages of the account
    std::string browser, os, place, address;
    Result result    = Result::notFinished;
    Said said        = Said::nothing;
    bool is_unusual  = false;
    bool is_this_one = false;
    std::string report_path;  ///< "This was not me"; empty: nothing to say of it
    std::optional<std::pair<double, double>> point;  ///< degrees: latitude, longitude
};

/// UX-80. "This was me" posts `signIn`, `action=next`; "This was not me" leads to UX-143.
struct OwnSignIns {
    enum class Notice { none, thanks, answered };

    std::vector<SignInLine> unusual;
    std::vector<SignInLine> page;
    Notice notice = Notice::none;
    std::string next_path, first_path;  ///< empty: there is no such page
    std::string home_path;
};

/// UX-143. Asks before a report: `action=report`, `action=cancel`.
struct SignInReport {
    SignInLine sign_in;
    bool is_too_many = false;
};

/// UX-80a. What to do after one, in this order.
struct AccountRescue {
    std::string password_path;  ///< empty: there is none to change
    std::string security_path, home_path;
};

/// A code that was sent to the person, or a sign-in that waited for them on another device. Empty texts are not known.
struct PromptLine {
    enum class Kind { mail, message, call, approval };

    Kind kind = Kind::mail;
    bool is_reset = false;  ///< of a forgotten password, not of a sign-in
    Instant at;
    std::string application;  ///< of a sign-in; empty: the pages of the account
    std::string browser, os, place, address;
    std::string report_path;  ///< "I did not ask for this"
};

/// UX-160. Newest first, of the last 24 hours.
struct AccountPrompts {
    std::vector<PromptLine> prompts;
    bool is_gone = false;  ///< the one that was to be reported is too old, or was reported already
    std::string home_path, sign_ins_path;
};

/// UX-161. Asks before a report: `action=report`, `action=cancel`.
struct PromptReport {
    PromptLine prompt;
    bool is_too_many = false;
};

/// UX-164. A sign-in or a reset on another device: posts `approval`, `otp`, `action=verify`; `action=cancel` refuses; `action=report` refuses and leads to
/// UX-161.
struct Approvals {
    enum class Notice { none, approved, wrongNumber, denied, over, sameDevice };

    std::optional<PromptLine> waiting;
    std::string id;
    Notice notice     = Notice::none;
    bool is_approver  = true;   ///< this device approves
    bool may_report   = false;
    std::string add_path, home_path, again_path;
};

/// UX-165. `action=register` lets this browser approve, `action=cancel` goes back.
struct ApproverOffer {
    std::string device;  ///< what it will be called; empty: not known
};

/// UX-144. What the person was told, newest first.
struct AccountAlerts {
    struct Line {
        Instant at;
        std::string title, text;  ///< both empty: the account was secured (UX-84)
        std::string place, address, client;
    };
    std::vector<Line> lines;
    std::string next_path, first_path;
    std::string home_path;
};

/// UX-124. Posts `email`, `action=next`.
struct RecoveryMail {
    enum class Problem { none, malformed, tooMany };

    Problem problem = Problem::none;
};

/// UX-178 (500121 when the code did not match). A hardware token proves itself: posts `otp`, `action=verify`; `action=cancel` goes back.
struct TokenActivation {
    std::string name;  ///< maker, model, serial number or its end
    CodeProblem problem = CodeProblem::none;
    bool is_in_sign_in  = false;  ///< within a sign-in, which goes back to the choice of a method
};

/// UX-125 (500121 when the code did not match). Posts `otp`, `action=verify`; `action=other` asks for an address again.
struct RecoveryMailCode {
    CodeProblem problem = CodeProblem::none;
};

/// UX-173. Posts `phone`, `method` (`sms`, `voice`), `action=next`.
struct RecoveryPhone {
    enum class Problem { none, malformed, country, noLine, tooMany };

    Problem problem = Problem::none;
    bool by_message = true;
    bool by_call    = false;
};

/// UX-174 (500121 when the code did not match). Posts `otp`, `action=verify`; `action=other` asks for a number again.
struct RecoveryPhoneCode {
    CodeProblem problem = CodeProblem::none;
};

/// UX-121. One method: `methodName`, `action=change`; `action=default`; `action=remove` asks first (UX-122);
/// `action=verify` signs in again, where nothing else has proven who asks.
struct MethodPage {
    enum class Problem { none, nameMissing, lastOne, provenByItself, atRisk };

    MethodLine method;
    Problem problem   = Problem::none;
    bool may_default  = false;
    bool may_remove   = true;   ///< not the last one that a policy needs
    std::string back_path;
    bool may_rename   = true;   ///< a hardware token is called what stands on it
};

/// UX-122. `action=remove` removes, `action=cancel` goes back.
struct MethodRemoval {
    MethodLine method;
    bool is_last = false;  ///< nothing stays but the password
};

/// Why a password was not taken. Each is a sentence a person can act on (credentials §11, id-protection §3.10).
enum class PasswordProblem {
    currentWrong,
    confirmationDiffers,
    missing,
    tooShort,
    tooLong,
    unusableCharacter,
    tooEasy,
    containsName,
    containsOrganisation,
    seenInBreach,
    usedBefore
};

/// UX-31 (50135); with Reason::temporary UX-70 (50055); with Reason::voluntary UX-114, asked for by the person. With a refused new password: UX-32, same code;
/// UX-114 shows that of the refusal (credentials.md §10.4).
/// Posts `currentPassword` when asked for, `newPassword`, `confirmPassword`, `action=change`.
struct PasswordChange {
    enum class Reason { userRisk, temporary, voluntary };
    enum class Current { asked, known };

    Reason reason   = Reason::userRisk;
    Current current = Current::asked;  ///< `known`: it was typed in this very flow and is not asked for again
    std::vector<PasswordProblem> problems;
    int length_min = 8;  ///< for the sentence of tooShort
    int refusal_code = 0;
};

/// UX-33. `action=next`.
struct PasswordChanged {
    PasswordChange::Reason reason = PasswordChange::Reason::userRisk;  ///< why it was changed: words the heading
    std::string app_name;
    std::string told;  ///< the address the notice went to; empty: none went
};

/// UX-21, where the organisation wants it before the MFA that risk asks for. `action=verify`, `action=cancel`.
struct UnusualNotice {};

/// UX-30, likewise before a password change: activity or leaked credentials, never which. `action=next`, `action=cancel`.
struct RiskNotice {};

/// UX-35. Every session was ended; `action=next` begins the second sign-in.
struct SignInAgain {};

/// UX-36. `action=next` leads to the reset of the password, `action=cancel` away.
struct RecoveryEntry {};

// ---- self-service reset: until a proof was right, each of these is the same whatever name was typed ----------------------

/// UX-60. Posts `username`, `action=next`.
struct ResetName {
    std::string prefill;
    bool is_missing = false;
};

/// UX-115. Posts `method` (`forgotten`, `unlock`), `action=next`.
struct ResetWish {};

/// UX-61 (500121 when it was not approved on another device). Posts `method`, `action=next`, or `action=report` (asks the help desk), `action=cancel`.
struct ResetMethod {
    enum class Problem { none, notApproved, approvalPaused, approvalUnreachable };

    std::vector<std::string> methods;  ///< `softwareOath`, `push`, `recoveryCode`, `email`, `sms`, `voice`
    bool is_second  = false;           ///< one proof was right already
    Problem problem = Problem::none;
};

/// UX-61. Posts `phone`, `action=next`; `action=other` goes back to the methods.
struct ResetNumber {
    bool is_call      = false;
    bool is_malformed = false;
};

/// UX-61 (500121 when the code did not match). Posts `otp`, `action=verify`; `action=other` goes back to the methods.
struct ResetCode {
    std::string method;
    CodeProblem problem = CodeProblem::none;
};

/// UX-62 (120002, 120003 or 120018 when the new one is refused). Posts `newPassword`, `confirmPassword`, `action=change`.
struct ResetNewPassword {
    std::vector<PasswordProblem> problems;
    int length_min = 8;
    int refusal_code = 0;
};

/// UX-63.
struct ResetDone {
    std::string sign_in_path;  ///< empty: no such link
    bool is_unlocked = false;  ///< the password is the old one
    bool is_told     = false;  ///< a notice went to every address
};

/// UX-64.
struct ResetUnavailable {
    enum class Reason { notByOneself, tooManyTries, helpDeskAsked };

    Reason reason = Reason::notByOneself;
    std::string sign_in_path = {};  ///< of the sign-in it began from; empty: that is not known
    std::string home_path = {};     ///< of the account, where no sign-in is known
};

/// UX-40, 41, 44, 46, 13, 14, 113, 162 and 182. `action=signout`. Only signInRisk hints at a familiar place.
struct Stopped {
    enum class Reason { signInRisk, userRisk, cannotRemediate, accountDisabled, registrationRefused, registrationPlace, policy, unconfirmed, deviceDisabled };

    Reason reason = Reason::policy;
    int code      = 0;  ///< 0: the screen's own (53003, 53003, 53004, 50057, 53004, 53010, 53003, 500121, 135011)
};

/// UX-123. The sign-in or MFA that a page of the account asked for was cancelled.
struct AccountLeft {
    std::string back_path;
};

/// UX-105. No or no fitting `id_token_hint` (PROTO-190). `action=signout` or `action=cancel`.
struct SignOutConfirm {};

/// UX-106.
struct SignedOut {
    std::string sign_in_path;  ///< where "Sign in again" leads; empty: no such link
};

/// UX-150 (PROTO-119). What an application wants to do in the person's name: `action=next`, `action=cancel`.
struct Consent {
    std::string app_name;
    std::string publisher;             ///< empty: the organisation's own
    std::vector<std::string> open_id;  ///< `profile`, `offline_access`, ...
    std::vector<std::string> rights;   ///< permissions of APIs, as their owner named them
    int kept_days = 0;                 ///< how long it may act while the person is away; 0: only while they are signed in
};

/// UX-151. What the person consented to. Posts `client`, `action=remove`.
struct OwnApplications {
    struct Line {
        std::string client, name, publisher;
        std::vector<std::string> open_id, rights;
        Instant given;
    };
    std::vector<Line> applications;
    bool is_withdrawn = false;  ///< one has just gone
    std::string home_path = {};
};

/// UX-107. Posts `user_code`, `action=next`.
struct DeviceCodeEntry {
    std::string prefill;
    CodeProblem problem = CodeProblem::none;
};

/// UX-108 (PROTO-128). `action=next` allows, `action=cancel` refuses.
struct DeviceConfirm {
    std::string app_name;
    std::string user_code;
    std::string address;  ///< of the device that asked
    std::string place;    ///< empty: unknown, and the page says so
};

/// UX-109.
struct DeviceDone {
    enum class Outcome { allowed, refused };

    Outcome outcome = Outcome::allowed;
    std::string app_name;
};

/// UX-110. `response_mode=form_post` (PROTO-103): posts `fields` to `action` by itself, or by its button.
/// The same nonce goes into PageHeaders::script_nonce, the origin of `action` into PageHeaders::form_targets.
struct FormPost {
    std::string action;  ///< registered redirect URI
    std::vector<std::pair<std::string, std::string>> fields;
    std::string script_nonce;
    std::string app_name;
};

/// UX-111. Everything a browser endpoint refuses before or outside a flow.
struct GenericError {
    enum class Kind {
        badRequest,
        unknownApplication,
        flowExpired,
        notFound,
        forbidden,
        tooManyTries,
        notAvailable,
        unexpected,
        unusableForm,      ///< what the browser sent, with no application behind it
        resetOver,
        changedMeanwhile,  ///< on a page of the account
        noPassword,        ///< there is none to change
        notForGuests       ///< what resets a password
    };

    Kind kind = Kind::unexpected;
    int code  = 0;  ///< number of protocols §11.2; 0: none
    std::string home_path = {};  ///< of the account, on a page of it
    std::string again_path = {};  ///< where what is over begins anew
};

/// UX-112, status 503.
struct TooBusy {
    std::chrono::seconds retry_after{5};
};

// ---- the demo ------------------------------------------------------------------------------------------------------

/// UX-190. `GET /demo`. "Try it" posts `person`, `place`, `action=next` to `start_path`; the clock buttons post
/// `advance` (an ISO 8601 duration) to `clock_path`.
struct DemoHome {
    struct Person {
        std::string key;  ///< `alice`; its sentence is `demo.person.alice` of the catalogue
        std::string upn;
        std::string password;
        std::string code;  ///< what an authenticator app would show now; empty: none registered
        bool is_chosen = false;
        bool has_chosen_password = false;  ///< `password` is no longer theirs: they chose another one
    };
    struct Place {
        std::string key;  ///< `home`; its name is `demo.place.home` of the catalogue
        std::string address;
        bool is_chosen = false;
    };
    struct Recent {
        Instant when;
        std::string upn;
        std::string outcome;  ///< one of `granted`, `interrupted`, `blocked`, `failed`
        std::string why_path;
    };
    std::vector<Person> people;
    std::vector<Place> places;
    std::vector<Recent> recent;  ///< newest first
    Instant now;                 ///< the product's clock
    std::string start_path, clock_path, outbox_path;
};

/// UX-191. The small application of the demo after a sign-in: what it was told.
struct DemoResult {
    std::string name;
    std::vector<std::pair<std::string, std::string>> claims;
    std::string why_path, sign_out_path, demo_path;
};

/// UX-192. One sign-in record, readable. The domain words (riskEventType, condition names, evidence) are data and are
/// shown as they are spelled everywhere.
struct DemoWhy {
    enum class Verdict { detected, notDetected, notEvaluated };

    struct Fact {
        std::string name, value;
    };
    struct Evidence {
        std::string name, observed, limit;  ///< `limit` may be empty
    };
    struct Detection {
        std::string type;  ///< riskEventType
        Verdict verdict = Verdict::notDetected;
        std::string level;    ///< low, medium, high; only when detected
        std::string because;  ///< only when not evaluated
        std::vector<Evidence> evidence;
    };
    struct Condition {
        std::string name, because;
        bool matched = false;
    };
    struct Policy {
        std::string name;
        std::string state;   ///< enabled, enabledForReportingButNotEnforced, disabled
        std::string result;  ///< success, failure, notApplied, reportOnlyInterrupted, ...
        std::string controls;
        std::vector<Condition> conditions;
    };
    struct Step {
        Instant when;
        std::string what;
    };
    struct Level {
        std::string before, after;  ///< none, low, medium, high
    };
    std::string outcome;  ///< one sentence
    std::vector<Fact> facts;
    std::vector<Detection> detections;
    std::vector<Policy> policies;
    Level sign_in_risk, user_risk;
    std::vector<Step> steps;
    std::string data_path, demo_path;  ///< the same as JSON; back
};

/// UX-193.
struct DemoOutbox {
    struct Mail {
        std::string to, channel, subject, text;
        Instant at;
    };
    std::vector<Mail> mails;  ///< newest first
    std::string demo_path;
};

using Screen =
    std::variant<UserName, Password, AccountPicker, AccessPass, GuestCode, MfaCode, ExternalLeave, RegistrationOffer, RegistrationTotp, RegistrationPasskey, RegistrationDone,
                 ResetRegistration, ResetReview, PasskeyNudge, SecurityInfo, AccountHome, AccountSessions, SessionEnd, AccountDevices, DeviceEnd, OwnSignIns, SignInReport, AccountRescue, AccountAlerts, AccountPrompts, PromptReport, ApprovalWait, Approvals, ApproverOffer, MethodPage, MethodRemoval, RecoveryCodesOffer, RecoveryCodesShown, RecoveryMail, RecoveryMailCode, TokenActivation, RecoveryPhone, RecoveryPhoneCode, AccountLeft, PasswordChange, PasswordChanged, UnusualNotice, RiskNotice, SignInAgain, RecoveryEntry, ResetName, ResetWish, ResetMethod,
                 ResetNumber, ResetCode, ResetNewPassword, ResetDone, ResetUnavailable, Stopped, SignOutConfirm, SignedOut,
                 Consent, OwnApplications, DeviceCodeEntry, DeviceConfirm,
                 DeviceDone, FormPost, GenericError, TooBusy, DemoHome, DemoResult, DemoWhy, DemoOutbox>;

/// What `<body data-screen>` says: `UX-31`. Source: id-protection §4, docs/screens.md.
std::string_view screen_id(const Screen& screen);
/// What `<body data-error-code>` says, or nothing where nothing is refused: `50135`. Also the code under "details" and
/// the one for the sign-in record.
std::optional<int> error_code(const Screen& screen);

}  // namespace portcullis::pages
