#include "app/admin/dismiss_sign_in_risk.h"

#include "app/admin/risk_case.h"

namespace portcullis::app {

Result<void> DismissSignInRisk::operator()(const Admin& admin, SignInId sign_in) {
    TRY(require(admin, Capability::actOnRisk));
    return decide_again_on_conflict([&]() -> Result<void> {
        auto open = TRY(open_sign_in_case(ports_, admin, sign_in));
        TRY(require_other(admin, open.record.user));
        TRY(open.book.happen(said_by(admin, risk::RiskEvent::signInRiskDismissed, open.target), initiated_by(admin)));
        if (open.has(RiskState::confirmedCompromised)) {
            return Error{ErrorCode::conflict, "the sign-in is confirmed compromised: confirm it safe, or dismiss the user's risk"};
        }
        return commit_act(ports_, admin, "DismissSignInRisk", TRY(changes_of(ports_, admin, open)));
    });
}

}  // namespace portcullis::app
