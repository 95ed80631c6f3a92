#pragma once

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/assert.h"
#include "tests/support/temporary_folder.h"

namespace portcullis::tests {

/// A PostgreSQL of the tests' own: fresh files in a temporary folder, reachable through a socket in it only. It ends
/// with the process that started it, however that ends. Run by root it becomes the user `postgres`, as PostgreSQL
/// refuses root.
class PostgresServer {
public:
    PostgresServer() {
        std::filesystem::create_directory(folder_ / "run");
        if (account_) {
            for (const auto& path : {folder_.path(), folder_ / "run"}) {
                PORTCULLIS_ASSERT(::chown(path.c_str(), account_->pw_uid, account_->pw_gid) == 0);
            }
        }
        wait(launch({"initdb", "-D", folder_ / "data", "-U", "portcullis", "-A", "trust", "--no-sync", "-E", "UTF8",
                     "--locale=C.UTF-8"}));
        start();
    }
    ~PostgresServer() { stop(); }
    PostgresServer(const PostgresServer&)            = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    /// The one of this test program; started when first asked for.
    static PostgresServer& shared() {
        static PostgresServer server;
        return server;
    }

    void start() {
        server_ = launch({"postgres", "-D", folder_ / "data", "-k", folder_ / "run", "-c", "listen_addresses=", "-p",
                          kPort, "-c", "max_connections=100", "-c", "max_wal_size=2GB"});
        for (int tries = 0; PQping(connection().c_str()) != PQPING_OK; ++tries) {
            PORTCULLIS_ASSERT(tries < 1500 && ::waitpid(server_, nullptr, WNOHANG) == 0);
            const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
            ::nanosleep(&pause, nullptr);
        }
    }
    /// Ends at once what it is doing (fast shutdown).
    void stop() {
        if (server_ <= 0) return;
        ::kill(server_, SIGINT);
        ::waitpid(server_, nullptr, 0);
        server_ = -1;
    }

    /// Of the database `postgres`, as its superuser.
    [[nodiscard]] std::string connection() const {
        return "host=" + folder_ / "run" + " port=" + kPort + " user=portcullis dbname=postgres";
    }
    /// Runs statements as superuser.
    void run(const std::string& sql) {
        PGconn* pg        = PQconnectdb(connection().c_str());
        PGresult* result  = PQexec(pg, sql.c_str());
        const auto status = PQresultStatus(result);
        PQclear(result);
        PQfinish(pg);
        PORTCULLIS_ASSERT(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
    }
    /// A connection string for a schema that is empty and nobody else's: as good as a database of its own, in a
    /// millisecond.
    std::string fresh_schema() {
        const std::string name = "test_" + std::to_string(++schemas_);
        run("CREATE SCHEMA " + name);
        return connection() + " options='-c search_path=" + name + "'";
    }

private:
    static constexpr const char* kPort     = "55432";  // only a part of the socket's name
    static constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

    pid_t launch(const std::vector<std::string>& words) const {
        const std::string program = kPrograms + words.front();
        const std::string log     = folder_ / "run/log";
        std::vector<char*> arguments;
        for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        // They look for their own folder from their name, else in PATH, where Debian does not put them.
        arguments.front() = const_cast<char*>(program.c_str());
        arguments.push_back(nullptr);

        const pid_t child = ::fork();
        PORTCULLIS_ASSERT(child >= 0);
        if (child > 0) return child;

        // Between fork and exec: only calls that are safe there.
        if (account_ &&
            (::setgroups(0, nullptr) != 0 || ::setgid(account_->pw_gid) != 0 || ::setuid(account_->pw_uid) != 0)) {
            ::_exit(126);
        }
        ::prctl(PR_SET_PDEATHSIG, SIGINT);
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(out, STDERR_FILENO);
        if (::chdir("/") == 0) ::execv(program.c_str(), arguments.data());
        ::_exit(127);
    }
    static void wait(pid_t child) {
        int status = 0;
        PORTCULLIS_ASSERT(::waitpid(child, &status, 0) == child && status == 0);
    }
    static std::optional<passwd> account_to_use() {
        if (::geteuid() != 0) return std::nullopt;
        const passwd* account = ::getpwnam("postgres");
        PORTCULLIS_ASSERT(account != nullptr);
        return *account;
    }

    TemporaryFolder folder_;
    const std::optional<passwd> account_ = account_to_use();
    pid_t server_                        = -1;
    int schemas_                         = 0;
};

}  // namespace portcullis::tests
