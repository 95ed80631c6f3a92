#pragma once

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "app/sign_in_flow.h"
#include "core/controls/applied_policies.h"
#include "core/signals/signals.h"

namespace portcullis::app {

/// What the decision of this moment was made from, for the record.
struct DecisionView {
    policy::SignInContext context;
    controls::SessionFacts session;
    policy::Decision decision;
};

/// The policies' view of a flow as it stands now.
DecisionView decide(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now);

/// What policies say about registering security info from here, now (conditional-access.md §1.3, 53010).
DecisionView decide_registration(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account,
                                 const policy::LocationFacts& location, Instant now);

/// The sign-in log's line of this flow as it stands (conditional-access.md §16): the same values the decision was made from.
SignInRecord sign_in_record(const TenantSnapshot& tenant, const SignInFlow& flow, const Account* account, const DecisionView* view,
                            const risk::SignInRisk& risk, const RequestFacts& facts);

}  // namespace portcullis::app
