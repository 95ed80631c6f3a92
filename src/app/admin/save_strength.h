#pragma once

#include <string_view>
#include <variant>

#include "app/admin/admin.h"
#include "core/policy/validate.h"

namespace portcullis::app {

/// Strengths a tenant may have of its own.
inline constexpr std::size_t kStrengthsMax = 100;

struct StrengthRejected {
    std::vector<policy::Finding> findings;
};
using StrengthOutcome = std::variant<policy::AuthenticationStrength, StrengthRejected>;

/// Creates an authentication strength from its Graph document, or replaces one that the tenant made.
class SaveStrength {
public:
    explicit SaveStrength(Ports& ports) : ports_(ports) {}

    /// `existing`: the strength to replace; nothing: a new one. A strength that a policy needs to be MFA stays MFA.
    /// Errors: forbidden; notFound; conflict when there are too many; unavailable.
    Result<StrengthOutcome> operator()(const Admin& admin, std::optional<StrengthId> existing, std::string_view document);

private:
    Ports& ports_;
};

/// Deletes a strength that no policy names.
class DeleteStrength {
public:
    explicit DeleteStrength(Ports& ports) : ports_(ports) {}

    /// The strength as it was, or why it stays. Errors: forbidden; notFound; unavailable.
    Result<StrengthOutcome> operator()(const Admin& admin, StrengthId strength);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
