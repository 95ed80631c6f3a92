// bench_load MODE key=value...   A closed-loop load generator: every connection sends its next request when the last was answered.
//   post     the same form again and again (path, form)
//   refresh  a refresh token a connection, each answer giving the next (path, tokens=FILE with one a line)
//   passkey  whole sign-ins with a passkey a connection (as sign_in, with keys=FILE: a line of passkey.h for each)
//   sign_in  whole sign-ins with a password (authorize, redirect, verifier, pattern, users, password, path)
// Common: port, host, headers=FILE, connections, seconds. Prints one JSON object.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>

#include "fibers.h"
#include "http.h"
#include "people.h"

namespace {
using Clock = std::chrono::steady_clock;
using Options = std::map<std::string, std::string>;

struct Tally {
    std::vector<double> ms;
    int errors = 0;
    int turned_away = 0;
    std::string first_error;
};

Options options_of(int argc, char** argv) {
    Options options;
    for (int i = 2; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto equal                = argument.find('=');
        if (equal != argument.npos) options.emplace(argument.substr(0, equal), argument.substr(equal + 1));
    }
    return options;
}

std::string file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines(const std::string& path) {
    std::ifstream in(path);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) if (!line.empty()) out.push_back(line);
    return out;
}

int number(const Options& options, const std::string& name, int fallback) {
    const auto found = options.find(name);
    return found == options.end() ? fallback : std::stoi(found->second);
}

void record(Tally& tally, Clock::time_point since, std::string error) {
    if (error.empty()) {
        tally.ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - since).count());
        return;
    }
    if (tally.errors++ == 0) tally.first_error = std::move(error);
}

/// One connection until `end`.
Tally run(const std::string& mode, const Options& options, const load::Target& target, std::string token, int worker, Clock::time_point end) {
    Tally tally;
    const auto passkey = mode == "passkey" ? std::optional<load::Passkey>(std::in_place, token, "http://" + target.host) : std::nullopt;
    load::Connection connection(target.port, target.host);
    const auto form = options.contains("form") ? options.at("form") : std::string();
    std::optional<load::Person> person;
    for (int round = 0; Clock::now() < end; ++round) {
        const auto since = Clock::now();
        if (mode == "sign_in" || passkey) {
            // A passkey belongs to one person, who comes back with the browser that is known.
            if (!person || !passkey) person.emplace(target, connection, worker + round * number(options, "connections", 8));
            const auto outcome = passkey ? person->sign_in_with(*passkey) : person->sign_in();
            tally.turned_away += person->take_turned_away();
            record(tally, since, outcome == load::Outcome::done ? "" : person->last());
            continue;
        }
        const auto answer = connection.post(target.path, target.headers, mode == "refresh" ? fmt::format("grant_type=refresh_token&refresh_token={}", load::percent_encode(token)) : form);
        record(tally, since, answer.status == 200 ? "" : fmt::format("{} {}", answer.status, answer.body.substr(0, 200)));
        if (mode == "refresh") {
            if (auto next = load::json_member(answer.body, "refresh_token"); !next.empty()) token = std::move(next);
            else if (answer.status != 200) break;
        }
        if (answer.status == 0) load::Fibers::sleep(std::chrono::milliseconds(20));
    }
    return tally;
}

double at(const std::vector<double>& sorted, double share) {
    return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out;
}
}  // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    auto options           = options_of(argc, argv);
    if (mode != "post" && mode != "refresh" && mode != "sign_in" && mode != "passkey") {
        fmt::print(stderr, "usage: bench_load post|refresh|sign_in|passkey key=value...\n");
        return 2;
    }
    const load::Target target{.port = number(options, "port", 8080), .host = options["host"], .path = options["path"],
        .headers = options.contains("headers") ? file(options["headers"]) : "", .authorize = options["authorize"], .redirect_uri = options["redirect"],
        .verifier = options["verifier"], .user_pattern = options["pattern"], .password = options["password"], .users = number(options, "users", 1)};
    const auto each       = mode == "passkey" ? "keys" : "tokens";
    const auto tokens     = options.contains(each) ? lines(options[each]) : std::vector<std::string>{};
    const int connections = number(options, "connections", 8);
    if ((mode == "refresh" || mode == "passkey") && tokens.size() < static_cast<std::size_t>(connections)) {
        fmt::print(stderr, "a line of `{}` for each connection is needed\n", each);
        return 2;
    }

    const auto start = Clock::now();
    const auto end   = start + std::chrono::milliseconds(static_cast<int>(1000 * std::stod(options.contains("seconds") ? options["seconds"] : "5")));
    Tally all;
    load::Fibers fibers;
    for (int i = 0; i < connections; ++i) {
        fibers.add([&, i] {
            auto one = run(mode, options, target, tokens.empty() ? "" : tokens[static_cast<std::size_t>(i)], i, end);
            all.ms.insert(all.ms.end(), one.ms.begin(), one.ms.end());
            all.errors += one.errors;
            all.turned_away += one.turned_away;
            if (all.first_error.empty()) all.first_error = one.first_error;
        });
    }
    fibers.run();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::sort(all.ms.begin(), all.ms.end());
    fmt::print(R"({{"rate": {:.2f}, "p50_ms": {:.3f}, "p99_ms": {:.3f}, "max_ms": {:.3f}, "requests": {}, "errors": {}, "turned_away": {}, "error": "{}"}})"
               "\n", static_cast<double>(all.ms.size()) / seconds, at(all.ms, 0.5), at(all.ms, 0.99), at(all.ms, 1.0), all.ms.size(), all.errors, all.turned_away, escaped(all.first_error));
    return all.ms.empty() ? 1 : 0;
}
