#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace portcullis::tests {

/// The root of the repository this test program was built in, wherever it is started: programs lie in `build/PRESET`.
inline std::filesystem::path repository() {
    for (auto folder = std::filesystem::read_symlink("/proc/self/exe"); folder.has_relative_path(); folder = folder.parent_path()) {
        if (std::filesystem::exists(folder / "CMakePresets.json")) return folder;
    }
    return {};
}

/// A file of the repository, whole; empty when there is none.
inline std::string repository_file(const std::string& path) {
    std::ifstream in(repository() / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace portcullis::tests
