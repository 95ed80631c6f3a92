#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "main/config.h"
#include "main/config_options.h"
#include "tests/support/repository.h"
#include "tests/support/temporary_folder.h"

using namespace portcullis;
using namespace portcullis::program;

namespace {

constexpr std::string_view kGood = "[server]\nbase_url = \"https://login.example.com\"\nlisten = [\"http://127.0.0.1:8080\"]\n";

LoadedConfig read(std::string_view toml, std::map<std::string, std::string> variables = {}) {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables) names.push_back(name);
    const auto environment = [&](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return read_config(toml, "p.toml", environment, names);
}

}  // namespace

TEST_CASE("every mistake is told at once, with its line and how to mend it") {
    const auto loaded = read(
        "[server]\n"
        "base_url = \"https://login.example.com/\"\n"  // 2: a path
        "lisen = [\"tls://0.0.0.0:443\"]\n"           // 3: misspelt
        "listen = [\"http://0.0.0.0:80\"]\n"          // 4: plain HTTP for everybody
        "worker_threads = \"many\"\n"                  // 5: no number
        "io_threads = 1000\n"                          // 6: too many
        "[loging]\n"                                   // 7: no such section
        "level = \"info\"\n"
        "[log]\n"
        "level = \"loud\"\n"                           // 10: no such word
        "[secrets]\n"
        "master_key = 5\n"                             // 12: no text
        "[hashing]\n"
        "memory_kib = 1024\n");                        // 14: too cheap
    std::vector<std::string> told;
    for (const auto& mistake : loaded.mistakes) {
        told.push_back(mistake.where + " " + mistake.what);
        CHECK(!mistake.mend.empty());
    }
    std::ranges::sort(told);
    CHECK(told == std::vector<std::string>{
                      "p.toml:10 `log.level` must be one of `debug`, `info`, `warning`, `error`",
                      "p.toml:12 `secrets.master_key` must be text in quotes",
                      "p.toml:14 passwords would be hashed too cheaply (PROTO-805)",
                      "p.toml:2 `server.base_url` is not an https origin (or http on this machine) without a path",
                      "p.toml:3 unknown key `server.lisen`",
                      "p.toml:4 `server.listen` `http://0.0.0.0:80` is not `tls://`, `http://` or `proxy://` with an IP address and a port",
                      "p.toml:5 `server.worker_threads` must be a whole number without quotes",
                      "p.toml:6 `server.io_threads` must be from 1 to 64, not 1000",
                      "p.toml:7 unknown section `[loging]`",
                  });
    const auto misspelt = std::ranges::find(loaded.mistakes, "p.toml:3", &Mistake::where);
    CHECK(misspelt->mend == "did you mean `server.listen`?");
}

TEST_CASE("what belongs together must be there together") {
    struct Row {
        const char* toml;
        const char* what;
    };
    const auto row = GENERATE(values<Row>({
        {"", "`server.base_url` is missing"},
        {"[server]\nbase_url = \"https://a.example\"\nlisten = []", "`server.listen` is empty"},
        {"[server]\nbase_url = \"https://a.example\"\nlisten = [\"proxy://10.0.0.5:80\"]", "`proxy://10.0.0.5:80` needs `server.trusted_proxies`"},
        {"[server]\nbase_url = \"http://a.example\"\n", "`server.base_url` is not an https origin (or http on this machine) without a path"},
        {"[server]\nbase_url = \"https://a.example:443\"\n", "`server.base_url` is not an https origin (or http on this machine) without a path"},
        {"[server]\nbase_url = \"https://login.a.example\"\npasskey_domain = \"login.b.example\"\n",
         "`server.passkey_domain` is neither the host of `server.base_url` nor a domain above it"},
        {"[server]\nbase_url = \"https://login.a.example\"\npasskey_domain = \"in.a.example\"\n",
         "`server.passkey_domain` is neither the host of `server.base_url` nor a domain above it"},
        {"[server]\npasskey_domain = \"https://a.example\"\n", "`server.passkey_domain` is not a host name in lower case"},
        {"[secrets]\nmaster_key = \"/a\"\nmaster_key_env = \"B\"", "both `secrets.master_key` and `secrets.master_key_env` are given"},
        {"base_url = \"https://a.example\"", "`base_url` stands outside of a section"},
        {"[database]\nurl = \"mysql://x\"", "`database.url` is neither `sqlite:FILE` nor `postgres://…`"},
        {"[passkey_metadata]\nrevocation_lists = [\"ldap://crl.example/root\"]", "`passkey_metadata.revocation_lists` `ldap://crl.example/root` is neither an http nor an https URL without user or fragment"},
        {"[server]\ntrusted_proxies = [\"proxy.example\"]", "`server.trusted_proxies` `proxy.example` is not an IP address or a network like `10.0.0.0/8`"},
        {"[mail]\nhost = \"smtp.example.com\"", "`mail.from` is missing"},
        {"[mail]\nhost = \"10.0.0.9\"\nsecurity = \"none\"", "mail to `10.0.0.9` would cross the network in the clear"},
        {"[mail]\nuser = \"a\"", "neither `mail.password_file` nor `mail.password_env` is given"},
        {"[mail]\nuser = \"a\"\npassword_file = \"/a\"\npassword_env = \"B\"", "both `mail.password_file` and `mail.password_env` are given"},
        {"[mail]\nfrom = \"a@b\\r\\nBcc: c@d\"", "`mail.from` is not a plain mail address like `no-reply@example.com`"},
        {"[mail]\nhost = \"smtp.example.com/x\"", "`mail.host` is neither a host name in lower case nor an IP address"},
        {"[mail]\nhost = \"smtp.example.com\"\n[outbox]\ndirectory = \"/o\"", "both `outbox.directory` and `mail.host` are given"},
        {"[sms]\nurl = \"http://sms.example.com/\"", "`sms.url` is not an https URL without user or fragment"},
        {"[sms]\nurl = \"https://sms.example.com/\"", "neither `sms.secret_file` nor `sms.secret_env` is given"},
        {"[sms]\nmail_domain = \"sms.example.com\"", "the gateway `sms.mail_domain` needs a mail server"},
        {"[server]\nlisten = \"tls://0.0.0.0:443\"", "`server.listen` must be a list of texts, `[\"…\", \"…\"]`"},
    }));
    const auto loaded = read(row.toml);
    INFO(row.toml);
    CHECK(std::ranges::find(loaded.mistakes, row.what, &Mistake::what) != loaded.mistakes.end());
}

TEST_CASE("PROTO-500 the passkey domain is the host of the base URL or a domain above it") {
    for (const char* domain : {"", "login.a.example", "a.example"}) {
        const auto loaded = read("[server]\nbase_url = \"https://login.a.example:8443\"\nlisten = [\"http://127.0.0.1:8080\"]\npasskey_domain = \"" + std::string(domain) + "\"\n");
        INFO(domain);
        CHECK(loaded.mistakes.empty());
    }
    CHECK(host_of("https://login.a.example:8443") == "login.a.example");
    CHECK(host_of("http://localhost:8080") == "localhost");
}

TEST_CASE("text that is not TOML is a mistake with its line") {
    const auto loaded = read("[server]\nbase_url = login\n");
    REQUIRE(!loaded.mistakes.empty());
    CHECK(loaded.mistakes[0].where == "p.toml:2");
}

TEST_CASE("environment variables override the file, and unknown ones are mistakes") {
    const auto loaded = read(kGood, {{"PORTCULLIS_LOG_LEVEL", "debug"},
                                     {"PORTCULLIS_SERVER_WORKER_THREADS", "3"},
                                     {"PORTCULLIS_SERVER_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16"},
                                     {"PORTCULLIS_LOG_LEVL", "debug"},
                                     {"PATH", "/bin"}});
    CHECK(loaded.config.log.level == LogLevel::debug);
    CHECK(loaded.config.server.worker_threads == 3);
    CHECK(loaded.config.server.trusted_proxies == std::vector<std::string>{"10.0.0.1", "10.1.0.0/16"});
    REQUIRE(loaded.mistakes.size() == 1);
    CHECK(loaded.mistakes[0].where == "PORTCULLIS_LOG_LEVL");
    CHECK(loaded.mistakes[0].mend == "did you mean `PORTCULLIS_LOG_LEVEL`?");
}

TEST_CASE("a variable's bad value is told by the variable's name") {
    const auto loaded = read(kGood, {{"PORTCULLIS_HASHING_PASSES", "two"}});
    REQUIRE(loaded.mistakes.size() == 1);
    CHECK(loaded.mistakes[0].where == "PORTCULLIS_HASHING_PASSES");
}

TEST_CASE("every option takes its own example, and has words for people") {
    for (const auto& option : config_options()) {
        INFO(option.key);
        CHECK(!option.meaning.empty());
        CHECK(!option.form.empty());
        const auto dot    = option.key.find('.');
        const auto loaded = read("[" + option.key.substr(0, dot) + "]\n" + option.key.substr(dot + 1) + " = " + option.example + "\n");
        for (const auto& mistake : loaded.mistakes) CHECK(!mistake.what.starts_with("`" + option.key + "` "));
        CHECK(option.show(loaded.config) == option.example);
    }
}

TEST_CASE("the example configuration is good, and says what the defaults are") {
    const auto loaded = read(tests::repository_file("docs/portcullis.toml"));
    for (const auto& mistake : loaded.mistakes) CHECK(to_string(mistake) == "");
}

TEST_CASE("docs/configuration.md is what the table says") {
    CHECK(tests::repository_file("docs/configuration.md") == configuration_document());
}

TEST_CASE("a password that others can read stops the start") {
    const tests::TemporaryFolder folder;
    const auto written = [&](const std::string& name, const std::string& text) {
        std::ofstream(folder / name) << text;
        return folder / name;
    };
    const auto password = written("password", "secret\n");
    const auto path     = written("p.toml", "[mail]\nuser = \"a\"\npassword_file = \"" + password + "\"\n");
    std::filesystem::permissions(password, std::filesystem::perms{0644});
    const auto wrong = "others can read `" + password + "`";
    CHECK(std::ranges::count(load_config(path).mistakes, wrong, &Mistake::what) == 1);
    std::filesystem::permissions(password, std::filesystem::perms{0400});
    CHECK(std::ranges::count(load_config(path).mistakes, wrong, &Mistake::what) == 0);
}

TEST_CASE("a missing file is one mistake") {
    const auto loaded = load_config("/nonexistent/portcullis.toml");
    REQUIRE(loaded.mistakes.size() == 1);
    CHECK(loaded.mistakes[0].what == "cannot read the configuration file");
}
