#pragma once

#include "app/ports/random.h"
#include "base/secret.h"

namespace portcullis::app {

/// So many random characters that people can read to one another: 5 bits each, no vowels, so that no word appears, and nothing that
/// looks like something else.
Secret readable_secret(Random& random, int characters);

}  // namespace portcullis::app
