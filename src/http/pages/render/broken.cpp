#include "http/pages/render/broken.h"

#include <cstdio>
#include <cstdlib>

namespace portcullis::pages {

void broken(std::string_view file, std::string_view why) {
    std::fprintf(stderr, "portcullis: web/%.*s: %.*s\n", static_cast<int>(file.size()), file.data(),
                 static_cast<int>(why.size()), why.data());
    std::abort();
}

}  // namespace portcullis::pages
