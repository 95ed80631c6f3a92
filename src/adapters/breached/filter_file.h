#pragma once

#include <memory>
#include <string>

#include "app/ports/breached_passwords.h"
#include "app/ports/digests.h"
#include "base/result.h"
#include "core/credentials/breach_filter.h"

namespace portcullis::breached {

/// A file's bytes, mapped for reading; pages come in when they are looked at.
class MappedFile {
public:
    /// Errors: unavailable when it cannot be read or is empty.
    static Result<MappedFile> open(const std::string& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&&) = delete;
    ~MappedFile();
    [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
    explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
    std::string_view bytes_;
};

/// A list of breached passwords on disk, made by `build_list`. Replace it by renaming another over it, never by writing into it;
/// a server reads the new one after its next start.
class FilterFile final : public app::BreachedPasswords {
public:
    /// Looks at the shape of the file, not at all of it. Errors: unavailable when there is no such file, invalidRequest when it is
    /// not a list.
    static Result<std::unique_ptr<FilterFile>> open(const std::string& path, const app::Digests& digests);

    [[nodiscard]] bool contains(const Secret& password) const override;
    [[nodiscard]] std::uint64_t entries() const override { return filter_.entries(); }
    [[nodiscard]] std::size_t bytes() const { return file_.bytes().size(); }
    /// Reads everything and compares it with the checksum. Errors: invalidRequest when a bit has changed.
    [[nodiscard]] Result<void> verify() const;

private:
    FilterFile(MappedFile file, credentials::BreachFilter filter, const app::Digests& digests)
        : file_(std::move(file)), filter_(std::move(filter)), digests_(digests) {}

    MappedFile file_;
    credentials::BreachFilter filter_;
    const app::Digests& digests_;
};

}  // namespace portcullis::breached
