#pragma once

#include "main/commands.h"

namespace portcullis::program {

/// `user token …`: the inventory of hardware OATH tokens.
void add_token_commands(CLI::App& user_group, CommandContext& context);

}  // namespace portcullis::program
