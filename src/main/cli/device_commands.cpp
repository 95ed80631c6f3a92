#include <fmt/format.h>

#include "app/admin/disable_device.h"
#include "main/cli/desk.h"
#include "wire/device_json.h"

namespace portcullis::program {
namespace {

Result<Answer> list(Desk& desk, const app::Account& account) {
    json::array rows;
    std::vector<TextRow> lines;
    for (const auto& device : TRY(desk.ports.sessions.devices(desk.tenant_id(), account.user.id))) {
        auto row = wire::to_graph(device);
        lines.push_back({text_of(row, "id"), app::name_of(device), text_of(row, "kind"), text_of(row, "approximateLastSignInDateTime"), text_of(row, "lastIpAddress"),
                         device.is_disabled() ? "disabled: " + device.disabled_because : "enabled"});
        rows.push_back(std::move(row));
    }
    return Answer{json::object{{"value", std::move(rows)}}, render_table({"DEVICE", "NAME", "KIND", "LAST USED", "FROM", "STATE"}, lines)};
}

/// `disable UPN DEVICE --reason TEXT`, `enable UPN DEVICE --reason TEXT`.
template <class UseCase>
void add_act(CLI::App& group, CommandContext& context, const char* name, const char* help) {
    struct Options {
        std::string device, reason;
    };
    auto options  = std::make_shared<Options>();
    auto* command = add_account_command(group, context, name, help, [options](Desk& desk, const app::Account& account) -> Result<Answer> {
        const auto id = TRY(id_from<DeviceId>(options->device, "device"));
        TRY(UseCase(desk.ports)(desk.admin, account.user.id, id, options->reason));
        return list(desk, account);
    });
    command->add_option("DEVICE", options->device, "Id of the device, as `device list` tells it")->required();
    command->add_option("--reason", options->reason, "Why, for the audit log and whoever looks later")->required();
}

}  // namespace

void add_device_commands(CLI::App& user_group, CommandContext& context) {
    auto& group = *user_group.add_subcommand("device", "What a user signs in on");
    group.require_subcommand(1);
    add_account_command(group, context, "list", "The user's devices, the last used first", list);
    add_act<app::DisableDevice>(group, context, "disable", "Sign the device out and let nobody sign in on it with the account");
    add_act<app::EnableDevice>(group, context, "enable", "Let the user sign in on it again; what was issued before stays void");
}

}  // namespace portcullis::program
