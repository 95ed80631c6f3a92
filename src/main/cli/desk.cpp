#include "main/cli/desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <istream>

#include "base/visible_text.h"
#include "core/terms/risk_event_type.h"

namespace portcullis::program {
namespace {

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width) {
    std::string cell(text);
    const auto has = width_of(text);
    if (has < width) cell.append(width - has, ' ');
    return cell;
}

std::string line_of(const TextRow& cells, const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += "  ";
        line += padded(cells[i], widths[i]);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line + "\n";
}

}  // namespace

Result<Desk> open_desk(CommandContext& context) {
    auto* installation = TRY(context.installation());
    auto tenant        = TRY(context.tenant());
    const auto correlation = TRY(context.correlation());
    auto actor         = context.actor();
    actor.kind         = risk::ActorKind::admin;  // a person administers here; the system itself may not judge risk
    app::Admin admin{.tenant      = tenant->tenant.id,
                     .actor       = std::move(actor),
                     .authority   = app::CommandLine{},
                     .correlation = correlation,
                     .now         = installation->now()};
    return Desk{*installation, installation->ports(), std::move(tenant), std::move(admin)};
}

CLI::App* add_account_command(CLI::App& group, CommandContext& context, const char* name, const char* help, AccountAct act) {
    const auto upn = std::make_shared<std::string>();
    auto* command  = group.add_subcommand(name, help);
    command->add_option("UPN", *upn, "User principal name or object id")->required();
    context.on(command, [&context, upn, act = std::move(act)]() -> Result<void> {
        auto desk          = TRY(open_desk(context));
        const auto account = TRY(app::find_account(desk.ports, desk.tenant_id(), *upn));
        const auto answer  = TRY(act(desk, account));
        context.print(answer.report, answer.text);
        return {};
    });
    return command;
}

std::string text_of(const json::object& row, std::string_view member) {
    const auto* value = row.if_contains(member);
    if (!value || value->is_null()) return {};
    if (value->is_string()) return std::string(value->get_string());
    if (value->is_bool()) return value->get_bool() ? "yes" : "no";
    return json::to_text(*value);
}

std::string render_fields(const std::vector<std::pair<std::string, std::string>>& fields) {
    std::size_t width = 0;
    for (const auto& [name, value] : fields) width = std::max(width, width_of(name));
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!value.empty()) text += fmt::format("{}  {}\n", padded(name, width), spelled_out(value));
    }
    return text;
}

std::string render_table(const TextRow& headings, const std::vector<TextRow>& rows) {
    std::vector<TextRow> lines{headings};
    for (const auto& row : rows) {
        auto& cells = lines.emplace_back();
        for (const auto& cell : row) cells.push_back(spelled_out(cell));  // what people typed comes back to a terminal
    }
    std::vector<std::size_t> widths(headings.size());
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
    }
    std::string text;
    for (const auto& line : lines) text += line_of(line, widths);
    return rows.empty() ? text + "(none)\n" : text;
}

std::string sentence_of(const json::object& detection) {
    const auto name  = text_of(detection, "riskEventType");
    const auto type  = parse_risk_event_type(name);
    const auto shown = type ? std::string(display_name(*type)) : name;
    const auto from  = text_of(detection, "ipAddress");
    auto text        = fmt::format("{}: {} {}, {}", text_of(detection, "detectedDateTime"), shown, text_of(detection, "riskLevel"),
                                   text_of(detection, "riskState"));
    if (const auto detail = text_of(detection, "riskDetail"); detail != "none") text += fmt::format(" ({})", detail);
    if (!from.empty()) text += fmt::format(", from {}", from);
    std::string facts;
    if (const auto* evidence = json::array_at(detection, "riskEvidence")) {
        for (const auto& entry : *evidence) {
            const auto* fact = entry.if_object();
            if (!fact) continue;
            const auto limit = text_of(*fact, "limit");
            facts += fmt::format("{}{}: {}{}", facts.empty() ? "" : "; ", text_of(*fact, "name"), text_of(*fact, "observed"),
                                 limit.empty() ? "" : fmt::format(" (limit {})", limit));
        }
    }
    if (!facts.empty()) text += ". " + facts;
    return spelled_out(text) + ".";
}

Result<std::string> read_document(CommandContext& context, const std::string& file, std::size_t bytes_max) {
    std::ifstream opened;
    if (file != "-") {
        opened.open(file, std::ios::binary);
        if (!opened) return Error{ErrorCode::notFound, fmt::format("the file `{}` cannot be read", file)};
    }
    auto& in = file == "-" ? context.in() : opened;
    std::string text(bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is longer than {} bytes", file, bytes_max)};
    return text;
}

}  // namespace portcullis::program
