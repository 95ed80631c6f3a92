#include "adapters/breached/build_list.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include "adapters/breached/filter_file.h"
#include "base/encoding.h"
#include "core/credentials/breach_filter.h"

namespace portcullis::breached {
namespace {

using credentials::BreachKey;

constexpr std::size_t kSpools       = 256;
constexpr std::size_t kSpoolBuffer  = 2048;  // keys
constexpr std::size_t kLineBytesMax = 1024;
constexpr std::size_t kSha1Digits   = 40;

Error cannot(std::string_view what, const std::string& path) { return {ErrorCode::unavailable, fmt::format("cannot {} `{}`", what, path)}; }

/// A directory that goes when we do.
class Scratch {
public:
    explicit Scratch(std::string path) : path_(std::move(path)) {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
        is_made_ = std::filesystem::create_directory(path_, ignored);
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Scratch(const Scratch&)            = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] bool is_made() const { return is_made_; }
    [[nodiscard]] std::string file(std::size_t number) const { return fmt::format("{}/{:03}", path_, number); }

private:
    std::string path_;
    bool is_made_ = false;
};

/// Keys by their first byte, on disk.
class Spools {
public:
    explicit Spools(const Scratch& scratch) : scratch_(scratch), waiting_(kSpools), files_(kSpools) {}

    Result<void> add(BreachKey key) {
        const auto number = static_cast<std::size_t>(key >> 56);
        auto& waiting     = waiting_[number];
        waiting.push_back(key);
        if (waiting.size() < kSpoolBuffer) return {};
        return flush(number);
    }

    Result<void> finish() {
        for (std::size_t number = 0; number < kSpools; ++number) {
            TRY(flush(number));
            files_[number].close();
            if (files_[number].fail()) return cannot("write", scratch_.file(number));
        }
        return {};
    }

    /// The keys of these spools, sorted, each once.
    [[nodiscard]] Result<std::vector<BreachKey>> keys(std::size_t first, std::size_t count) const {
        std::vector<BreachKey> keys;
        for (std::size_t number = first; number < first + count; ++number) {
            const auto path = scratch_.file(number);
            std::error_code failed;
            const auto bytes = std::filesystem::file_size(path, failed);
            if (failed) return cannot("read", path);
            const auto before = keys.size();
            keys.resize(before + bytes / sizeof(BreachKey));
            std::ifstream file(path, std::ios::binary);
            file.read(reinterpret_cast<char*>(keys.data() + before), static_cast<std::streamsize>(bytes));
            if (!file) return cannot("read", path);
        }
        std::ranges::sort(keys);
        const auto again = std::ranges::unique(keys);
        keys.erase(again.begin(), again.end());
        return keys;
    }

private:
    Result<void> flush(std::size_t number) {
        auto& file = files_[number];
        if (!file.is_open()) file.open(scratch_.file(number), std::ios::binary | std::ios::trunc);
        auto& waiting = waiting_[number];
        file.write(reinterpret_cast<const char*>(waiting.data()), static_cast<std::streamsize>(waiting.size() * sizeof(BreachKey)));
        waiting.clear();
        if (!file) return cannot("write", scratch_.file(number));
        return {};
    }

    const Scratch& scratch_;
    std::vector<std::vector<BreachKey>> waiting_;
    std::vector<std::ofstream> files_;
};

/// The key of a line; nothing when the line is not of the format.
std::optional<BreachKey> key_of(std::string_view line, SourceFormat format, const app::Digests& digests) {
    if (format == SourceFormat::passwords) return credentials::breach_key(digests.sha1(line));
    const bool has_end = line.size() == kSha1Digits || (line.size() > kSha1Digits && line[kSha1Digits] == ':');
    const auto sha1    = has_end ? parse_hex(line.substr(0, kSha1Digits)) : std::nullopt;
    return sha1 ? credentials::breach_key(*sha1) : std::nullopt;
}

Result<BuiltList> spool(const std::string& source, SourceFormat format, const app::Digests& digests, Spools& spools) {
    std::ifstream file(source, std::ios::binary);
    if (!file) return cannot("read", source);
    BuiltList built;
    for (std::string line; std::getline(file, line);) {
        ++built.lines;
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty() || line.size() > kLineBytesMax) {
            ++built.left_out;
            continue;
        }
        const auto key = key_of(line, format, digests);
        if (!key) {
            return Error{ErrorCode::invalidRequest, fmt::format("`{}`, line {}: is not a SHA-1 of 40 hexadecimal digits, with or without `:` and a count", source, built.lines)};
        }
        TRY(spools.add(*key));
    }
    if (file.bad()) return cannot("read", source);
    TRY(spools.finish());
    return built;
}

/// Appends the shards to the file, after room for its head.
Result<std::vector<credentials::BreachShardShape>> write_shards(const Spools& spools, int shard_bits, std::ofstream& file) {
    const auto shards = std::size_t{1} << shard_bits;
    std::vector<credentials::BreachShardShape> shapes;
    file.seekp(static_cast<std::streamoff>(credentials::kBreachHeaderBytes + shards * credentials::kBreachShardBytes));
    for (std::size_t i = 0; i < shards; ++i) {
        const auto keys  = TRY(spools.keys(i * (kSpools / shards), kSpools / shards));
        const auto shard = TRY(credentials::build_breach_shard(keys));
        file.write(reinterpret_cast<const char*>(shard.fingerprints.data()), static_cast<std::streamsize>(shard.fingerprints.size()));
        shapes.push_back(shard.shape);
    }
    return shapes;
}

Result<void> to_disk(const std::string& path) {
    const int file    = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!synced) return cannot("write", path);
    return {};
}

Result<void> write_list(const Spools& spools, std::uint64_t lines, const std::string& path, const app::Digests& digests) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    const auto shapes = TRY(write_shards(spools, credentials::breach_shard_bits(lines), file));
    const auto head   = [&](std::string_view sha256) {
        file.seekp(0);
        file << credentials::breach_file_head(shapes, sha256);
        file.flush();
    };
    head(std::string(32, '\0'));
    if (!file) return cannot("write", path);
    std::string sha256;
    {
        const auto mapped = TRY(MappedFile::open(path));
        sha256            = digests.sha256(TRY(credentials::BreachFilter::over(mapped.bytes())).body());
    }
    head(sha256);
    file.close();
    if (file.fail()) return cannot("write", path);
    return to_disk(path);
}

}  // namespace

Result<BuiltList> build_list(const std::string& source, SourceFormat format, const std::string& target, const app::Digests& digests) {
    const Scratch scratch(target + ".parts");
    if (!scratch.is_made()) return cannot("make a directory beside", target);
    Spools spools(scratch);
    auto built         = TRY(spool(source, format, digests, spools));
    const auto unready = scratch.file(kSpools);
    TRY(write_list(spools, built.lines, unready, digests));
    const auto list = TRY(FilterFile::open(unready, digests));
    TRY(list->verify());
    built.entries = list->entries();
    built.bytes   = list->bytes();
    std::error_code failed;
    std::filesystem::rename(unready, target, failed);
    if (failed) return cannot("write", target);
    return built;
}

}  // namespace portcullis::breached
