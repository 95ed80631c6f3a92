#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"

namespace portcullis::app {

/// Every column of the store that holds sealed values (PROTO-830). What flows and queued messages carry for minutes is not here: it
/// ends by itself, long before the key that seals it leaves.
enum class SealedColumn { authenticatorSeed, hardwareTokenSecret, signingKey, successorToken };
inline constexpr SealedColumn kSealedColumns[] = {SealedColumn::authenticatorSeed, SealedColumn::hardwareTokenSecret, SealedColumn::signingKey,
                                                  SealedColumn::successorToken};

/// One value and where it is. `owner` comes before `row` in the key of some columns (the user of a method) and is empty in others.
struct SealedValue {
    std::string owner;
    std::string row;
    std::string sealed;
};

/// A value opened with its data key and sealed again with a newer one.
struct ResealedValue {
    SealedValue was;
    std::string sealed;
};

/// Reads sealed values to seal them anew; they change through Journal (SecretsResealed). Errors: unavailable.
class SealedValues {
public:
    virtual ~SealedValues() = default;
    /// At most `most` values of a column, in the order of their keys, after the key of `after` (empty: from the first).
    virtual Result<std::vector<SealedValue>> next(TenantId tenant, SealedColumn column, const SealedValue& after, int most) const = 0;
};

}  // namespace portcullis::app
