#pragma once

#include <cstdio>
#include <cstdlib>

/// States what we rely on, in every build. Never on anything a request controls: a failure stops the process.
#define PORTCULLIS_ASSERT(condition)                                                              \
    do {                                                                                          \
        if (!(condition)) {                                                                       \
            std::fprintf(stderr, "portcullis: %s:%d: %s\n", __FILE__, __LINE__, #condition);      \
            std::abort();                                                                         \
        }                                                                                         \
    } while (false)
