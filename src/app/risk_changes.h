#pragma once

#include <span>
#include <vector>

#include "app/ports/all.h"
#include "core/risk/assess.h"
#include "core/risk/transitions.h"

namespace portcullis::app {

/// One user's risk while one use case works on it: read once, moved by events of the state table, and turned into the
/// changes that must be committed together: detections, the projection of the user, its history, the lines of sign-ins.
class RiskChanges {
public:
    /// `sign_in`: the one at hand, if any; its detections are read whatever their state. Errors: unavailable.
    static Result<RiskChanges> read(Ports& ports, TenantId tenant, UserId user, std::optional<SignInId> sign_in);

    [[nodiscard]] std::span<const risk::RiskDetection> detections() const { return detections_; }
    [[nodiscard]] risk::Risk assess() const { return risk::assess(detections_, sign_in_); }

    /// Adds new detections (E01–E03).
    void raise(std::span<const risk::RiskDetection> detections, Instant now);
    /// What moves when this happens. Errors: as risk::transition.
    Result<void> happen(const risk::Happening& happening, std::string initiated_by);
    /// The same of an event that also adds detections (E03, E16, E17); one line of history tells of both.
    Result<void> happen(const risk::Happening& happening, std::string initiated_by, std::span<const risk::RiskDetection> added);
    /// A line of history without a move (E10).
    void note(const risk::Happening& happening, std::string initiated_by, std::string text);

    /// The sign-in's line in the log as it stands after all that.
    [[nodiscard]] risk::SignInRisk sign_in_risk(const risk::SignInRisk& before) const;

    /// Everything to commit; empty when nothing happened. Errors: unavailable.
    Result<std::vector<Change>> changes(Ports& ports, Instant now);

private:
    RiskChanges(TenantId tenant, UserId user, std::optional<SignInId> sign_in) : tenant_(tenant), user_(user), sign_in_(sign_in) {}
    void settle(std::span<const risk::RiskDetection> touched, const std::optional<risk::Reason>& reason,
                const risk::Happening& happening, std::string initiated_by);

    TenantId tenant_;
    UserId user_;
    std::optional<SignInId> sign_in_;
    std::optional<risk::RiskyUser> stood_;  // as stored, then as it stands
    std::vector<risk::RiskDetection> detections_;
    std::vector<Change> changes_;
    std::vector<risk::RiskHistoryItem> history_;
    std::vector<SignInId> touched_sign_ins_;
};

}  // namespace portcullis::app
