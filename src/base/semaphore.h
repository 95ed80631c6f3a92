#pragma once

#include <semaphore.h>

#include <cerrno>

#include "base/assert.h"

namespace portcullis {

/// Counts what is there to be taken; waits when nothing is (POSIX, `sem_overview`). For handing work from thread to thread: glibc
/// leaves the mutex of a condition variable marked as contended after each wait, which costs a system call more every time.
class Semaphore {
public:
    Semaphore() { PORTCULLIS_ASSERT(sem_init(&count_, 0, 0) == 0); }
    ~Semaphore() { sem_destroy(&count_); }
    Semaphore(const Semaphore&)            = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    void post() { PORTCULLIS_ASSERT(sem_post(&count_) == 0); }
    void wait() {
        while (sem_wait(&count_) != 0) PORTCULLIS_ASSERT(errno == EINTR);
    }

private:
    sem_t count_;
};

}  // namespace portcullis
