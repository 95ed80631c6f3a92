#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "app/admin/admin.h"
#include "core/policy/validate.h"

namespace portcullis::app {

struct ExternalMethodRejected {
    std::vector<policy::Finding> findings;
};
using ExternalMethodOutcome = std::variant<identity::ExternalMethod, ExternalMethodRejected>;

/// Creates an external authentication method from its Graph document, or replaces one.
class SaveExternalMethod {
public:
    explicit SaveExternalMethod(Ports& ports) : ports_(ports) {}

    /// `existing`: the method to replace; nothing: a new one. Every mistake is told at once. Errors: forbidden; notFound; conflict when
    /// there are too many; unavailable.
    Result<ExternalMethodOutcome> operator()(const Admin& admin, std::optional<MethodId> existing, std::string_view document);

private:
    Ports& ports_;
};

/// Deletes one: what it proved counts for nothing from then on.
class DeleteExternalMethod {
public:
    explicit DeleteExternalMethod(Ports& ports) : ports_(ports) {}

    /// The method as it was. Errors: forbidden; notFound; unavailable.
    Result<identity::ExternalMethod> operator()(const Admin& admin, MethodId method);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
