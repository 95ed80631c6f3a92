#pragma once

#include <vector>

#include "core/notices/troubles.h"
#include "main/wire.h"

namespace portcullis::program {

/// What runs, as administrators are told of it: the server's certificate and the master key by their files, the data sets as a sign-in meets
/// them. What cannot be read is left out.
notices::Operation operation_of(Installation& installation, std::vector<notices::ClosedWay> closed_ways, Instant now);

}  // namespace portcullis::program
