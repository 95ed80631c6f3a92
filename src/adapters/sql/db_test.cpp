#include "tests/conformance/db_conformance.h"
