#pragma once

#include "app/admin/create_application.h"

namespace portcullis::app {

/// Secrets an application may hold at a time: enough to roll them over.
inline constexpr std::size_t kClientSecretsMax = 20;

/// The application as it is now. Errors: notFound, unavailable.
Result<identity::Application> application_of(const Ports& ports, const Admin& admin, ApplicationId id);

/// Gives a confidential application one more secret, shown this once; the others stay. Expired ones are dropped.
class AddClientSecret {
public:
    explicit AddClientSecret(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; notFound; invalidRequest for a public client, or one with too many secrets; conflict; unavailable.
    Result<CreatedApplication> operator()(const Admin& admin, ApplicationId application);

private:
    Result<CreatedApplication> attempt(const Admin& admin, ApplicationId application);
    Ports& ports_;
};

/// Consents to an application for the whole organisation, so that nobody is asked, or takes that back; what people consented to
/// themselves stays theirs (PROTO-119).
class ConsentForAll {
public:
    explicit ConsentForAll(Ports& ports) : ports_(ports) {}

    /// The application as it is now. Errors: forbidden; notFound; conflict; unavailable.
    Result<identity::Application> operator()(const Admin& admin, ApplicationId application, bool consents);

private:
    Result<identity::Application> attempt(const Admin& admin, ApplicationId application, bool consents);
    Ports& ports_;
};

/// Deletes an application: nobody signs in to it, and what it was given is refused.
class DeleteApplication {
public:
    explicit DeleteApplication(Ports& ports) : ports_(ports) {}

    /// The application as it was. Errors: forbidden; notFound; unavailable.
    Result<identity::Application> operator()(const Admin& admin, ApplicationId application);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
