#pragma once

#include "app/live_session.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// A person chooses the language of their pages and mails.
class ChangeLanguage {
public:
    explicit ChangeLanguage(Ports& ports) : ports_(ports) {}

    /// `language`: one there are texts in; empty: whatever the browser asks for, and the organisation's in mails.
    /// Errors: invalidRequest for another, unavailable, conflict when the account changed at the same moment.
    Result<void> operator()(const TenantSnapshot& tenant, const LiveSession& live, std::string_view language, const RequestFacts& facts);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
