#pragma once

#include <string_view>
#include <variant>

#include "app/admin/admin.h"
#include "core/policy/validate.h"

namespace portcullis::app {

struct LocationRejected {
    std::vector<policy::Finding> findings;
};
using LocationOutcome = std::variant<policy::NamedLocation, LocationRejected>;

/// Creates a named location from its Graph document.
class SaveNamedLocation {
public:
    explicit SaveNamedLocation(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; conflict when there are too many; unavailable.
    Result<LocationOutcome> operator()(const Admin& admin, std::string_view document);

private:
    Ports& ports_;
};

/// Deletes a named location that is not trusted and that no policy names.
class DeleteNamedLocation {
public:
    explicit DeleteNamedLocation(Ports& ports) : ports_(ports) {}

    /// The location as it was, or why it stays. Errors: forbidden; notFound; unavailable.
    Result<LocationOutcome> operator()(const Admin& admin, LocationId location);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
