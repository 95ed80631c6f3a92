#include "main/demo/outbox.h"

#include <dirent.h>

#include <algorithm>
#include <memory>

#include "base/json.h"
#include "main/demo/private_files.h"

namespace portcullis::demo {
namespace {

/// The names of messages, which sort by time: the newest first. A directory that is not there yet is empty.
std::vector<std::string> names_in(const std::string& directory) {
    constexpr std::string_view kMessage = ".json";
    const auto close = [](DIR* folder) { closedir(folder); };
    const std::unique_ptr<DIR, decltype(close)> folder(opendir(directory.c_str()), close);
    std::vector<std::string> names;
    if (!folder) return names;
    while (const auto* entry = readdir(folder.get())) {  // NOLINT(concurrency-mt-unsafe): a folder of this call's own
        if (std::string_view(entry->d_name).ends_with(kMessage)) names.emplace_back(entry->d_name);
    }
    std::ranges::sort(names, std::greater<>{});
    return names;
}

}  // namespace

Result<std::vector<Mail>> read_outbox(const std::string& directory, std::size_t most) {
    std::vector<Mail> mails;
    for (const auto& name : names_in(directory)) {
        if (mails.size() == most) break;
        const auto text = TRY(read_file(directory + "/" + name));
        if (!text) continue;
        const auto document = json::parse_object(*text);
        const auto at       = document ? parse_rfc3339(json::string_at(*document, "at").value_or("")) : std::nullopt;
        if (!at) continue;
        const auto member = [&](std::string_view key) { return json::string_at(*document, key).value_or(""); };
        mails.push_back({member("to"), member("channel"), member("subject"), member("text"), *at});
    }
    return mails;
}

}  // namespace portcullis::demo
