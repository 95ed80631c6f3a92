#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "adapters/breached/build_list.h"
#include "adapters/breached/filter_file.h"
#include "adapters/openssl/digests.h"

namespace portcullis::breached {
namespace {

class Folder {
public:
    Folder() {
        std::string pattern = "/tmp/portcullis-breached-XXXXXX";
        path_               = mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&)            = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::string written(const std::string& name, const std::string& text) const {
        std::ofstream(file(name)) << text;
        return file(name);
    }

private:
    std::string path_;
};

bool knows(const std::string& list, const char* password) {
    const openssl::Digests digests;
    const auto open = FilterFile::open(list, digests);
    REQUIRE(open);
    return (*open)->contains(Secret(password));
}

}  // namespace

TEST_CASE("CRED-059 a list is built from hashes or from passwords, and says the same", "[breached]") {
    const Folder folder;
    const openssl::Digests digests;
    // SHA-1 of `password` and `letmein`, computed elsewhere
    const auto hashes = folder.written("hashes", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\nb7a875fc1ea228b9061041b7cec4bd3c52ab3ce3\n");
    const auto built  = build_list(hashes, SourceFormat::sha1, folder.file("a.list"), digests);
    REQUIRE(built);
    CHECK(built->entries == 2);
    CHECK(built->lines == 2);
    CHECK(knows(folder.file("a.list"), "password"));
    CHECK(knows(folder.file("a.list"), "letmein"));
    CHECK_FALSE(knows(folder.file("a.list"), "Password"));  // nothing is folded

    const auto typed = folder.written("typed", "password\n\nletmein\npassword\n" + std::string(1025, 'x') + "\n");
    const auto other = build_list(typed, SourceFormat::passwords, folder.file("b.list"), digests);
    REQUIRE(other);
    CHECK(other->entries == 2);
    CHECK(other->left_out == 2);
    CHECK(knows(folder.file("b.list"), "letmein"));
    CHECK_FALSE(std::filesystem::exists(folder.file("b.list.parts")));
}

TEST_CASE("a line that is no hash is named, and the list that was there stays", "[breached]") {
    const Folder folder;
    const openssl::Digests digests;
    const auto list = folder.written("x.list", "before");
    for (const auto* line : {"hello", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8 12", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FDZ"}) {
        const auto source = folder.written("hashes", std::string("b7a875fc1ea228b9061041b7cec4bd3c52ab3ce3:1\n") + line + "\n");
        const auto built  = build_list(source, SourceFormat::sha1, list, digests);
        REQUIRE_FALSE(built);
        CHECK(built.error().code == ErrorCode::invalidRequest);
        CHECK(built.error().message.find("line 2") != std::string::npos);
    }
    std::string text;
    std::ifstream(list) >> text;
    CHECK(text == "before");
    CHECK_FALSE(build_list(folder.file("none"), SourceFormat::sha1, list, digests));
    CHECK_FALSE(build_list(list, SourceFormat::passwords, folder.file("no/such/folder/x.list"), digests));
}

TEST_CASE("a changed bit in a list of breached passwords is found", "[breached]") {
    const Folder folder;
    const openssl::Digests digests;
    const auto list = folder.file("x.list");
    REQUIRE(build_list(folder.written("typed", "one\ntwo\nthree\n"), SourceFormat::passwords, list, digests));
    REQUIRE((*FilterFile::open(list, digests))->verify());
    {
        std::fstream file(list, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(-1, std::ios::end);
        const auto last = static_cast<char>(file.peek() ^ 1);
        file.seekp(-1, std::ios::end);
        file.put(last);
    }
    CHECK_FALSE((*FilterFile::open(list, digests))->verify());
    std::filesystem::resize_file(list, std::filesystem::file_size(list) - 1);
    CHECK_FALSE(FilterFile::open(list, digests));
    CHECK_FALSE(FilterFile::open(folder.file("none"), digests));
    CHECK_FALSE(FilterFile::open(folder.written("empty", ""), digests));
    CHECK_FALSE(FilterFile::open("/tmp", digests));
}

}  // namespace portcullis::breached
