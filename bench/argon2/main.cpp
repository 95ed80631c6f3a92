// bench_argon2 SECONDS THREADS   How many passwords the machine can verify and do nothing else: the ceiling of password sign-ins.
// Argon2id, m = 19456 KiB, t = 2, p = 1, as the product hashes (PROTO-805).
#include <fmt/format.h>
#include <sodium.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::stod(argv[1]) : 5;
    const int threads    = argc > 2 ? std::stoi(argv[2]) : static_cast<int>(std::thread::hardware_concurrency());
    const std::string password = "orchid tramway velvet";
    char verifier[crypto_pwhash_STRBYTES];
    if (sodium_init() < 0 || crypto_pwhash_str_alg(verifier, password.data(), password.size(), 2, 19456ULL * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) return 1;

    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    std::atomic<int> done = 0;
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i) {
        workers.emplace_back([&] {
            while (std::chrono::duration<double>(Clock::now() - start).count() < seconds) {
                if (crypto_pwhash_str_verify(verifier, password.data(), password.size()) == 0) ++done;
            }
        });
    }
    for (auto& worker : workers) worker.join();
    const double rate = done / std::chrono::duration<double>(Clock::now() - start).count();
    fmt::print("{{\"rate\": {:.2f}, \"threads\": {}, \"ms_each\": {:.3f}}}\n", rate, threads, 1000.0 * threads / rate);
    return 0;
}
